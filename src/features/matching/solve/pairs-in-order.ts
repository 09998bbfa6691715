// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Pairs } from '../../../lib/weighted-matching/index.ts'

const SCORES = 2 ** 14

/** A pair of n people with its score as a number: they sort by the lower, then by the higher of the two. Below 2^53. */
export function keyOfPair(n: number, one: number, other: number, score: number): number {
  const first = one < other ? one : other
  const second = one < other ? other : one
  return (first * n + second) * SCORES + score
}

/** The pairs of these keys, each once, in order; `weight` is the score. */
export function pairsInOrder(n: number, keys: Float64Array): Pairs {
  keys.sort()
  let count = 0
  for (let at = 0; at < keys.length; at++) if (at === 0 || keys[at] !== keys[at - 1]) keys[count++] = keys[at]!
  const pairs = { count, a: new Int32Array(count), b: new Int32Array(count), weight: new Int32Array(count) }
  for (let at = 0; at < count; at++) {
    const pair = Math.floor(keys[at]! / SCORES)
    const a = Math.floor(pair / n)
    pairs.a[at] = a
    pairs.b[at] = pair - a * n
    pairs.weight[at] = keys[at]! - pair * SCORES
  }
  return pairs
}
