// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { type BestLists, sortedList } from './best-lists.ts'
import { entryOf, partnerOf, rankOfEntry } from './pair-order.ts'

/** Pairs, the best first. */
export interface ListedPairs {
  count: number
  first: Int32Array
  second: Int32Array
  rank: Int32Array
}

/**
 * Every pair of the lists once: those that stand in the lists of both their people, and those that stand in one only, as
 * the other was cut above it. Each in strict order (pair-order.ts).
 */
export interface PairsOfLists {
  mutual: ListedPairs
  oneSided: ListedPairs
  /** By person: the last entry of a list that was cut, 0 where it holds every partner. */
  cutAt: Float64Array
}

/**
 * @param knownFrom by person: entries below this one are left out, as better ones may be missing between them; left out:
 * the lists know all down to their ends
 */
export function pairsOfLists(lists: BestLists, knownFrom?: Float64Array): PairsOfLists {
  const { people, keep, counts, least } = lists
  const cutAt = knownFrom?.slice() ?? new Float64Array(people)
  let most = 0
  for (let v = 0; v < people; v++) {
    most += Math.min(counts[v]!, keep)
    // What was thrown away raised `least`; what stands beyond `keep` would be next.
    if (counts[v]! > keep || least[v]! > 0) cutAt[v] = Math.max(cutAt[v]!, sortedList(lists, v).at(-1)!)
  }
  const mutual = openPairs(most)
  const oneSided = openPairs(most)
  for (let v = 0; v < people; v++) {
    for (const entry of sortedList(lists, v)) {
      if (entry < cutAt[v]!) break
      const partner = partnerOf(entry)
      const rank = rankOfEntry(entry)
      const isMutual = entryOf(rank, v) >= cutAt[partner]!
      if (!isMutual) addPair(oneSided, Math.min(v, partner), Math.max(v, partner), rank)
      else if (v < partner) addPair(mutual, v, partner, rank)
    }
  }
  return { mutual: inOrder(mutual), oneSided: inOrder(oneSided), cutAt }
}

function openPairs(most: number): ListedPairs {
  return { count: 0, first: new Int32Array(most), second: new Int32Array(most), rank: new Int32Array(most) }
}

function addPair(pairs: ListedPairs, first: number, second: number, rank: number): void {
  const { count } = pairs
  pairs.first[count] = first
  pairs.second[count] = second
  pairs.rank[count] = rank
  pairs.count++
}

/** Ranks fill 31 bits of a double, the place in the list the other 22: sorted as numbers, without a comparison function. */
const PLACES = 2 ** 22

function inOrder(pairs: ListedPairs): ListedPairs {
  const { count } = pairs
  if (count > PLACES) throw new RangeError(`${count} pairs are too many to be put into order.`)
  const keys = Float64Array.from({ length: count }, (_, at) => pairs.rank[at]! * PLACES + (PLACES - 1 - at)).sort()
  const sorted = openPairs(count)
  for (let at = count - 1; at >= 0; at--) {
    const key = keys[at]!
    const rank = Math.floor(key / PLACES)
    const place = PLACES - 1 - (key - rank * PLACES)
    addPair(sorted, pairs.first[place]!, pairs.second[place]!, rank)
  }
  return sorted
}
