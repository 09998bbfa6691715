import { expect, test } from 'vitest'
import { type Counts, graphOf, solveByPolicy, solveMatching } from '../../../src/lib/weighted-matching/index.ts'
import { mapInstance, pairsOf } from './instances.ts'
import { allPairsOf, madeUpPeople } from './made-up-people.ts'
import { openRandom } from './random.ts'

/**
 * The performance guard: steps repeat exactly, milliseconds do not. The limits are what was measured and a tenth; when a
 * change goes beyond one of them, the solver has got slower.
 */
function expectAtMost(counts: Counts, most: Partial<Counts>): void {
  const above = Object.entries(most).filter(([name, limit]) => counts[name as keyof Counts] > limit)
  expect(above.map(([name, limit]) => `${name}: ${counts[name as keyof Counts]} > ${limit}`)).toEqual([])
}

test('a dense round of 800 people', () => {
  const people = madeUpPeople(800, [0.24, 0.18, 0.13, 0.06, 0.05, 0.03], 1)
  const { counts } = solveMatching(graphOf(people.n, allPairsOf(people)))
  expectAtMost(counts, { searchScans: 480, scans: 1420, pushes: 158_000, rescans: 2480, blossoms: 223 })
})

test('the same with an odd number and policy floor', () => {
  const people = madeUpPeople(801, [0.24, 0.18, 0.13, 0.06, 0.05, 0.03], 1)
  const { counts } = solveByPolicy(people.n, allPairsOf(people), 'floor')
  expectAtMost(counts, { searchScans: 490, scans: 1520, pushes: 7100, rescans: 1620, blossoms: 263 })
})

test('one country over half', () => {
  const people = madeUpPeople(800, [0.6, 0.1], 1)
  const { counts } = solveMatching(graphOf(people.n, allPairsOf(people)))
  expectAtMost(counts, { searchScans: 7150, scans: 590, pushes: 14_800, rescans: 1300, blossoms: 21 })
})

test('a map of 2,000 places with their nearest neighbours, full of blossoms', () => {
  const { n, pairs } = mapInstance(openRandom(1), 2000, 10, 10_000)
  const { counts } = solveMatching(graphOf(n, pairsOf(pairs)))
  expectAtMost(counts, { searchScans: 870, scans: 4250, pushes: 20_400, rescans: 7400, blossoms: 661 })
})
