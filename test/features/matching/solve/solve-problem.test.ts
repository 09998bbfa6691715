import { describe, expect, test } from 'vitest'
import type { MatchingProblem, MatchingResult } from '../../../../src/features/matching/solve/index.ts'
import { solveProblem } from '../../../../src/features/matching/solve/index.ts'
import { solveProblemBy } from '../../../../src/features/matching/solve/solve-problem.ts'
import { InvalidInput } from '../../../../src/lib/errors.ts'
import {
  idsOf,
  lasting,
  peopleFrom,
  peopleOf,
  problemFor,
  problemOf,
  runTilesBackwards,
  scorerFor,
} from './problems.ts'

/** Every person once: in a proposal of allowed pairs, or left over. Figures are those of the proposals. */
function expectWhole(problem: MatchingProblem, result: MatchingResult): void {
  const score = scorerFor(problem)
  const ids = [...idsOf(result).flat(), ...result.unmatched.map(({ person_id }) => person_id)]
  expect(ids.toSorted((a, b) => a - b)).toEqual(problem.applicants.map(({ person_id }) => person_id))
  for (const { members, score: said } of result.proposals) {
    const scores = members.flatMap(({ person_id: one }, at) =>
      members.slice(at + 1).map(({ person_id: other }) => score(one, other)),
    )
    expect(scores).not.toContain(undefined)
    const sum = (scores as number[]).reduce((total, value) => total + value, 0)
    expect(said).toBe(Math.round(sum / scores.length))
  }
  const scores = result.proposals.map((proposal) => proposal.score)
  expect(result.cardinality).toBe(scores.length)
  expect(result.total_score).toBe(scores.reduce((sum, value) => sum + value, 0))
  expect(result.worst_score).toBe(scores.length > 0 ? Math.min(...scores) : null)
}

describe('the ways to a result', () => {
  const large = { AU: 130, GB: 40, FR: 25, JP: 5 }
  test.each([
    ['floor', problemFor(160)],
    ['total', problemFor(161, { policy: 'total' }, 2)],
    ['balanced', problemFor(160, { policy: 'balanced' }, 3)],
    ['floor, a country with more people than all others', problemOf(peopleFrom(large))],
    ['total, the same', problemOf(peopleFrom(large), { policy: 'total' })],
  ] as [string, MatchingProblem][])('agree: %s', async (_, problem) => {
    const graph = await solveProblem(problem)
    expectWhole(problem, graph)
    expect(graph.proven_optimal).toBe(true)
    expect(graph.dual_value).toBe(graph.objective)
    const stored = await solveProblemBy({ tier: 'stored' }, problem, { threads: 2 })
    const tiles = await solveProblemBy({ tier: 'tiles' }, problem, { threads: 2 })
    const runner = runTilesBackwards(problem)
    const elsewhere = await solveProblemBy({ tier: 'tiles' }, problem, { tiles: runner })
    expect(runner.questions.size).toBeGreaterThan(2)
    // Of equally good pairings the graph may find another; the columns always find the same.
    const { proposals, unmatched, rounds, ...figures } = lasting(graph)
    expect(lasting(stored)).toMatchObject({ ...figures, barrier: stored.barrier })
    expect(lasting(tiles)).toEqual(lasting(stored))
    expect(lasting(elsewhere)).toEqual(lasting(stored))
    expectWhole(problem, stored)
  })

  test('are the same with one, two and four threads, and inside of the caller’s', async () => {
    const problem = problemFor(230, { policy: 'total' }, 4)
    const alone = await solveProblemBy({ tier: 'stored' }, problem, { threads: 1 })
    for (const threads of [2, 4]) {
      expect(lasting(await solveProblemBy({ tier: 'stored' }, problem, { threads }))).toEqual(lasting(alone))
    }
    expect(lasting(await solveProblemBy({ tier: 'stored', few: 1000 }, problem, { threads: 2 }))).toEqual(
      lasting(alone),
    )
  })
})

describe('who is matched', () => {
  test('locked pairs are kept and scored, however low, and nobody banned is paired', async () => {
    const free = await solveProblem(problemFor(60))
    const [first, second] = idsOf(free) as [number[], number[]]
    const lock: [number, number] = [first[0] as number, second[0] as number]
    const ban = idsOf(free)[5] as [number, number]
    const score = scorerFor(problemFor(60))
    const allowed = score(...lock) !== undefined
    expect(allowed).toBe(true)
    const problem = problemFor(60, { locks: [lock.sort((a, b) => a - b)], bans: [ban] })
    const result = await solveProblem(problem)
    expectWhole(problem, result)
    expect(result.proven_optimal).toBe(true)
    const kept = result.proposals.filter(({ locked }) => locked)
    expect(kept).toEqual([
      { members: lock.map((person_id) => ({ person_id, role: null })), score: score(...lock), locked: true },
    ])
    expect(idsOf(result)).not.toContainEqual(ban)
    expect(result.greedy.cardinality).toBeLessThanOrEqual(result.cardinality)
  })

  test('former partners are never paired again', async () => {
    const people = peopleOf(['AU', 'GB']).map((one) => ({ ...one, former_partner_ids: [3 - one.person_id] }))
    const result = await solveProblem(problemOf(people))
    expect(result.unmatched).toEqual([
      { person_id: 1, reason: 'nobody_allowed', possible_partners: 0 },
      { person_id: 2, reason: 'nobody_allowed', possible_partners: 0 },
    ])
  })

  test('the odd one makes a trio with the pair that both scores speak for most', async () => {
    const problem = problemFor(41)
    const alone = await solveProblem({ ...problem, odd_one: 'stand_in' })
    expect(alone.unmatched).toHaveLength(1)
    const [left] = alone.unmatched
    expect(left).toMatchObject({ reason: 'odd_one' })
    const score = scorerFor(problem)
    const sums = idsOf(alone).map(([one, other]) => {
      const [a, b] = [one, other].map((id) => score(id as number, left?.person_id as number))
      return a === undefined || b === undefined ? -1 : a + b
    })
    const joined = idsOf(alone)[sums.indexOf(Math.max(...sums))] as number[]

    const result = await solveProblem(problem)
    expectWhole(problem, result)
    expect(result.unmatched).toEqual([])
    expect(idsOf(result).find((ids) => ids.length === 3)).toEqual(
      [...joined, left?.person_id as number].toSorted((a, b) => a - b),
    )
    expect(result.proven_optimal).toBe(true)
    expect(result.objective).toBe(alone.objective)
  })

  test('the odd one stands in where no pair may take them in, as where there are two countries', async () => {
    const result = await solveProblem(problemOf(peopleFrom({ AU: 3, FR: 2 })))
    expect(result.cardinality).toBe(2)
    expect(result.unmatched).toEqual([{ person_id: expect.any(Number), reason: 'odd_one', possible_partners: 2 }])
  })

  test('whoever has nobody is told apart from the odd one', async () => {
    const people = peopleFrom({ AU: 3, FR: 3, JP: 2 }).map((one) => ({
      ...one,
      code_of_conduct_agreed: one.person_id > 1,
    }))
    const result = await solveProblem(problemOf(people, { odd_one: 'stand_in' }))
    expect(result.unmatched.map(({ reason }) => reason)).toEqual(['nobody_allowed', 'odd_one'])
    expect(result.barrier).toBeNull()
  })

  test('people with too few partners between them are told by the barrier, and no trios are made of them', async () => {
    const result = await solveProblem(problemOf(peopleFrom({ AU: 9, FR: 2, JP: 2 })))
    expect(result.cardinality).toBe(4)
    expect(result.unmatched).toHaveLength(5)
    for (const left of result.unmatched) expect(left).toMatchObject({ reason: 'barrier', possible_partners: 4 })
    expect(result.barrier).toEqual({ people: 9, partners: 4, person_ids: [1, 2, 3, 4, 5, 6, 7, 8, 9] })
    expect(idsOf(result).every((ids) => ids.length === 2)).toBe(true)
  })

  test('possible partners are counted as if everybody were free', async () => {
    const problem = problemOf(peopleFrom({ AU: 4, FR: 2 }), { locks: [[1, 5]] })
    const { unmatched, barrier } = await solveProblem(problem)
    expect(unmatched.map(({ possible_partners }) => possible_partners)).toEqual([2, 2])
    expect(barrier).toMatchObject({ people: 3, partners: 1 })
  })
})

describe('the least problems', () => {
  test.each([0, 1])('%d people have a result', async (people) => {
    const result = await solveProblem(problemFor(people))
    expect(result).toMatchObject({ proposals: [], cardinality: 0, worst_score: null, proven_optimal: true, gap: 0 })
    expect(result.greedy).toEqual({ cardinality: 0, total_score: 0, worst_score: null, unmatched: people })
    expect(result.unmatched).toHaveLength(people)
  })

  test.each([
    ['graph', 5],
    ['stored', 5],
    ['tiles', 0],
    ['stored', 1],
  ] as const)('all of one country: nobody may be matched (%s, %d people)', async (tier, people) => {
    const result = await solveProblemBy({ tier }, problemOf(peopleFrom({ AU: people })), { threads: 1 })
    expect(result).toMatchObject({ cardinality: 0, proven_optimal: true, barrier: null })
    expect(result.unmatched.map(({ reason }) => reason)).toEqual(new Array(people).fill('nobody_allowed'))
  })

  test('everybody locked', async () => {
    const problem = problemOf(peopleOf(['AU', 'FR']), { locks: [[1, 2]] })
    const result = await solveProblem(problem)
    expect(result).toMatchObject({ cardinality: 1, objective: 0, proven_optimal: true })
    expect(result.proposals[0]).toMatchObject({ locked: true, score: result.total_score })
  })

  test('a hierarchy without weight and locks that contradict each other are refused in words', async () => {
    const problem = problemFor(4)
    const criteria = problem.hierarchy.criteria.map((criterion) => ({ ...criterion, weight: 0 }))
    await expect(solveProblem({ ...problem, hierarchy: { ...problem.hierarchy, criteria } })).rejects.toThrow(
      'Every weight is 0: at least one criterion must count.',
    )
    const refused = solveProblem(problemOf(peopleOf(['AU', 'AU', 'FR']), { locks: [[1, 2]] }))
    await expect(refused).rejects.toThrow(InvalidInput)
    await expect(refused).rejects.toThrow('a hard rule forbids it: both live in Australia.')
  })
})
