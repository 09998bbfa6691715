/**
 * One strict order of all pairs, the same wherever a pair is met: by score, then by a hash, then by the two people. The
 * hash spreads what has equal scores: without it everybody's best partners would be the same few, the first of the pool.
 *
 * A pair's rank is its score and hash in 31 bits. Seen from one person, an entry is the rank and the partner in one double:
 * a larger entry is a better partner, and no two of a person are equal.
 */

export const HASH_BITS = 17
const PERSON_BITS = 19

/** People that an entry has room for. */
export const MOST_PEOPLE = 2 ** PERSON_BITS

const LAST_PERSON = MOST_PEOPLE - 1

/** @param score at most 16,383 */
export function rankOf(score: number, one: number, other: number): number {
  const first = one < other ? one : other
  const second = one < other ? other : one
  // Multipliers of Knuth's and Murmur's mixing; only that they are odd and unlike matters.
  let mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return (score << HASH_BITS) | (mixed >>> (32 - HASH_BITS))
}

export const scoreOfRank = (rank: number): number => rank >>> HASH_BITS

export const entryOf = (rank: number, partner: number): number => rank * MOST_PEOPLE + (LAST_PERSON - partner)

export const rankOfEntry = (entry: number): number => Math.floor(entry / MOST_PEOPLE)

export const partnerOf = (entry: number): number => LAST_PERSON - (entry - rankOfEntry(entry) * MOST_PEOPLE)
