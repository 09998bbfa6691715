// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { barrierOf } from './barrier.ts'
import { couldHelp, type LargestMatching } from './cardinality.ts'
import type { ColumnState, RoundFindings } from './column-state.ts'
import { appendColumns, type Columns } from './columns.ts'
import { tryFloor } from './floor.ts'
import { graphOf } from './graph.ts'
import type { PairSource } from './pair-source.ts'
import { unitPricing } from './unit-pricing.ts'

/**
 * Can the worst pair be better? Tries floors within the range: its upper end, which often is reached, and its middle
 * in turn. If the graph's pairs of at least that score match as many, the worst pair can be so good. If not, their
 * barrier holds for lower floors too, down to the best pair of the graph that crosses it; all pairs are asked about
 * all of these at once.
 */
export async function askFloor(
  source: PairSource,
  state: ColumnState,
  most: number,
): Promise<RoundFindings | undefined> {
  const { n, columns, floor } = state
  if (floor === undefined || floor.good + 1 >= floor.bad) {
    state.phase = 'weight'
    return undefined
  }
  const worst = state.floorTries % 2 === 0 ? floor.bad - 1 : Math.floor((floor.good + floor.bad) / 2)
  const deficiency = state.mate.reduce((left, partner) => left + (partner < 0 ? 1 : 0), 0)
  const tried = tryFloor(graphOf(n, columns), state.mate, worst, deficiency)
  if (tried.deficiency === deficiency) {
    floor.good = worst
    state.mate = tried.mate
    state.floorTries++
    return undefined
  }
  const holdsFrom = bestCrossing(columns, tried, worst) + 1
  const { pairs, count } = await source.price(unitPricing(tried, holdsFrom), most)
  appendColumns(columns, pairs)
  if (count === 0) {
    floor.bad = holdsFrom
    floor.barrier = barrierOf(tried)
    state.floorTries++
  }
  return { phase: 'floor', violated: count, added: pairs.count, objective: (n - tried.deficiency) / 2, gap: 1 }
}

/**
 * The best score below `below` of a column that crosses the barrier: there is one, as with worse pairs more are
 * matched.
 */
function bestCrossing({ count, a, b, weight }: Columns, tried: LargestMatching, below: number): number {
  let best = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) {
    if (weight[i]! < below && weight[i]! > best && couldHelp(tried, a[i]!, b[i]!)) best = weight[i]!
  }
  return best
}
