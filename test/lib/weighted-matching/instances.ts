// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { expect } from 'vitest'
import {
  type Claim,
  checkCertificate,
  type EachPair,
  type Pairs,
  type Solution,
} from '../../../src/lib/weighted-matching/index.ts'

export type Triple = [a: number, b: number, weight: number]

export interface Instance {
  n: number
  pairs: Triple[]
}

export function pairsOf(triples: readonly Triple[]): Pairs {
  return {
    count: triples.length,
    a: Int32Array.from(triples, ([a]) => a),
    b: Int32Array.from(triples, ([, b]) => b),
    weight: Float64Array.from(triples, ([, , weight]) => weight),
  }
}

export function eachOf(triples: readonly Triple[]): EachPair {
  return (visit) => {
    for (const [a, b, weight] of triples) visit(a, b, weight)
  }
}

/** The checker accepts the solution, and primal and dual value agree. */
export function expectProven(solution: Solution & Claim, pairs: readonly Triple[]): void {
  expect(solution.dual).toBe(solution.total)
  expect(checkCertificate(solution, eachOf(pairs))).toEqual({ ok: true })
}

/** Each allowed pair of n with this chance, and a weight from `least` to `most`. */
export function randomInstance(random: () => number, n: number, chance: number, least: number, most: number): Instance {
  const pairs: Triple[] = []
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      if (random() < chance) pairs.push([a, b, least + Math.floor(random() * (most - least + 1))])
    }
  }
  return { n, pairs }
}

/** Points on a map, each joined to its nearest few: full of odd clusters, so of blossoms. */
export function mapInstance(random: () => number, n: number, near: number, size: number): Instance {
  const points = Array.from({ length: n }, () => [Math.floor(random() * size), Math.floor(random() * size)] as const)
  const joined = new Map<number, Triple>()
  for (const [a, [x, y]] of points.entries()) {
    const distances = points.map((point) => Math.abs(point[0] - x) + Math.abs(point[1] - y))
    // One number to sort by: the distance, then the place.
    const order = Float64Array.from(distances, (distance, b) => (b === a ? Number.POSITIVE_INFINITY : distance * n + b))
    for (const key of order.sort().subarray(0, Math.min(near, n - 1))) {
      const b = key % n
      joined.set(Math.min(a, b) * n + Math.max(a, b), [Math.min(a, b), Math.max(a, b), -Math.floor(key / n)])
    }
  }
  return { n, pairs: [...joined.values()] }
}

/**
 * Two copies, everybody joined to their own copy with weight 0: its largest matchings leave nobody over, and the
 * greatest is worth twice the greatest of the original of any cardinality.
 */
export function doubled({ n, pairs }: Instance): Instance {
  const copies = pairs.flatMap(([a, b, weight]): Triple[] => [
    [a, b, weight],
    [a + n, b + n, weight],
  ])
  return { n: 2 * n, pairs: [...copies, ...Array.from({ length: n }, (_, v): Triple => [v, v + n, 0])] }
}

/** A shuffled 0 … n - 1. */
function permutation(random: () => number, n: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}

/** The same with other numbers for the vertices, the pairs in another order and turned round at random. */
export function relabelled(random: () => number, { n, pairs }: Instance): Instance {
  const name = permutation(random, n)
  const moved = permutation(random, pairs.length).map((i): Triple => {
    const [a, b, weight] = pairs[i]!
    return random() < 0.5 ? [name[a]!, name[b]!, weight] : [name[b]!, name[a]!, weight]
  })
  return { n, pairs: moved }
}
