// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { type Barrier, barrierOf } from './barrier.ts'
import { findLargestMatching, type LargestMatching } from './cardinality.ts'
import { openForest } from './forest.ts'
import { type Graph, weightBetween } from './graph.ts'
import { type Counts, type Matching, openMatching } from './matching.ts'
import { optimise } from './optimise.ts'
import { dualValueOf, type Proof, proofBlossomsOf } from './proof.ts'
import { startMatching } from './start.ts'

export interface Solution {
  /** The partner by vertex; -1: left over */
  mate: Int32Array
  cardinality: number
  /** Σ of the weights of the pairs */
  total: number
  /** The value of the dual solution in the same unit: equal to `total` where it is an optimum */
  dual: number
  proof: Proof
  counts: Counts
}

/**
 * As many pairs as can be, and among all such matchings one of the greatest total weight, with its proof. Any graph
 * will do: empty, odd, in pieces, with weights below 0. Time grows about with the pairs times log n on real instances.
 */
export function solveMatching(graph: Graph): Solution {
  return solveLargest(graph, findLargestMatching(graph))
}

/** The same where it is known already how many can be matched, and why. */
export function solveLargest(graph: Graph, largest: LargestMatching): Solution {
  const matching = openMatching(graph)
  startMatching(matching, largest.deficiency)
  optimise(matching, openForest(matching), largest.deficiency)
  return solutionOf(matching, barrierOf(largest))
}

/** @param barrier why no more can be matched */
export function solutionOf(matching: Matching, barrier: Barrier): Solution {
  const { n, graph, mate, counts } = matching
  let cardinality = 0
  let total = 0
  for (let v = 0; v < n; v++) {
    const w = mate[v]!
    if (w < v) continue
    total += weightBetween(graph, v, w)
    cardinality++
  }
  return {
    mate: mate.slice(),
    cardinality,
    total,
    dual: dualValueOf(matching),
    proof: {
      duals: matching.dual.slice(),
      exposure: 2 * cardinality < n ? matching.exposure : 0,
      blossoms: proofBlossomsOf(matching),
      barrier,
    },
    counts: { ...counts },
  }
}
