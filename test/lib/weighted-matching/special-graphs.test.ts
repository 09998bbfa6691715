import { expect, test } from 'vitest'
import { graphOf, type Pairs, solveMatching } from '../../../src/lib/weighted-matching/index.ts'
import { expectProven, pairsOf, type Triple } from './instances.ts'

function solve(n: number, pairs: Triple[]) {
  const solution = solveMatching(graphOf(n, pairsOf(pairs)))
  expectProven(solution, pairs)
  return solution
}

/** All pairs of the people from – to - 1. */
function clique(from: number, to: number, weight: (a: number, b: number) => number): Triple[] {
  const pairs: Triple[] = []
  for (let a = from; a < to; a++) for (let b = a + 1; b < to; b++) pairs.push([a, b, weight(a, b)])
  return pairs
}

test('nobody, one person and two people', () => {
  expect(solve(0, [])).toMatchObject({ cardinality: 0, total: 0 })
  expect(solve(1, [])).toMatchObject({ mate: Int32Array.of(-1), cardinality: 0 })
  expect(solve(2, [])).toMatchObject({ mate: Int32Array.of(-1, -1), cardinality: 0 })
  expect(solve(2, [[1, 0, -7]])).toMatchObject({ mate: Int32Array.of(1, 0), total: -7 })
})

test('of three the two of the best pair are matched, and of two pairs both although one alone is worth more', () => {
  expect(
    solve(
      3,
      clique(0, 3, (a, b) => a + b),
    ).mate,
  ).toEqual(Int32Array.of(-1, 2, 1))
  const path: Triple[] = [
    [0, 1, 5],
    [1, 2, 11],
    [2, 3, 5],
  ]
  expect(solve(4, path)).toMatchObject({ cardinality: 2, total: 10 })
})

test('where nobody is allowed, everybody is left over, and the barrier names each a part', () => {
  const { cardinality, proof } = solve(9, [])
  expect(cardinality).toBe(0)
  expect(proof.barrier).toMatchObject({ inner: [], parts: 9 })
})

test('all weights equal, also 0 and below, and odd numbers of people', () => {
  for (const n of [40, 41]) {
    for (const weight of [0, 1, -3]) {
      const pairs = clique(0, n, () => weight)
      expect(solve(n, pairs).total).toBe(20 * weight || 0)
    }
  }
})

test('two countries of unequal size: the smaller one is matched, the rest of the larger one is left over', () => {
  const n = 50
  const pairs = clique(0, n, (a, b) => (a * 7 + b * 13) % 101).filter(([a, b]) => a < 20 !== b < 20)
  const { cardinality, proof } = solve(n, pairs)
  expect(cardinality).toBe(20)
  expect(proof.barrier.inner).toEqual(Array.from({ length: 20 }, (_, v) => v))
  expect(proof.barrier.parts).toBe(30)
})

test('one country with over half of the people: pairs among the others would cost places', () => {
  const n = 60
  // 0 … 39 are of one country. The others like each other best.
  const pairs = clique(0, n, (a, b) => (a >= 40 ? 900 : (a * 31 + b * 17) % 100)).filter(([, b]) => b >= 40)
  const { cardinality, mate } = solve(n, pairs)
  expect(cardinality).toBe(20)
  expect([...mate.subarray(40)].every((partner) => partner < 40)).toBe(true)
})

test('two odd cliques joined by one pair are matched over it, however little it is worth', () => {
  const pairs: Triple[] = [...clique(0, 7, () => 100), ...clique(7, 14, () => 100), [3, 11, -1_000_000]]
  const { mate, cardinality } = solve(14, pairs)
  expect(cardinality).toBe(7)
  expect(mate[3]).toBe(11)
})

test('two even cliques joined by one pair are not', () => {
  const pairs: Triple[] = [...clique(0, 8, () => 1), ...clique(8, 16, () => 1), [3, 11, 5]]
  expect(solve(16, pairs)).toMatchObject({ cardinality: 8, total: 8 })
})

test('with a deficiency of more than one, the least valuable are left over', () => {
  // Stars: each centre takes its best neighbour.
  const pairs: Triple[] = [1, 2, 3, 4].map((leaf): Triple => [0, leaf, leaf])
  for (const leaf of [6, 7, 8]) pairs.push([5, leaf, 10 * leaf])
  const { mate, cardinality, total } = solve(9, pairs)
  expect({ cardinality, total }).toEqual({ cardinality: 2, total: 84 })
  expect(mate[0]).toBe(4)
  expect(mate[5]).toBe(8)
})

test('a pair that is listed twice counts with its better weight', () => {
  expect(
    solve(2, [
      [0, 1, 3],
      [1, 0, 5],
    ]).total,
  ).toBe(5)
})

test('weights are exact to the bound, and refused beyond it', () => {
  const most = 2 ** 49 - 1
  const pairs = clique(0, 4, (a, b) => (a + b === 3 ? most : most - 1))
  expect(solve(4, pairs).total).toBe(2 * most)
  expect(() => graphOf(4, pairsOf([[0, 1, 2 ** 49]]))).toThrow(RangeError)
})

test.each<[string, Pairs]>([
  ['with oneself', pairsOf([[1, 1, 5]])],
  ['with nobody', pairsOf([[0, 3, 5]])],
  ['with a number below 0', pairsOf([[-1, 2, 5]])],
  ['of a broken weight', pairsOf([[0, 1, 0.5]])],
  ['of no weight', pairsOf([[0, 1, Number.NaN]])],
  ['of endless weight', pairsOf([[0, 1, Number.POSITIVE_INFINITY]])],
])('a pair %s is refused', (_, pairs) => {
  expect(() => graphOf(3, pairs)).toThrow(RangeError)
})
