// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Triple } from './instances.ts'

export interface Best {
  /** The greatest weight of any matching */
  greatest: number
  /** The most pairs, and the greatest weight of so many */
  cardinality: number
  weight: number
}

const MOST = 14
const greatestOf = new Float64Array(1 << MOST)
const weightOf = new Float64Array(1 << MOST)
const cardinalityOf = new Int8Array(1 << MOST)

/**
 * All subsets of at most 14 vertices, each from smaller ones: its last vertex is left over, or matched with one of the
 * others.
 */
export function bruteForce(n: number, pairs: readonly Triple[]): Best {
  const weight = new Float64Array(n * n).fill(Number.NaN)
  for (const [a, b, w] of pairs) weight[a * n + b] = weight[b * n + a] = w
  for (let set = 1; set < 1 << n; set++) {
    const last = 31 - Math.clz32(set)
    const rest = set ^ (1 << last)
    let greatest = greatestOf[rest]!
    let cardinality = cardinalityOf[rest]!
    let best = weightOf[rest]!
    for (let other = 0; other < last; other++) {
      if (((set >> other) & 1) === 0 || Number.isNaN(weight[last * n + other]!)) continue
      const w = weight[last * n + other]!
      const without = rest ^ (1 << other)
      greatest = Math.max(greatest, greatestOf[without]! + w)
      const more = cardinalityOf[without]! + 1
      if (more > cardinality || (more === cardinality && weightOf[without]! + w > best)) {
        cardinality = more
        best = weightOf[without]! + w
      }
    }
    greatestOf[set] = greatest
    cardinalityOf[set] = cardinality
    weightOf[set] = best
  }
  const all = (1 << n) - 1
  return { greatest: greatestOf[all]!, cardinality: cardinalityOf[all]!, weight: weightOf[all]! }
}

/** Calls back for every matching of the pairs, with the indices of its pairs. */
export function eachMatching(n: number, pairs: readonly Triple[], visit: (chosen: readonly number[]) => void): void {
  const used = new Uint8Array(n)
  const chosen: number[] = []
  const from = (first: number) => {
    visit(chosen)
    for (let i = first; i < pairs.length; i++) {
      const [a, b] = pairs[i]!
      if (used[a] || used[b]) continue
      used[a] = used[b] = 1
      chosen.push(i)
      from(i + 1)
      chosen.pop()
      used[a] = used[b] = 0
    }
  }
  from(0)
}
