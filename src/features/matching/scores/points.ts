/**
 * The arithmetic of a score, in integers throughout, so that every machine, worker and implementation gives the same
 * number. How well one person suits another under one criterion is an integer in basis points. A person's side of the
 * score is the mean of these over the criteria that count for that person, weighted; the score is the mean of both
 * sides. Sides are summed in a fixed point of 1/65,536 basis point: each criterion's share is rounded down to it once,
 * whoever computes it, and the sum is rounded to whole basis points once. At most 80 shares of two sides each lose less
 * than one unit, so all points possible still make 10,000.
 */

/** Basis points of what suits entirely. */
export const FULL = 10_000

/** What nobody knows, or nobody asked for, speaks neither for nor against. */
export const NEUTRAL = FULL / 2

/** Fixed-point units in a basis point: two sides of 10,000 stay under 2^30, so 32-bit sums hold. */
const UNIT_BITS = 16

const UNITS_PER_SIDE = 2 ** UNIT_BITS / 2

/** Added once to a sum, it turns the shift by UNIT_BITS into rounding to the nearest. */
export const ROUNDING = 2 ** (UNIT_BITS - 1)

/** A side on which no criterion counts. */
export const SIDE_WITHOUT_CRITERIA = UNITS_PER_SIDE * NEUTRAL

/**
 * What one criterion gives to one side of a score, in fixed-point units.
 *
 * Exact in doubles: the product is an integer below 2^36, and a quotient of such integers that is not whole differs
 * from the next whole number by at least 1/stake, far more than a double can lose.
 * @param suits basis points @param stake the weights of all criteria that count for the person, at least `weight`
 */
export function shareOf(weight: number, suits: number, stake: number): number {
  return Math.floor((UNITS_PER_SIDE * weight * suits) / stake)
}

/** The score that two sides in fixed-point units make: basis points. */
export function scoreOf(sides: number): number {
  return (sides + ROUNDING) >> UNIT_BITS
}

/** One side alone, in basis points. */
export function sideScoreOf(side: number): number {
  return Math.round(side / UNITS_PER_SIDE)
}

/** How well so many in common suit, out of those that could be: basis points. */
export function suitsByCount(common: number, possible: number): number {
  return Math.floor((FULL * Math.min(common, possible)) / possible)
}
