// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { addEntry, type BestLists, clearLists, openBestLists, sortedList } from './best-lists.ts'
import { type Cover, personAt } from './tiles.ts'

/** Lists put together from several answers. */
export interface MergedLists {
  lists: BestLists
  /**
   * By person: the best of the entries at which their lists in the answers were cut, 0 for none. Down to it the list is
   * complete; below, better ones may be missing.
   */
  knownFrom: Float64Array
}

export interface ListColumns {
  counts: Uint16Array
  isCut: Uint8Array
  entries: Float64Array
}

/** Lists without the room between them. A person's list was cut when something did not come into it. */
export function listsToColumns(lists: BestLists): ListColumns {
  const { people, keep, counts, least } = lists
  const isCut = Uint8Array.from(counts, (count, place) => (count > keep || least[place]! > 0 ? 1 : 0))
  const kept = counts.map((count) => Math.min(count, keep))
  const entries = new Float64Array(kept.reduce((sum, count) => sum + count, 0))
  let at = 0
  for (let place = 0; place < people; place++) {
    entries.set(sortedList(lists, place), at)
    at += kept[place]!
  }
  return { counts: kept, isCut, entries }
}

export function openMergedLists(n: number, keep: number): MergedLists {
  return { lists: openBestLists(n, keep), knownFrom: new Float64Array(n) }
}

export function clearMergedLists({ lists, knownFrom }: MergedLists): void {
  clearLists(lists)
  knownFrom.fill(0)
}

/** In any order of the answers the result is the same. */
export function mergeLists(merged: MergedLists, { counts, isCut, entries }: ListColumns, cover: Cover): void {
  const { lists, knownFrom } = merged
  let at = 0
  for (let place = 0; place < counts.length; place++) {
    const person = personAt(cover, place)
    const end = at + counts[place]!
    if (isCut[place]) knownFrom[person] = Math.max(knownFrom[person]!, entries[end - 1]!)
    for (; at < end; at++) addEntry(lists, person, entries[at]!)
  }
}
