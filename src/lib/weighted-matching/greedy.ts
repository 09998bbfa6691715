// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Pairs } from './graph.ts'

export interface GreedyMatching {
  mate: Int32Array
  cardinality: number
  total: number
  /** The least weight of its pairs; undefined where there are none */
  worst: number | undefined
}

/**
 * What one would do by hand: the best pair of all first, then the best among those left, and so on; of equals the one
 * with the lower numbers. No more than a reference to hold the optimum against.
 */
export function greedyMatching(n: number, pairs: Pairs): GreedyMatching {
  const mate = new Int32Array(n).fill(-1)
  let cardinality = 0
  let total = 0
  let worst: number | undefined
  for (const i of bestFirst(n, pairs)) {
    const a = pairs.a[i]!
    const b = pairs.b[i]!
    if (mate[a]! >= 0 || mate[b]! >= 0) continue
    mate[a] = b
    mate[b] = a
    cardinality++
    total += pairs.weight[i]!
    worst = pairs.weight[i]!
  }
  return { mate, cardinality, total, worst }
}

/**
 * A radix sort: by the higher number, then the lower one, then 16 bits after 16 bits of the shortfall from the best.
 */
function bestFirst(n: number, { count, a, b, weight }: Pairs): Uint32Array<ArrayBuffer> {
  let highest = Number.NEGATIVE_INFINITY
  let lowest = Number.POSITIVE_INFINITY
  for (let i = 0; i < count; i++) {
    highest = Math.max(highest, weight[i]!)
    lowest = Math.min(lowest, weight[i]!)
  }
  let order = Uint32Array.from({ length: count }, (_, i) => i)
  order = sortedBy(order, n, (i) => Math.max(a[i]!, b[i]!))
  order = sortedBy(order, n, (i) => Math.min(a[i]!, b[i]!))
  for (let unit = 1; unit <= highest - lowest; unit *= 65_536) {
    order = sortedBy(order, 65_536, (i) => Math.floor((highest - weight[i]!) / unit) % 65_536)
  }
  return order
}

/** A stable counting sort by keys 0 … keys - 1. */
function sortedBy(
  order: Uint32Array<ArrayBuffer>,
  keys: number,
  keyOf: (i: number) => number,
): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(keys + 1)
  for (const i of order) next[keyOf(i) + 1]!++
  for (let key = 0; key < keys; key++) next[key + 1]! += next[key]!
  const sorted = new Uint32Array(order.length)
  for (const i of order) sorted[next[keyOf(i)]!++] = i
  return sorted
}
