// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { type Pricing, violationOf, weightOf } from '../../../lib/weighted-matching/pair-source.ts'
import { FORBIDDEN } from '../scores/forbid.ts'
import { addToList, type BestLists } from './best-lists.ts'
import { HASH_BITS, rankOf } from './pair-order.ts'
import type { Rows } from './read-rows.ts'
import { firstColumn, type Tile } from './tiles.ts'

/** The most violated pairs of everybody: their ranks are made of the violation in place of the score. */
export interface ViolatedSoFar {
  pricing: Pricing
  /** By person the outermost blossom they lie in, or -1: most pairs share none, and have no z to be added up. */
  outermost: Int32Array
  lists: BestLists
  /** By person at the same places: the violation of their most violated pair. */
  worst: Float64Array
  rowOffset: number
  columnOffset: number
  /** How many pairs are violated, also those that lists have no room for. */
  count: number
}

export function outermostOf({ duals, around }: Pricing): Int32Array {
  return Int32Array.from(duals, (_, person) => {
    let blossom = around[person]!
    while (blossom >= 0 && around[blossom]! >= 0) blossom = around[blossom]!
    return blossom
  })
}

export function collectViolated(tile: Tile, rows: Rows, found: ViolatedSoFar): void {
  const price = found.pricing.weigh === 'score' ? priceScores : priceWeights
  for (let i = tile.rowFrom; i < tile.rowTo; i++) {
    const from = firstColumn(tile, i)
    if (from >= tile.columnTo) continue
    const at = rows.at(i, from, tile.columnTo)
    price(i, from, tile.columnTo, rows.scores, at, found)
  }
}

type PriceRow = (i: number, from: number, end: number, scores: Uint16Array, at: number, found: ViolatedSoFar) => void

/** The innermost loop of most rounds: nearly every pair ends at its first line, FORBIDDEN with 1 added being 0. */
const priceScores: PriceRow = (i, from, end, scores, at, found) => {
  const { duals, atLeast } = found.pricing
  const own = duals[i]! + 4
  const shift = at - from
  for (let j = from; j < end; j++) {
    const mark = (scores[shift + j]! + 1) & 0xffff
    if (4 * mark <= own + duals[j]! || mark <= atLeast) continue
    if (mark > 0) addViolated(i, j, mark - 1, found)
  }
}

const priceWeights: PriceRow = (i, from, end, scores, at, found) => {
  const { pricing } = found
  const { duals, atLeast } = pricing
  const own = duals[i]!
  const shift = at - from
  for (let j = from; j < end; j++) {
    const score = scores[shift + j]!
    if (score === FORBIDDEN || score < atLeast || 4 * weightOf(pricing, score) <= own + duals[j]!) continue
    addViolated(i, j, score, found)
  }
}

function addViolated(i: number, j: number, score: number, found: ViolatedSoFar): void {
  const { pricing, outermost, lists, worst } = found
  const { duals } = pricing
  const isTogether = outermost[i]! >= 0 && outermost[i] === outermost[j]
  const by = isTogether ? violationOf(pricing, i, j, score) : 4 * weightOf(pricing, score) - duals[i]! - duals[j]!
  if (by <= 0) return
  const row = i - found.rowOffset
  const column = j - found.columnOffset
  found.count++
  if (by > worst[row]!) worst[row] = by
  if (by > worst[column]!) worst[column] = by
  const rank = rankOf(gradeOf(by, score, pricing), i, j)
  if (rank >= lists.least[row]!) addToList(lists, row, rank, j)
  if (rank >= lists.least[column]!) addToList(lists, column, rank, i)
}

const GRADES = 2 ** (31 - HASH_BITS) - 1

/**
 * Ranks have room for so many grades: scores differ by up to 20,000 when they are compared by fours, squares by more. Where
 * only the number of pairs counts, the better ones are preferred.
 */
function gradeOf(by: number, score: number, { weigh }: Pricing): number {
  if (weigh === 'one') return score
  return Math.min(GRADES, weigh === 'distance' ? Math.ceil(Math.sqrt(by)) : Math.ceil(by / 4))
}
