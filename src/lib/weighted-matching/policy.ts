// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { findLargestMatching } from './cardinality.ts'
import { findFloor } from './floor.ts'
import { type Graph, graphOf, type Pairs, weightBetween } from './graph.ts'
import { type Solution, solveLargest, solveMatching } from './solve.ts'

/**
 * What is wanted of the pairs, after as many as can be:
 *
 * - `floor`: the best possible worst pair, then the greatest total;
 * - `total`: the greatest total;
 * - `balanced`: the least sum of squared shortfalls from the highest score of all, which lifts low pairs at a small
 *   cost.
 */
export type Policy = 'floor' | 'total' | 'balanced'

export interface PolicySolution extends Solution {
  policy: Policy
  /** The least score of its pairs; undefined where there are none */
  worst: number | undefined
  /**
   * The policy's own sum, which `dual` equals: -Σ (highest - score)² for `balanced`, the total for the others. `total`
   * itself is in scores always.
   */
  objective: number
}

/**
 * The optimum of a policy among n people; `weight` of the pairs are the scores. Throws a RangeError for pairs out of
 * bounds: 4·n·|score| must be below 2^53, for `balanced` 4·n·(highest - lowest)², so a range of 335,000 for 20,000
 * people.
 */
export function solveByPolicy(n: number, pairs: Pairs, policy: Policy): PolicySolution {
  if (policy === 'balanced') return solveBalanced(n, pairs)
  const graph = graphOf(n, pairs)
  if (policy === 'total') return inScores(solveMatching(graph), policy, graph)
  const largest = findLargestMatching(graph)
  const floor = findFloor(graph, largest)
  if (floor === undefined) return inScores(solveLargest(graph, largest), policy, graph)
  const solution = solveLargest(graphOf(n, pairsFrom(pairs, floor.worst)), largest)
  const proof = { ...solution.proof, floor: { worst: floor.worst, barrier: floor.barrier } }
  return inScores({ ...solution, proof }, policy, graph)
}

function solveBalanced(n: number, pairs: Pairs): PolicySolution {
  const highest = highestOf(pairs)
  const solution = solveMatching(graphOf(n, shortfallsOf(pairs, highest)))
  const proof = pairs.count > 0 ? { ...solution.proof, highest } : solution.proof
  return inScores({ ...solution, proof }, 'balanced', graphOf(n, pairs))
}

/** The same pairs with the weights of `balanced`. */
export function shortfallsOf(pairs: Pairs, highest: number): Pairs {
  const weight = new Float64Array(pairs.count)
  for (let i = 0; i < pairs.count; i++) weight[i] = shortfallOf(pairs.weight[i]!, highest)
  return { ...pairs, weight }
}

/**
 * The weight of a score under `balanced`. It is at most 0, and that counts nothing: how many pairs there are is
 * settled.
 */
function shortfallOf(score: number, highest: number): number {
  return -((highest - score) ** 2)
}

export function highestOf({ count, weight }: Pairs): number {
  let highest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) highest = Math.max(highest, weight[i]!)
  return highest
}

/** The pairs of at least this score. */
export function pairsFrom(pairs: Pairs, score: number): Pairs {
  const { count, a, b, weight } = pairs
  const kept = { count: 0, a: new Int32Array(count), b: new Int32Array(count), weight: new Float64Array(count) }
  for (let i = 0; i < count; i++) {
    if (weight[i]! < score) continue
    kept.a[kept.count] = a[i]!
    kept.b[kept.count] = b[i]!
    kept.weight[kept.count++] = weight[i]!
  }
  return kept
}

/** Adds what is told in scores: their sum and the least one. */
export function inScores(solution: Solution, policy: Policy, scores: Graph): PolicySolution {
  const { mate } = solution
  let total = 0
  let worst: number | undefined
  for (const [v, w] of mate.entries()) {
    if (w < v) continue
    const score = weightBetween(scores, v, w)
    total += score
    worst = Math.min(worst ?? score, score)
  }
  return { ...solution, policy, total, worst, objective: solution.total }
}
