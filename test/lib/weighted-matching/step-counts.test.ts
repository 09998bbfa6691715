import { expect, test } from 'vitest'
import {
  type Counts,
  graphOf,
  solveByColumns,
  solveByPolicy,
  solveMatching,
} from '../../../src/lib/weighted-matching/index.ts'
import { mapInstance, pairsOf } from './instances.ts'
import { allPairsOf, madeUpPeople, sourceOf } from './made-up-people.ts'
import { openRandom } from './random.ts'

/**
 * The performance guard: steps repeat exactly, milliseconds do not. The limits are what was measured and a tenth; when
 * a change goes beyond one of them, the solver has got slower.
 */
function expectAtMost(counts: Counts, most: Partial<Counts>): void {
  const above = Object.entries(most).filter(([name, limit]) => counts[name as keyof Counts] > limit)
  expect(above.map(([name, limit]) => `${name}: ${counts[name as keyof Counts]} > ${limit}`)).toEqual([])
}

test('a dense round of 800 people', () => {
  const people = madeUpPeople(800, [0.24, 0.18, 0.13, 0.06, 0.05, 0.03], 1)
  const { counts } = solveMatching(graphOf(people.n, allPairsOf(people)))
  expectAtMost(counts, { searchScans: 515, scans: 1127, pushes: 106_540, rescans: 2203, blossoms: 221 })
})

test('the same with an odd number and policy floor', () => {
  const people = madeUpPeople(801, [0.24, 0.18, 0.13, 0.06, 0.05, 0.03], 1)
  const { counts } = solveByPolicy(people.n, allPairsOf(people), 'floor')
  expectAtMost(counts, { searchScans: 1618, scans: 1709, pushes: 9321, rescans: 2307, blossoms: 262 })
})

test('one country over half', () => {
  const people = madeUpPeople(800, [0.6, 0.1], 1)
  const { counts } = solveMatching(graphOf(people.n, allPairsOf(people)))
  expectAtMost(counts, { searchScans: 4629, scans: 566, pushes: 10_085, rescans: 58, blossoms: 6 })
})

test('a map of 2,000 places with their nearest neighbours, full of blossoms', () => {
  const { n, pairs } = mapInstance(openRandom(1), 2000, 10, 10_000)
  const { counts } = solveMatching(graphOf(n, pairsOf(pairs)))
  expectAtMost(counts, { searchScans: 864, scans: 4251, pushes: 20_345, rescans: 7408, blossoms: 661 })
})

test('column generation with an odd number: the last tree need not grow over everybody in every round', async () => {
  const people = madeUpPeople(2001, [0.24, 0.18, 0.13, 0.06, 0.05, 0.03], 1)
  const { counts, rounds } = await solveByColumns(sourceOf(people), { policy: 'total', candidates: 5 })
  expect(rounds.length).toBe(4)
  expectAtMost(counts, { searchScans: 4523, scans: 7794, pushes: 26_911, rescans: 10_268, blossoms: 926 })
})
