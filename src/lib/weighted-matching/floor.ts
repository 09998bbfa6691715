// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { type Barrier, barrierOf, everybodyAlone, withoutPairsOf } from './barrier.ts'
import { findLargestMatching, type LargestMatching } from './cardinality.ts'
import { type Graph, weightBetween } from './graph.ts'

/** The best possible worst pair of a largest matching is at least `good` and below `bad`, which the barrier proves. */
export interface FloorRange {
  good: number
  bad: number
  /** Among pairs of at least `bad`: why fewer can be matched */
  barrier: Barrier
}

/** A floor that is settled: bad = good + 1. */
export interface Floor {
  worst: number
  barrier: Barrier
}

/**
 * The bottleneck among all largest matchings (Gabow and Tarjan 1988, "Algorithms for two bottleneck optimization
 * problems": a search over the distinct weights, each tried by a largest matching of the pairs not below it, begun
 * with what the last good one leaves). Undefined where no pair can be matched.
 */
export function findFloor(graph: Graph, largest: LargestMatching): Floor | undefined {
  const { deficiency } = largest
  if (deficiency === graph.n) return undefined
  let { mate } = largest
  const range = openFloorRange(worstOf(graph, mate), barrierOf(largest), bestWeights(graph))
  const attempt = (worst: number) => {
    const tried = tryFloor(graph, mate, worst, deficiency)
    if (tried.deficiency > deficiency) {
      range.bad = worst
      range.barrier = barrierOf(tried)
      return
    }
    range.good = worst
    mate = tried.mate
  }
  // The bound is mostly reached.
  if (range.good + 1 < range.bad) attempt(range.bad - 1)
  const steps = range.good + 1 < range.bad ? distinctWeights(graph, range.good + 1, range.bad - 1) : []
  for (let low = 0, high = steps.length; low < high; ) {
    const middle = (low + high) >> 1
    attempt(steps[middle]!)
    if (range.good === steps[middle]) low = middle + 1
    else high = middle
  }
  return { worst: range.good, barrier: range.barrier }
}

/** A largest matching of the pairs of at least this weight, begun with those of a matching that there is. */
export function tryFloor(graph: Graph, mate: Int32Array, worst: number, deficiency: number): LargestMatching {
  const kept = mate.map((w, v) => (w >= 0 && weightBetween(graph, v, w) >= worst ? w : -1))
  return findLargestMatching(graph, { atLeast4: 4 * worst, mate: kept, unavoidable: deficiency })
}

/**
 * What is known before anything is tried: a largest matching of worst pair `good`, and everybody's best pair, which
 * nobody who is matched in any case can better.
 */
export function openFloorRange(good: number, barrier: Barrier, best: Float64Array): FloorRange {
  let person = -1
  let bound = Number.POSITIVE_INFINITY
  let highest = good
  for (const [v, weight] of best.entries()) {
    if (weight > highest) highest = weight
    if (barrier.part[v]! >= 0 || weight >= bound) continue
    person = v
    bound = weight
  }
  if (person < 0) return { good, bad: highest + 1, barrier: everybodyAlone(best.length) }
  return { good, bad: bound + 1, barrier: withoutPairsOf(barrier, person) }
}

export function worstOf(graph: Graph, mate: Int32Array): number {
  let worst = Number.POSITIVE_INFINITY
  for (const [v, w] of mate.entries()) if (w > v) worst = Math.min(worst, weightBetween(graph, v, w))
  return worst
}

function bestWeights({ n, start, weight4 }: Graph): Float64Array {
  const best = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
  for (let v = 0; v < n; v++) {
    for (let e = start[v]!; e < start[v + 1]!; e++) best[v] = Math.max(best[v]!, weight4[e]! / 4)
  }
  return best
}

/** The weights from – to that occur, ascending. */
function distinctWeights({ weight4 }: Graph, from: number, to: number): number[] {
  const distinct = new Set<number>()
  for (const weight of weight4) if (weight >= 4 * from && weight <= 4 * to) distinct.add(weight / 4)
  return [...distinct].sort((one, other) => one - other)
}
