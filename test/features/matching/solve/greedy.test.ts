import { expect, test } from 'vitest'
import { FORBIDDEN, packProfiles } from '../../../../src/features/matching/scores/index.ts'
import { openLocalAsker } from '../../../../src/features/matching/solve/ask.ts'
import { rankOf } from '../../../../src/features/matching/solve/pair-order.ts'
import { openPoolSource } from '../../../../src/features/matching/solve/pair-source.ts'
import { scoreOf } from '../../../../src/features/matching/solve/read-rows.ts'
import { runGreedy } from '../../../../src/features/matching/solve/run-greedy.ts'
import { openTileAsker } from '../../../../src/features/matching/solve/tile-asker.ts'
import { peopleFrom, problemFor, problemOf, runTilesBackwards } from './problems.ts'

/** By sorting all pairs. */
function greedyBySorting(problem: ReturnType<typeof problemFor>): { mate: number[]; total: number } {
  const profiles = packProfiles(problem.hierarchy, problem.applicants)
  const { rows } = openLocalAsker(profiles)
  const { n } = profiles
  const pairs: [rank: number, a: number, b: number, score: number][] = []
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const score = scoreOf(rows, a, b)
      if (score !== FORBIDDEN) pairs.push([rankOf(score, a, b), a, b, score])
    }
  }
  pairs.sort(([rank, a, b], [other, c, d]) => other - rank || a - c || b - d)
  const mate = new Array<number>(n).fill(-1)
  let total = 0
  for (const [, a, b, score] of pairs) {
    if (mate[a] !== -1 || mate[b] !== -1) continue
    mate[a] = b
    mate[b] = a
    total += score
  }
  return { mate, total }
}

test.each([
  [problemFor(250), 1],
  [problemFor(250, {}, 2), 3],
  [problemFor(101, {}, 3), 24],
  [problemOf(peopleFrom({ AU: 60, GB: 20 })), 2],
  // Many have the very same answers, and so the same score with everybody.
  [problemOf(peopleFrom({ AU: 30, GB: 30, FR: 30 }).map((one) => ({ ...one, sector: null, answers: {} }))), 2],
])('takes the best pair of all first, then the best that is left (%#)', async (problem, keep) => {
  const expected = greedyBySorting(problem)
  const profiles = packProfiles(problem.hierarchy, problem.applicants)
  const greedy = await runGreedy(openPoolSource(profiles.n, openLocalAsker(profiles)), keep)
  expect([...greedy.mate]).toEqual(expected.mate)
  expect(greedy.total_score).toBe(expected.total)
  const elsewhere = openTileAsker(profiles, runTilesBackwards(problem), { next: 0 })
  expect((await runGreedy(openPoolSource(profiles.n, elsewhere), keep)).mate).toEqual(greedy.mate)
})
