// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { INNER, type LargestMatching, OUTER } from './cardinality.ts'

/**
 * A set A (`inner`) whose removal leaves more odd parts than A has vertices (Tutte 1947, Berge 1958): each part
 * without a pair into A leaves somebody over. `part[v]` tells the odd parts by number, 0 … parts - 1; -1 is A and all
 * the rest.
 */
export interface Barrier {
  inner: number[]
  part: Int32Array
  parts: number
}

export function barrierOf(largest: LargestMatching): Barrier {
  const { place, component } = largest
  const n = place.length
  const inner: number[] = []
  const part = new Int32Array(n).fill(-1)
  const numbers = new Map<number, number>()
  for (let v = 0; v < n; v++) {
    if (place[v] === INNER) inner.push(v)
    if (place[v] !== OUTER) continue
    const number = numbers.get(component[v]!) ?? numbers.size
    numbers.set(component[v]!, number)
    part[v] = number
  }
  return { inner, part, parts: numbers.size }
}

/**
 * The same among pairs of which v has none: v is a part alone now. One more is left over, two more if v was of A; so
 * nobody can match as many, if v must have been matched before.
 */
export function withoutPairsOf({ inner, part, parts }: Barrier, v: number): Barrier {
  return { inner: inner.filter((other) => other !== v), part: part.with(v, parts), parts: parts + 1 }
}

/** Where there are no pairs at all. */
export function everybodyAlone(n: number): Barrier {
  return { inner: [], part: Int32Array.from({ length: n }, (_, v) => v), parts: n }
}
