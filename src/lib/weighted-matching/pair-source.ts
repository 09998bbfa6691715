// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Pairs } from './graph.ts'

/**
 * All allowed pairs of n people, where they are too many to be listed. Answers are promises, so that threads or other
 * machines may give them. They must not depend on how the work was divided: order pairs by a, then b, with a < b, each
 * once.
 */
export interface PairSource {
  n: number
  /**
   * For everybody their `count` best pairs of at least this score, or all if they have fewer; a pair that is among the
   * best of either is in the answer. Ties are best broken by a hash of the pair: by number, everybody would name the
   * same few.
   */
  bestPairs(count: number, atLeast: number): Promise<Pairs>
  /** The pairs that weigh more than their duals. */
  price(pricing: Pricing, most: number): Promise<Priced>
}

/**
 * What pairs are held against in a round of column generation. A pair (a, b) of this score is violated by
 *
 *     4·weight(score) - u(a) - u(b) - Σ z(B: a and b in B)
 *
 * if that is above 0 and the score is not below `atLeast`.
 */
export interface Pricing {
  /** u, times four, by person */
  duals: Float64Array
  /** By person, and after them by blossom: the blossom it lies in directly, as n + its number, a later one; -1: none */
  around: Int32Array
  /** z, times four, by blossom number */
  blossomDuals: Float64Array
  atLeast: number
  /**
   * What a score weighs: itself; -(highest - score)² (policy balanced); or 1, which asks whether more people could be
   * matched (the Farkas ray of "no more can" is, but for a shift, a dual solution of unit weights).
   */
  weigh: 'score' | 'distance' | 'one'
  /** For `distance`; 0 otherwise */
  highest: number
}

/** For everybody, the `most` most violated of their pairs, `weight` being the score. */
export interface Priced {
  pairs: Pairs
  /** How many are violated at all */
  count: number
  /** By person the violation of their most violated pair, 0 for none */
  worst: Float64Array
}

/** What a score weighs in this pricing. */
export function weightOf({ weigh, highest }: Pricing, score: number): number {
  if (weigh === 'score') return score
  return weigh === 'one' ? 1 : -((highest - score) ** 2)
}

/** By how much, times four, a pair weighs more than its duals; 0 or below: it does not. */
export function violationOf(pricing: Pricing, a: number, b: number, score: number): number {
  const over = 4 * weightOf(pricing, score) - pricing.duals[a]! - pricing.duals[b]!
  return over > 0 ? over - sharedDualOf(pricing, a, b) : over
}

/**
 * Blossoms lie in later ones only, so going outwards from both ends, always from the earlier one, meets what they
 * share.
 */
function sharedDualOf({ duals, around, blossomDuals }: Pricing, a: number, b: number): number {
  let sum = 0
  let x = around[a]!
  let y = around[b]!
  while (x >= 0 && y >= 0) {
    if (x < y) x = around[x]!
    else if (y < x) y = around[y]!
    else {
      sum += blossomDuals[x - duals.length]!
      x = y = around[x]!
    }
  }
  return sum
}
