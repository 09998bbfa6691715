// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { entryOf, rankOfEntry, scoreOfRank } from './pair-order.ts'

/**
 * The best partners of each of `people` people seen so far, `keep` of each; in what order they were seen makes no
 * difference. A list may grow to twice its size before the worse half is thrown away.
 */
export interface BestLists {
  people: number
  keep: number
  entries: Float64Array
  counts: Uint16Array
  /** A rank below this one cannot come into the list any more. */
  least: Int32Array
  /** Nor can a score that is, with 1 added, below this one: FORBIDDEN, in 16 bits, becomes 0 and never can. */
  leastMark: Uint16Array
  scratch: Float64Array
}

export function openBestLists(people: number, keep: number): BestLists {
  return {
    people,
    keep,
    entries: new Float64Array(people * keep * 2),
    counts: new Uint16Array(people),
    least: new Int32Array(people),
    leastMark: new Uint16Array(people).fill(1),
    scratch: new Float64Array(keep * 2),
  }
}

/** Empties lists to be filled anew: they are large, and many rounds need them. */
export function clearLists({ counts, least, leastMark }: BestLists): void {
  counts.fill(0)
  least.fill(0)
  leastMark.fill(1)
}

/** Callers look at `least` or `leastMark` themselves before they call: most pairs end there. */
export function addToList(lists: BestLists, place: number, rank: number, partner: number): void {
  addEntry(lists, place, entryOf(rank, partner))
}

export function addEntry(lists: BestLists, place: number, entry: number): void {
  const { keep, entries, counts, scratch } = lists
  const count = counts[place]!
  const start = place * keep * 2
  entries[start + count] = entry
  counts[place] = count + 1
  if (count + 1 < keep * 2) return
  for (let at = 0; at < keep * 2; at++) scratch[at] = entries[start + at]!
  scratch.sort()
  for (let at = 0; at < keep; at++) entries[start + at] = scratch[keep + at]!
  counts[place] = keep
  const least = rankOfEntry(scratch[keep]!)
  lists.least[place] = least
  lists.leastMark[place] = scoreOfRank(least) + 1
}

/** The list of one person, the best first. A view: it is overwritten by the next entry. */
export function sortedList(lists: BestLists, place: number): Float64Array {
  const { keep, entries, counts } = lists
  const start = place * keep * 2
  const list = entries
    .subarray(start, start + counts[place]!)
    .sort()
    .reverse()
  return list.length > keep ? list.subarray(0, keep) : list
}
