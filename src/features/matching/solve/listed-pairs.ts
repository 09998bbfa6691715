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

const DIGITS = 2 ** 16

/** The best first, and of equals the first: a radix sort by the lower, then by the upper half of what is missing to the best rank. */
function inOrder(pairs: ListedPairs): ListedPairs {
  const { count, rank } = pairs
  let order = Int32Array.from({ length: count }, (_, at) => at)
  for (const shift of [0, 16]) {
    const digitOf = (at: number): number => (~rank[at]! >>> shift) & (DIGITS - 1)
    const next = new Int32Array(DIGITS + 1)
    for (const at of order) next[digitOf(at) + 1]!++
    for (let digit = 0; digit < DIGITS; digit++) next[digit + 1]! += next[digit]!
    const sorted = new Int32Array(count)
    for (const at of order) sorted[next[digitOf(at)]!++] = at
    order = sorted
  }
  const { first, second } = pairs
  return {
    count,
    first: order.map((at) => first[at]!),
    second: order.map((at) => second[at]!),
    rank: order.map((at) => rank[at]!),
  }
}
