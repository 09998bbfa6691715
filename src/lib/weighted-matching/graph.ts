// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction

/**
 * Undirected pairs as parallel columns of `count` entries: `a[i]` and `b[i]` may be matched, and it is worth
 * `weight[i]`, an integer of either sign. A pair that is not listed is not allowed.
 */
export interface Pairs {
  count: number
  a: Int32Array
  b: Int32Array
  weight: Int32Array | Float64Array
}

/**
 * The same as compressed rows: the neighbours of v are `to[start[v]]` … `to[start[v + 1] - 1]`; each pair stands in the
 * rows of both ends. Weights are kept times four: together with even roots (forest.ts) that makes every dual, slack and
 * moment of the solver an integer, so that doubles are exact and "tight" means slack === 0, without a tolerance.
 */
export interface Graph {
  n: number
  start: Int32Array
  to: Int32Array
  weight4: Float64Array
}

/** Throws a RangeError unless sums of 4·n such weights stay exact integers in doubles. */
export function checkWeight(n: number, weight: number): void {
  if (!Number.isInteger(weight)) throw new RangeError(`A weight of ${weight} is not an integer.`)
  if (4 * n * Math.abs(weight) >= 2 ** 53) throw new RangeError(`A weight of ${weight} is too large for ${n} people.`)
}

/**
 * The graph of n vertices (0 … n - 1) with these pairs. Throws a RangeError where a pair or a weight is out of bounds.
 */
export function graphOf(n: number, pairs: Pairs): Graph {
  const { count, a, b, weight } = pairs
  const start = new Int32Array(n + 1)
  let largest = 0
  for (let i = 0; i < count; i++) {
    const v = a[i]!
    const w = b[i]!
    const size = Math.abs(weight[i]!)
    if (v >>> 0 >= n || w >>> 0 >= n || v === w) throw new RangeError(`Pair ${i} joins ${v} and ${w} of ${n}.`)
    if (!(size <= largest)) largest = size
    if (size % 1 !== 0) checkWeight(n, size)
    start[v + 1]!++
    start[w + 1]!++
  }
  checkWeight(n, largest)
  for (let v = 0; v < n; v++) start[v + 1]! += start[v]!
  const next = start.slice(0, n)
  const to = new Int32Array(2 * count)
  const weight4 = new Float64Array(2 * count)
  for (let i = 0; i < count; i++) {
    const v = a[i]!
    const w = b[i]!
    const there = next[v]!++
    const back = next[w]!++
    to[there] = w
    to[back] = v
    weight4[there] = weight4[back] = 4 * weight[i]!
  }
  return { n, start, to, weight4 }
}

/** The row places of the pair in the row of v (more than one where a pair is listed twice). */
export function placesOf(graph: Graph, v: number, w: number): number[] {
  const places: number[] = []
  for (let e = graph.start[v]!; e < graph.start[v + 1]!; e++) if (graph.to[e] === w) places.push(e)
  return places
}

/** Gives a pair another weight (times four) at all its places. */
export function setWeight(graph: Graph, v: number, w: number, weight4: number): void {
  for (const e of [...placesOf(graph, v, w), ...placesOf(graph, w, v)]) graph.weight4[e] = weight4
}

/** The weight of a pair, the greater one if it is listed twice; -Infinity: it is not allowed. */
export function weightBetween({ start, to, weight4 }: Graph, v: number, w: number): number {
  let most = Number.NEGATIVE_INFINITY
  for (let e = start[v]!; e < start[v + 1]!; e++) if (to[e] === w && weight4[e]! > most) most = weight4[e]!
  return most / 4
}
