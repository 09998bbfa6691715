import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MatchingApplicant } from '../../../../src/features/matching/scores/index.ts'
import { type MatchingProblem, solveProblem } from '../../../../src/features/matching/solve/index.ts'
import { solveProblemBy } from '../../../../src/features/matching/solve/solve-problem.ts'
import { lasting, peopleOf, problemOf, scorerFor } from './problems.ts'

interface Place {
  role: 'mentor' | 'protege' | null
  capacity: number | null
  country: string
}

function mentoring(places: Place[], changes: Partial<MatchingProblem> = {}, seed = 1): MatchingProblem {
  const people = peopleOf(
    places.map(({ country }) => country),
    seed,
  )
  const applicants = people.map((one, at): MatchingApplicant => {
    const { role, capacity } = places[at] as Place
    return { ...one, role, capacity }
  })
  return problemOf(applicants, { mode: 'mentors', policy: 'total', ...changes })
}

/** The most pairs, and of those the greatest total, by trying everything. */
function bruteForce({ applicants, ...problem }: MatchingProblem): [number, number] {
  const score = scorerFor({ ...problem, applicants })
  const proteges = applicants.filter(({ role }) => role === 'protege')
  const mentors = applicants.filter(({ role }) => role === 'mentor')
  const left = new Map(mentors.map(({ person_id, capacity }) => [person_id, capacity ?? 1]))
  const best: [number, number] = [0, 0]
  const go = (at: number, pairs: number, total: number): void => {
    if (pairs > best[0] || (pairs === best[0] && total > best[1])) best.splice(0, 2, pairs, total)
    const protege = proteges[at]
    if (!protege) return
    go(at + 1, pairs, total)
    for (const { person_id } of mentors) {
      const room = left.get(person_id) as number
      const value = score(person_id, protege.person_id)
      if (room === 0 || value === undefined) continue
      left.set(person_id, room - 1)
      go(at + 1, pairs + 1, total + value)
      left.set(person_id, room)
    }
  }
  go(0, 0, 0)
  return best
}

const placeOf = fc.record({
  role: fc.constantFrom('mentor' as const, 'protege' as const, 'protege' as const, null),
  capacity: fc.constantFrom(null, 1, 2, 3),
  country: fc.constantFrom('AU', 'GB', 'FR'),
})

test('is the optimum that trying everything finds, with every mentor’s capacity', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(placeOf, { maxLength: 8 }), fc.nat(50), async (places, seed) => {
      const problem = mentoring(places, {}, seed)
      const result = await solveProblem(problem)
      expect([result.cardinality, result.total_score]).toEqual(bruteForce(problem))
      expect(result.proven_optimal).toBe(true)
      const taken = new Map<number, number>()
      for (const { members } of result.proposals) {
        expect(members.map(({ role }) => role).toSorted()).toEqual(['mentor', 'protege'])
        for (const { person_id } of members) taken.set(person_id, (taken.get(person_id) ?? 0) + 1)
      }
      for (const { person_id, role, capacity } of problem.applicants) {
        expect(taken.get(person_id) ?? 0).toBeLessThanOrEqual(role === 'mentor' ? (capacity ?? 1) : 1)
        const isLeft = result.unmatched.some((left) => left.person_id === person_id)
        expect(isLeft).toBe(!taken.has(person_id))
      }
    }),
    { numRuns: 60 },
  )
})

const mentor = (capacity: number, country = 'AU'): Place => ({ role: 'mentor', capacity, country })
const protege = (country = 'GB'): Place => ({ role: 'protege', capacity: null, country })

test('protégés for whom no place is left are told so, and so are mentors without any', async () => {
  const crowded = await solveProblem(mentoring([mentor(2), protege(), protege(), protege()]))
  expect(crowded.cardinality).toBe(2)
  expect(crowded.unmatched).toEqual([{ person_id: expect.any(Number), reason: 'no_place', possible_partners: 1 }])
  const idle = await solveProblem(mentoring([mentor(2), mentor(1), protege(), protege('AU')]))
  expect(idle.unmatched.map(({ reason, possible_partners }) => [reason, possible_partners])).toEqual([
    ['no_place', 1],
    ['nobody_allowed', 0],
  ])
})

test('a locked protégé takes one of the places, and a ban holds for all of them', async () => {
  const places = [mentor(3), protege(), protege(), protege()]
  const result = await solveProblem(mentoring(places, { locks: [[1, 3]], bans: [[1, 4]] }))
  expect(result.proposals.map(({ members, locked }) => [members.map(({ person_id }) => person_id), locked])).toEqual([
    [[1, 2], false],
    [[1, 3], true],
  ])
  expect(result.unmatched).toMatchObject([{ person_id: 4, reason: 'nobody_allowed' }])
})

test('with more people than a graph is made of, the same', async () => {
  const places = Array.from(
    { length: 90 },
    (_, at): Place => (at % 3 === 0 ? mentor(1 + (at % 4), at % 2 ? 'AU' : 'FR') : protege(at % 5 ? 'GB' : 'FR')),
  )
  const problem = mentoring(places, { policy: 'floor' })
  const { proposals: _, unmatched: __, rounds: ___, ...figures } = lasting(await solveProblem(problem))
  const stored = await solveProblemBy({ tier: 'stored', candidates: 2 }, problem, { threads: 2 })
  expect(lasting(stored)).toMatchObject({ ...figures, barrier: stored.barrier })
  expect(stored.proven_optimal).toBe(true)
})
