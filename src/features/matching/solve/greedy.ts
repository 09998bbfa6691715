// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { BestLists } from './best-lists.ts'
import { pairsOfLists } from './listed-pairs.ts'
import { scoreOfRank } from './pair-order.ts'

/**
 * The reference: of all pairs the best one first, of what then remains the best one, and so on; ties by the order of
 * pair-order.ts. Over all pairs, without sorting or storing them: lists of everybody's best partners are enough to
 * decide most of it, and those who remain are few enough to be asked about again.
 */
export interface Greedy {
  mate: Int32Array
  cardinality: number
  total_score: number
  worst_score: number | null
}

export function openGreedy(n: number): Greedy {
  return { mate: new Int32Array(n).fill(-1), cardinality: 0, total_score: 0, worst_score: null }
}

/**
 * Takes the pairs that lists of the free people's best free partners decide. A pair in both lists has nothing better
 * outside of them, so going down from the best it is taken when both are free. Of a pair in one list only it is not known
 * whether the other person has a better partner below the cut: it leaves both undecided.
 * @returns who is to be asked about again: 1 for the free people who may have a free partner; null when nobody
 */
export function takeDecided(greedy: Greedy, lists: BestLists, knownFrom: Float64Array): Uint8Array | null {
  const { mate } = greedy
  const { mutual, oneSided, cutAt } = pairsOfLists(lists, knownFrom)
  const undecided = new Uint8Array(mate.length)
  let next = 0
  for (let at = 0; at < mutual.count; at++) {
    const rank = mutual.rank[at]!
    // Of equal ranks these go first: at worst something is decided later than it could be.
    for (; next < oneSided.count && oneSided.rank[next]! >= rank; next++) leaveUndecided(next)
    const i = mutual.first[at]!
    const j = mutual.second[at]!
    if (mate[i]! >= 0 || mate[j]! >= 0) continue
    if (undecided[i] || undecided[j]) {
      undecided[i] = undecided[j] = 1
      continue
    }
    mate[i] = j
    mate[j] = i
    greedy.cardinality++
    greedy.total_score += scoreOfRank(rank)
    greedy.worst_score = scoreOfRank(rank)
  }
  for (; next < oneSided.count; next++) leaveUndecided(next)

  function leaveUndecided(at: number): void {
    const i = oneSided.first[at]!
    const j = oneSided.second[at]!
    if (mate[i]! < 0 && mate[j]! < 0) undecided[i] = undecided[j] = 1
  }

  let many = 0
  for (let v = 0; v < mate.length; v++) {
    // All of a cut list were taken: there may be somebody free below.
    const isOpen = mate[v]! < 0 && (undecided[v] === 1 || cutAt[v]! > 0)
    undecided[v] = isOpen ? 1 : 0
    if (isOpen) many++
  }
  return many > 1 ? undecided : null
}
