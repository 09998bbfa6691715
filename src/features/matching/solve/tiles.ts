/**
 * All pairs of n people, cut into blocks of `size` × `size`: tile by tile they are scored and priced, by whoever has time.
 * A tile holds the pairs of a row person with a column person that comes later in the pool.
 */
export interface Tile {
  rowFrom: number
  rowTo: number
  columnFrom: number
  columnTo: number
}

/** The widest tile: both ends of a pair are kept in 12 bits each. */
export const WIDEST_TILE = 4096

export function countTiles(n: number, size: number): number {
  const blocks = Math.ceil(n / size)
  return (blocks * (blocks + 1)) / 2
}

/** @param number from 0; blocks of rows one after the other, each from the diagonal to the right */
export function tileOf(n: number, size: number, number: number): Tile {
  const blocks = Math.ceil(n / size)
  let row = 0
  let left = number
  while (left >= blocks - row) {
    left -= blocks - row
    row++
  }
  const column = row + left
  return {
    rowFrom: row * size,
    rowTo: Math.min(n, (row + 1) * size),
    columnFrom: column * size,
    columnTo: Math.min(n, (column + 1) * size),
  }
}

/** The first column of a tile that makes a pair with this row: below it the pairs belong to earlier rows. */
export const firstColumn = (tile: Tile, row: number): number => Math.max(tile.columnFrom, row + 1)

const isDiagonal = (tile: Tile): boolean => tile.rowFrom === tile.columnFrom

/** Which people an answer is about: of one tile those of its rows and columns, of a thread's tiles everybody. */
export interface Cover {
  people: number
  /** The first so many are those of the rows. */
  rows: number
  rowOffset: number
  columnOffset: number
}

export const coverOfAll = (n: number): Cover => ({ people: n, rows: n, rowOffset: 0, columnOffset: 0 })

export function coverOfTile(tile: Tile): Cover {
  const rows = tile.rowTo - tile.rowFrom
  const rowOffset = tile.rowFrom
  if (isDiagonal(tile)) return { people: rows, rows, rowOffset, columnOffset: rowOffset }
  return { people: rows + tile.columnTo - tile.columnFrom, rows, rowOffset, columnOffset: tile.columnFrom - rows }
}

/** Rows come first, and columns after them; on the diagonal they are the same. */
export function personAt({ rows, rowOffset, columnOffset }: Cover, place: number): number {
  return place + (place < rows ? rowOffset : columnOffset)
}
