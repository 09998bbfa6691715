// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { addToList, type BestLists } from './best-lists.ts'
import { rankOf } from './pair-order.ts'
import type { Rows } from './read-rows.ts'
import { firstColumn, type Tile } from './tiles.ts'

/** Where the people of a tile stand in the lists: person - offset. */
export interface BestSoFar {
  lists: BestLists
  rowOffset: number
  columnOffset: number
}

/** Adds the pairs of a tile to the lists of both their people. @param among 1 for people who count; null: everybody */
export function collectBest(tile: Tile, rows: Rows, found: BestSoFar, among: Uint8Array | null): void {
  const columns = among && columnsAmong(tile, among)
  for (let i = tile.rowFrom; i < tile.rowTo; i++) {
    const from = firstColumn(tile, i)
    if (from >= tile.columnTo || (among && !among[i])) continue
    const at = rows.at(i, from, tile.columnTo)
    if (columns) collectAmong(i, from, columns, rows.scores, at, found)
    else collectRow(i, from, tile.columnTo, rows.scores, at, found)
  }
}

/** The innermost loop of all: nearly every pair ends at its first line. */
function collectRow(i: number, from: number, end: number, scores: Uint16Array, at: number, found: BestSoFar): void {
  const { lists, rowOffset, columnOffset } = found
  const { leastMark } = lists
  const place = i - rowOffset
  const shift = at - from
  let least = leastMark[place]!
  for (let j = from; j < end; j++) {
    const mark = (scores[shift + j]! + 1) & 0xffff
    if (mark < least && mark < leastMark[j - columnOffset]!) continue
    addPair(lists, i, place, j, j - columnOffset, mark)
    least = leastMark[place]!
  }
}

function collectAmong(
  i: number,
  from: number,
  columns: Int32Array,
  scores: Uint16Array,
  at: number,
  found: BestSoFar,
): void {
  const { lists, rowOffset, columnOffset } = found
  const { leastMark } = lists
  const place = i - rowOffset
  const shift = at - from
  for (let next = columns.length - 1; next >= 0; next--) {
    const j = columns[next]!
    if (j < from) return
    const mark = (scores[shift + j]! + 1) & 0xffff
    if (mark < leastMark[place]! && mark < leastMark[j - columnOffset]!) continue
    addPair(lists, i, place, j, j - columnOffset, mark)
  }
}

function addPair(lists: BestLists, i: number, place: number, j: number, other: number, mark: number): void {
  const { least, leastMark } = lists
  const rank = rankOf(mark - 1, i, j)
  if (mark >= leastMark[place]! && rank >= least[place]!) addToList(lists, place, rank, j)
  if (mark >= leastMark[other]! && rank >= least[other]!) addToList(lists, other, rank, i)
}

/** Ascending. */
function columnsAmong(tile: Tile, among: Uint8Array): Int32Array {
  const columns: number[] = []
  for (let j = tile.columnFrom; j < tile.columnTo; j++) if (among[j]) columns.push(j)
  return Int32Array.from(columns)
}
