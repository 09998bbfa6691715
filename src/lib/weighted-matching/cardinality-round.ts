import { barrierOf } from './barrier.ts'
import { findLargestMatching, type LargestMatching } from './cardinality.ts'
import type { ColumnState, RoundFindings } from './column-state.ts'
import { appendColumns, bestScores } from './columns.ts'
import { openFloorRange, worstOf } from './floor.ts'
import { type Graph, graphOf } from './graph.ts'
import type { PairSource } from './pair-source.ts'
import { unitPricing } from './unit-pricing.ts'

/**
 * Can more be matched? The largest matching of the graph leaves a forest in which nothing more can be done (its
 * barrier); only a pair between two odd parts, or from one to the rest, could help (Farkas' lemma: such a pair cuts
 * the ray by which the dual of "match them all" is unbounded). If there is none among all pairs, so many are left over
 * by anybody.
 */
export async function askCardinality(
  source: PairSource,
  state: ColumnState,
  most: number,
): Promise<RoundFindings | undefined> {
  const { n, columns } = state
  const graph = graphOf(n, columns)
  const largest = findLargestMatching(graph, { mate: state.mate })
  state.mate = largest.mate
  if (largest.deficiency === 0) {
    settle(state, graph, largest)
    return undefined
  }
  const { pairs, count } = await source.price(unitPricing(largest, Number.NEGATIVE_INFINITY), most)
  appendColumns(columns, pairs)
  if (count === 0) settle(state, graph, largest)
  return {
    phase: 'cardinality',
    violated: count,
    added: pairs.count,
    objective: (n - largest.deficiency) / 2,
    gap: 1,
  }
}

/** No more can be matched. The next question is how good the worst pair can be, or how great the sum. */
function settle(state: ColumnState, graph: Graph, largest: LargestMatching): void {
  const barrier = barrierOf(largest)
  state.barrier = barrier
  if (state.policy !== 'floor' || largest.deficiency === state.n) {
    state.phase = 'weight'
    return
  }
  state.phase = 'floor'
  state.floor = openFloorRange(worstOf(graph, largest.mate), barrier, bestScores(state.columns, state.n))
}
