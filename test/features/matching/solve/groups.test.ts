import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MatchingProblem, solveProblem } from '../../../../src/features/matching/solve/index.ts'
import { solveProblemBy } from '../../../../src/features/matching/solve/solve-problem.ts'
import { idsOf, lasting, peopleFrom, peopleOf, problemFor, problemOf, scorerFor } from './problems.ts'

const sizesOf = (groups: number[][]) => groups.map(({ length }) => length).toSorted((a, b) => b - a)

/** The sum of scores over all pairs within groups; fails where one is not allowed. */
function sumOf(problem: MatchingProblem, groups: number[][]): number {
  const score = scorerFor(problem)
  return groups
    .flatMap((ids) => ids.flatMap((one, at) => ids.slice(at + 1).map((other) => score(one, other) ?? Number.NaN)))
    .reduce((sum, value) => sum + value, 0)
}

test.each([
  [24, 4, [4, 4, 4, 4, 4, 4]],
  [23, 4, [4, 4, 4, 4, 4, 3]],
  [25, 4, [4, 4, 4, 4, 3, 3, 3]],
  [20, 3, [3, 3, 3, 3, 3, 3, 2]],
  [31, 5, [5, 5, 5, 4, 4, 4, 4]],
  [3, 4, [3]],
  [2, 4, [2]],
])('%d people in groups of %d: nearly equal ones, all of them allowed', async (people, group_size, sizes) => {
  const applicants = peopleOf(
    Array.from({ length: people }, (_, at) => ['AU', 'GB', 'FR', 'JP', 'BR', 'IN', 'EG'][at % 7] as string),
  )
  const problem = problemOf(applicants, { mode: 'groups', group_size })
  const result = await solveProblem(problem)
  expect(result.unmatched).toEqual([])
  expect(sizesOf(idsOf(result))).toEqual(sizes)
  expect(new Set(idsOf(result).flat()).size).toBe(people)
  expect(result.objective).toBe(sumOf(problem, idsOf(result)))
  expect(result.bound).toBeGreaterThanOrEqual(result.objective)
  expect(result.proven_optimal).toBe(false)
  expect(result.gap).toBeCloseTo(((result.bound as number) - result.objective) / result.objective)
})

test('are valid for any people, and whoever is left over has nowhere to go', async () => {
  const countries = fc.array(fc.constantFrom('AU', 'AU', 'GB', 'FR', 'JP'), { maxLength: 17 })
  await fc.assert(
    fc.asyncProperty(countries, fc.integer({ min: 3, max: 6 }), fc.nat(30), async (codes, group_size, seed) => {
      const problem = problemOf(peopleOf(codes, seed), { mode: 'groups', group_size })
      const result = await solveProblem(problem)
      const placed = idsOf(result).flat()
      const left = result.unmatched.map(({ person_id }) => person_id)
      expect([...placed, ...left].toSorted((a, b) => a - b)).toEqual(
        problem.applicants.map(({ person_id }) => person_id),
      )
      expect(result.objective).toBe(sumOf(problem, idsOf(result)))
      expect(result.bound).toBeGreaterThanOrEqual(result.objective)
      for (const ids of idsOf(result)) expect(ids.length).toBeLessThanOrEqual(group_size)
      const score = scorerFor(problem)
      for (const person of left) {
        const roomy = idsOf(result).filter((ids) => ids.length < group_size)
        expect(roomy.some((ids) => ids.every((id) => score(person, id) !== undefined))).toBe(false)
      }
    }),
    { numRuns: 60 },
  )
})

test('are better than filling one after the other, and the same every time', async () => {
  const problem = problemFor(120, { mode: 'groups' })
  const result = await solveProblem(problem)
  expect(lasting(await solveProblem(problem))).toEqual(lasting(result))
  expect(result.cardinality).toBe(30)
  expect(result.total_score).toBeGreaterThan(1.03 * result.greedy.total_score)
})

test('people who are kept together are in one group, over others too, and banned ones are not', async () => {
  const applicants = peopleFrom({ AU: 2, GB: 2, FR: 2, JP: 2, BR: 2, IN: 2 })
  const locks: [number, number][] = [
    [1, 3],
    [3, 5],
    [8, 10],
  ]
  const bans: [number, number][] = [[1, 7]]
  const result = await solveProblem(problemOf(applicants, { mode: 'groups', locks, bans }))
  const groupOf = (id: number) => idsOf(result).find((ids) => ids.includes(id))
  expect(groupOf(1)).toEqual(expect.arrayContaining([1, 3, 5]))
  expect(groupOf(8)).toContain(10)
  expect(groupOf(1)).not.toContain(7)
  expect(result.proposals.filter(({ locked }) => locked)).toHaveLength(2)
})

test('of more people than are looked at together are made of several hands, mixed', async () => {
  const problem = problemFor(120, {
    mode: 'groups',
    group_size: 3,
    locks: [
      [1, 2],
      [2, 4],
    ],
  })
  const result = await solveProblemBy({ mostAtOnce: 40 }, problem, { threads: 2 })
  expect(result.unmatched).toEqual([])
  expect(sizesOf(idsOf(result)).slice(0, 38)).toEqual(new Array(38).fill(3))
  expect(idsOf(result)).toContainEqual([1, 2, 4])
  expect(result.bound).toBeGreaterThan(result.objective)
})
