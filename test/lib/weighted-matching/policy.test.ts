// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { expect, test } from 'vitest'
import {
  checkCertificate,
  greedyMatching,
  type Policy,
  solveByPolicy,
} from '../../../src/lib/weighted-matching/index.ts'
import { eachMatching } from './brute-force.ts'
import { eachOf, pairsOf, randomInstance, type Triple } from './instances.ts'
import { openRandom } from './random.ts'

/** What a policy compares, the first that differs decides. */
const AIMS: Record<Policy, (chosen: readonly number[], highest: number) => number[]> = {
  floor: (scores) => [scores.length, Math.min(...scores), sum(scores)],
  total: (scores) => [scores.length, sum(scores)],
  balanced: (scores, highest) => [scores.length, sum(scores.map((score) => -((highest - score) ** 2)))],
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

function isBetter(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, i) => value !== other[i])
  return at >= 0 && one[at]! > other[at]!
}

test('each policy finds what trying all matchings finds, with a proof, for 1,500 graphs to 10 people', () => {
  for (let number = 0; number < 1500; number++) {
    const random = openRandom(number)
    const most = [1, 3, 10, 100, 9000][number % 5]!
    const n = Math.floor(random() * (number % 10 === 0 ? 11 : 9))
    const { pairs } = randomInstance(random, n, 0.2 + 0.8 * random(), number % 4 === 0 ? -most : 0, most)
    const highest = Math.max(...pairs.map(([, , score]) => score))
    const best: Record<Policy, number[]> = { floor: [], total: [], balanced: [] }
    eachMatching(n, pairs, (chosen) => {
      const scores = chosen.map((i) => pairs[i]![2])
      for (const policy of ['floor', 'total', 'balanced'] as const) {
        const aims = AIMS[policy](scores, highest)
        if (best[policy].length === 0 || isBetter(aims, best[policy])) best[policy] = aims
      }
    })
    for (const policy of ['floor', 'total', 'balanced'] as const) {
      const solution = solveByPolicy(n, pairsOf(pairs), policy)
      const scores = pairs.filter(([a, b]) => solution.mate[a] === b).map(([, , score]) => score)
      expect(AIMS[policy](scores, highest), `graph ${number}, ${policy}`).toEqual(best[policy])
      const { cardinality, total, worst, objective, dual } = solution
      expect({ cardinality, total, dual }).toEqual({ cardinality: scores.length, total: sum(scores), dual: objective })
      expect(worst).toBe(scores.length > 0 ? Math.min(...scores) : undefined)
      expect(checkCertificate(solution, eachOf(pairs))).toEqual({ ok: true })
    }
  }
})

test('the floor lifts the worst pair, and balanced lies between', () => {
  // 0 – 1 and 2 – 3 have the greatest sum; 0 – 2 and 1 – 3 the best worst pair.
  const pairs: Triple[] = [
    [0, 1, 100],
    [2, 3, 40],
    [0, 2, 65],
    [1, 3, 70],
  ]
  const found = (policy: Policy) => {
    const { total, worst, objective } = solveByPolicy(4, pairsOf(pairs), policy)
    return { total, worst, objective }
  }
  expect(found('total')).toEqual({ total: 140, worst: 40, objective: 140 })
  expect(found('floor')).toEqual({ total: 135, worst: 65, objective: 135 })
  expect(found('balanced')).toEqual({ total: 135, worst: 65, objective: -(35 ** 2) - 30 ** 2 })
})

test('squares that would not be exact are refused', () => {
  const pairs = pairsOf([
    [0, 1, 0],
    [1, 2, 30_000_000],
  ])
  expect(() => solveByPolicy(3, pairs, 'balanced')).toThrow(RangeError)
  expect(solveByPolicy(3, pairs, 'total').total).toBe(30_000_000)
})

test('greedy takes the best pair first, of equals the one with the lower numbers', () => {
  const equal: Triple[] = [
    [3, 2, 7],
    [1, 3, 7],
    [0, 3, 7],
    [1, 2, 7],
    [4, 5, -2],
  ]
  const { mate, cardinality, total, worst } = greedyMatching(6, pairsOf(equal))
  expect({ mate, cardinality, total, worst }).toEqual({
    mate: Int32Array.of(3, 2, 1, 0, 5, 4),
    cardinality: 3,
    total: 12,
    worst: -2,
  })
  expect(greedyMatching(2, pairsOf([]))).toMatchObject({ cardinality: 0, total: 0, worst: undefined })
  for (let number = 0; number < 50; number++) {
    const { n, pairs } = randomInstance(openRandom(number), 60, 0.3, 0, 1_000_000)
    const greedy = greedyMatching(n, pairsOf(pairs))
    const sorted = pairs.toSorted((one, other) => other[2] - one[2] || one[0] - other[0] || one[1] - other[1])
    const free = new Set(Array.from({ length: n }, (_, v) => v))
    let expected = 0
    for (const [a, b, weight] of sorted) {
      if (!free.has(a) || !free.has(b)) continue
      free.delete(a)
      free.delete(b)
      expected += weight
    }
    expect(greedy.total).toBe(expected)
    const optimum = solveByPolicy(n, pairsOf(pairs), 'total')
    expect(optimum.cardinality).toBeGreaterThanOrEqual(greedy.cardinality)
  }
})
