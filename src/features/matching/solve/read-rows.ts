import type { Profiles } from '../scores/profiles.ts'
import { openScorer } from '../scores/scorer.ts'

/**
 * Rows of scores, in basis points; FORBIDDEN where a pair is not allowed. They are read where they lie: a view for each
 * of a million rows would cost more than the looking.
 */
export interface Rows {
  scores: Uint16Array
  /**
   * Where the score of `person` with `from` stands in `scores`; those with the following people, up to `end - 1`, come after
   * it. Valid until the next call. Stored rows know only pairs with people who come later: person < from.
   */
  at(person: number, from: number, end: number): number
}

export const scoreOf = (rows: Rows, one: number, other: number): number =>
  rows.scores[rows.at(Math.min(one, other), Math.max(one, other), Math.max(one, other) + 1)] as number

/** Scores afresh at every call. */
export function openScoredRows(profiles: Profiles): Rows {
  const scorer = openScorer(profiles)
  const scores = new Uint16Array(profiles.n)
  return {
    scores,
    at(person, from, end) {
      scorer.row(person, scores, from, end, 0)
      return 0
    },
  }
}

/**
 * The scores of all pairs in memory that threads share, two octets each: the rows of the upper triangle, one after the
 * other. A symmetric matrix, or rows as arrays of their own, would take twice as much and more.
 */
export interface Triangle {
  n: number
  scores: Uint16Array<SharedArrayBuffer>
}

export function openTriangle(n: number): Triangle {
  return { n, scores: new Uint16Array(new SharedArrayBuffer(n * (n - 1))) }
}

/** Where the score of a pair stands. @param first < second */
const placeOf = (n: number, first: number, second: number): number =>
  first * n - (first * (first + 1)) / 2 - first - 1 + second

/** Reads what was stored. */
export function openStoredRows({ n, scores }: Triangle): Rows {
  return { scores, at: (person, from) => placeOf(n, person, from) }
}

/** Scores, and stores what it scored. */
export function openStoringRows(profiles: Profiles, { n, scores }: Triangle): Rows {
  const scorer = openScorer(profiles)
  return {
    scores,
    at(person, from, end) {
      const place = placeOf(n, person, from)
      scorer.row(person, scores, from, end, place)
      return place
    },
  }
}
