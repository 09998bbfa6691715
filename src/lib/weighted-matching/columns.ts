// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Pairs } from './graph.ts'

/** The pairs taken into the graph so far, in the order they came; `weight` holds scores, and there is room for more. */
export interface Columns extends Pairs {
  weight: Float64Array
}

export function columnsOf({ count, a, b, weight }: Pairs): Columns {
  return { count, a: a.slice(0, count), b: b.slice(0, count), weight: Float64Array.from(weight.subarray(0, count)) }
}

export function appendColumns(columns: Columns, pairs: Pairs): void {
  const count = columns.count + pairs.count
  if (count > columns.a.length) {
    const room = Math.ceil(1.5 * count)
    const { a, b, weight } = columns
    Object.assign(columns, { a: new Int32Array(room), b: new Int32Array(room), weight: new Float64Array(room) })
    columns.a.set(a)
    columns.b.set(b)
    columns.weight.set(weight)
  }
  columns.a.set(pairs.a.subarray(0, pairs.count), columns.count)
  columns.b.set(pairs.b.subarray(0, pairs.count), columns.count)
  columns.weight.set(pairs.weight.subarray(0, pairs.count), columns.count)
  columns.count = count
}

/**
 * By person the score of their best pair; -Infinity: none. Right for all pairs, as the columns begin with everybody's
 * best.
 */
export function bestScores({ count, a, b, weight }: Columns, n: number): Float64Array {
  const best = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
  for (let i = 0; i < count; i++) {
    for (const v of [a[i]!, b[i]!]) if (weight[i]! > best[v]!) best[v] = weight[i]!
  }
  return best
}
