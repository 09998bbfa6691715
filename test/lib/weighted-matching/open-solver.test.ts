// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { expect, test } from 'vitest'
import { type Change, graphOf, openSolver, solveMatching } from '../../../src/lib/weighted-matching/index.ts'
import { expectProven, type Instance, mapInstance, pairsOf, randomInstance, type Triple } from './instances.ts'
import { openRandom } from './random.ts'

function instanceOf(number: number): Instance {
  const random = openRandom(number)
  const n = 2 + Math.floor(random() * 50)
  if (number % 3 === 0) return mapInstance(random, n, 2 + (number % 5), 30)
  return randomInstance(random, n, 0.05 + random(), number % 4 === 0 ? -20 : 0, [1, 20, 10_000][number % 3]!)
}

/** The pairs as they stand after changes. */
function openPairs(pairs: readonly Triple[]) {
  const weights = pairs.map(([, , weight]): Change['weight'] => weight)
  return {
    set(i: number, weight: Change['weight']) {
      weights[i] = weight
    },
    now: () =>
      pairs.flatMap(([a, b], i): Triple[] => {
        const weight = weights[i]!
        return weight === 'banned' ? [] : [[a, b, weight]]
      }),
  }
}

test('after each ban, allowance and new weight the solver that stayed open has what a fresh one finds', () => {
  for (let number = 0; number < 120; number++) {
    const { n, pairs } = instanceOf(number)
    if (pairs.length === 0) continue
    const random = openRandom(number + 1000)
    const solver = openSolver(graphOf(n, pairsOf(pairs)))
    const current = openPairs(pairs)
    for (let step = 0; step < 12; step++) {
      const used = pairs.findIndex(([a, b]) => solver.solution().mate[a] === b)
      const i = random() < 0.5 && used >= 0 ? used : Math.floor(random() * pairs.length)
      const [a, b, weight] = pairs[i]!
      const kind = random()
      const next: Change['weight'] =
        kind < 0.4 ? 'banned' : kind < 0.7 ? weight : weight + Math.floor(random() * 41) - 20
      current.set(i, next)
      const solution =
        next === 'banned'
          ? solver.ban(a, b)
          : next === weight
            ? solver.allow(b, a)
            : solver.change([{ a, b, weight: next }])
      const fresh = solveMatching(graphOf(n, pairsOf(current.now())))
      expect(solution).toMatchObject({ cardinality: fresh.cardinality, total: fresh.total })
      expectProven(solution, current.now())
    }
  }
})

test('banning a used pair never pays, and allowing it again brings back what there was', () => {
  const { n, pairs } = randomInstance(openRandom(5), 120, 0.5, 0, 10_000)
  const solver = openSolver(graphOf(n, pairsOf(pairs)))
  const { cardinality, total, mate } = solver.solution()
  for (let a = 0; a < n; a++) {
    const b = mate[a]!
    if (b < a) continue
    const without = solver.ban(a, b)
    expect(without.mate[a]).not.toBe(b)
    expect(without.total).toBeLessThanOrEqual(total)
    expect(solver.allow(a, b)).toMatchObject({ cardinality, total })
  }
})

test('the graph given is not changed, and a pair it has not cannot be', () => {
  const graph = graphOf(4, pairsOf([[0, 1, 5]]))
  const solver = openSolver(graph)
  expect(solver.ban(0, 1).cardinality).toBe(0)
  expect(solveMatching(graph).total).toBe(5)
  expect(() => solver.ban(2, 3)).toThrow(RangeError)
  expect(() => solver.change([{ a: 0, b: 1, weight: 0.5 }])).toThrow(RangeError)
})
