// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Claim, PairSource } from '../../../lib/weighted-matching/index.ts'
import type { Asker } from './ask.ts'
import { type BestLists, sortedList } from './best-lists.ts'
import { clearMergedLists, type ListColumns, type MergedLists, mergeLists, openMergedLists } from './merge-lists.ts'
import { partnerOf, rankOfEntry, scoreOfRank } from './pair-order.ts'
import { keyOfPair, pairsInOrder } from './pairs-in-order.ts'
import { scoreOf } from './read-rows.ts'
import { personAt } from './tiles.ts'

/** All pairs of the pool, as the solver, the greedy reference and the checker ask for them. */
export interface PoolSource extends PairSource {
  /**
   * The best partners, of those who count (1), of each of them; null: of everybody, which is asked only once until
   * `bestPairs` is called. Valid until the next call.
   */
  bestLists(keep: number, among: Uint8Array | null): Promise<MergedLists>
  /** How many partners these people (1) may have, by person. */
  countPartners(of: Uint8Array): Promise<Int32Array>
  /** What speaks against a claim, over all pairs; null: nothing. */
  faultOf(claim: Claim): Promise<string | null>
}

export function openPoolSource(n: number, asker: Asker): PoolSource {
  let ofEverybody: MergedLists | undefined
  let ofSome: MergedLists | undefined
  let priced: MergedLists | undefined

  async function bestLists(keep: number, among: Uint8Array | null): Promise<MergedLists> {
    if (among === null && ofEverybody?.lists.keep === keep) return ofEverybody
    if (among !== null && ofSome?.lists.keep === keep) clearMergedLists(ofSome)
    else ofSome = openMergedLists(n, keep)
    const merged = ofSome
    for await (const { cover, content } of asker.ask({ kind: 'best', keep, among }))
      mergeLists(merged, content.columns as unknown as ListColumns, cover)
    if (among === null) {
      ofEverybody = merged
      ofSome = undefined
    }
    return merged
  }

  return {
    n,
    bestLists,

    async bestPairs(count, atLeast) {
      const { lists } = await bestLists(count, null)
      const pairs = pairsInOrder(n, keysOf(n, lists, scoreOfRank, atLeast))
      // The graph begins here. Lists are large, and are not needed any more.
      ofEverybody = undefined
      ofSome = undefined
      return pairs
    },

    async price(pricing, most) {
      if (priced?.lists.keep === most) clearMergedLists(priced)
      else priced = openMergedLists(n, most)
      const merged = priced
      const worst = new Float64Array(n)
      let count = 0
      for await (const { cover, content } of asker.ask({ kind: 'price', keep: most, pricing })) {
        mergeLists(merged, content.columns as unknown as ListColumns, cover)
        count += content.head.count as number
        for (const [place, violation] of (content.columns.worst as Float64Array).entries()) {
          const person = personAt(cover, place)
          worst[person] = Math.max(worst[person]!, violation)
        }
      }
      const pairs = pairsInOrder(
        n,
        keysOf(n, merged.lists, () => 0, 0),
      )
      for (let at = 0; at < pairs.count; at++) pairs.weight[at] = scoreOf(asker.rows, pairs.a[at]!, pairs.b[at]!)
      return { pairs, count, worst }
    },

    async countPartners(of) {
      const partners = new Int32Array(n)
      for await (const { cover, content } of asker.ask({ kind: 'count', of })) {
        for (const [place, many] of (content.columns.partners as Int32Array).entries())
          partners[personAt(cover, place)]! += many
      }
      return partners
    },

    async faultOf(claim) {
      let fault: string | null = null
      for await (const { content } of asker.ask({ kind: 'check', claim })) fault ??= content.head.fault as string | null
      return fault
    },
  }
}

/** The pairs of everybody's lists with a score that will do; a pair may be there twice. */
function keysOf(n: number, lists: BestLists, scoreOfRank: (rank: number) => number, atLeast: number): Float64Array {
  const keys = new Float64Array(lists.counts.reduce((sum, count) => sum + Math.min(count, lists.keep), 0))
  let count = 0
  for (let person = 0; person < n; person++) {
    for (const entry of sortedList(lists, person)) {
      const score = scoreOfRank(rankOfEntry(entry))
      if (score >= atLeast) keys[count++] = keyOfPair(n, person, partnerOf(entry), score)
    }
  }
  return keys.subarray(0, count)
}
