import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphOf, solveMatching } from '../../../src/lib/weighted-matching/index.ts'
import { doubled, expectProven, type Instance, mapInstance, pairsOf, randomInstance, relabelled } from './instances.ts'
import { openRandom } from './random.ts'

/** Milliseconds; it takes a few thousand where nothing else runs. */
const SLOW = { timeout: 120_000 }

const solve = ({ n, pairs }: Instance) => solveMatching(graphOf(n, pairsOf(pairs)))

/** Graphs of up to 300 vertices: of a few pairs each or dense, on a map, doubled. */
const instances = fc
  .record({
    seed: fc.nat(),
    n: fc.integer({ min: 0, max: 300 }),
    degree: fc.integer({ min: 1, max: 40 }),
    most: fc.constantFrom(0, 1, 3, 10, 100, 10_000, 1_000_000),
    kind: fc.constantFrom('random', 'negative', 'map', 'doubled', 'doubled map'),
  })
  .map(({ seed, n, degree, most, kind }): Instance => {
    const random = openRandom(seed)
    if (kind === 'map') return mapInstance(random, n, 2 + (degree % 8), most + 2)
    if (kind === 'doubled map') {
      const map = mapInstance(random, n >> 1, 2 + (degree % 8), most + 2)
      return doubled({ n: map.n, pairs: map.pairs.map(([a, b, weight]) => [a, b, weight + most]) })
    }
    if (kind === 'doubled') return doubled(randomInstance(random, n >> 1, degree / Math.max(1, n), 0, most))
    return randomInstance(random, n, degree / Math.max(1, n), kind === 'negative' ? -most : 0, most)
  })

test('every solution to 300 vertices carries a proof that the checker accepts', SLOW, () => {
  fc.assert(
    fc.property(instances, (instance) => expectProven(solve(instance), instance.pairs)),
    { numRuns: 700, seed: 1 },
  )
})

test('other numbers for the people and another order of the pairs change neither cardinality nor total', SLOW, () => {
  fc.assert(
    fc.property(instances, fc.nat(), (instance, seed) => {
      const { cardinality, total } = solve(instance)
      const other = solve(relabelled(openRandom(seed), instance))
      expect({ cardinality: other.cardinality, total: other.total }).toEqual({ cardinality, total })
    }),
    { numRuns: 150, seed: 2 },
  )
})

test(
  'a constant added to all weights adds it once a pair, a factor multiplies the total, and the proof holds',
  SLOW,
  () => {
    fc.assert(
      fc.property(
        instances,
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 1, max: 50 }),
        (instance, add, times) => {
          const { cardinality, total } = solve(instance)
          const moved: Instance = { n: instance.n, pairs: instance.pairs.map(([a, b, w]) => [a, b, times * w + add]) }
          const other = solve(moved)
          expect({ cardinality: other.cardinality, total: other.total }).toEqual({
            cardinality,
            total: times * total + add * cardinality,
          })
          expectProven(other, moved.pairs)
        },
      ),
      { numRuns: 150, seed: 3 },
    )
  },
)

test('a pair that is not used can be taken away at no cost; a used one never makes it better', SLOW, () => {
  fc.assert(
    fc.property(instances, fc.nat(), (instance, pick) => {
      const { n, pairs } = instance
      const { mate, cardinality, total } = solve(instance)
      const without = (i: number) => solve({ n, pairs: pairs.filter((_, other) => other !== i) })
      const unused = pairs.findIndex(([a, b], i) => i >= pick % (pairs.length + 1) && mate[a] !== b)
      if (unused >= 0) expect(without(unused)).toMatchObject({ cardinality, total })
      const used = pairs.findIndex(([a, b]) => mate[a] === b)
      if (used < 0) return
      const other = without(used)
      expect(other.cardinality).toBeLessThanOrEqual(cardinality)
      if (other.cardinality === cardinality) expect(other.total).toBeLessThanOrEqual(total)
    }),
    { numRuns: 150, seed: 4 },
  )
})

test('the same pairs give the same mates and the same steps', SLOW, () => {
  fc.assert(
    fc.property(instances, (instance) => {
      const one = solve(instance)
      expect(solve(instance)).toEqual(one)
    }),
    { numRuns: 50, seed: 5 },
  )
})
