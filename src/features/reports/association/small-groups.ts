import type { Column, Count, Row } from '../report.ts'

/** Below this a group is small: what is said of it is said of somebody. */
export const SMALL = 5
/** So many people at least are put together, or two groups of one person each could be told from their sum. */
const TOGETHER_AT_LEAST = 10

export interface Table {
  /** The first is the base of all: nobody is in another column who is not in the one that it is a part of. */
  columns: readonly Pick<Column, 'key'>[]
  rows: readonly Row[]
  total: Row
}

export interface Published {
  rows: Row[]
  total: Row
  /** How many rows were put together into the last one; 0: none. */
  together: number
  /** No row can be shown. */
  is_withheld: boolean
}

/** Key of the row of several. No value has it: one that begins with a tilde has another before it (rounds/person-queries.ts). */
export const TOGETHER = '~together'

/**
 * The table as it may leave the house. Nothing is crossed out that a sum would give back: a column of fewer than five
 * people is hidden in every row and in the total, and rows with a small cell are put together, with further rows until the
 * sum tells nothing of any of them. For each value of a row that is not shown there is then another table with the same
 * figures and another value: all of the sum, in every column, may be in one row or in another.
 *
 * Further rows are taken in the order of their keys and not the smallest first: who knows this rule would learn from the
 * rows that are shown how large they can be. Both were tried with every small table (test/features/reports/association).
 */
export function hideSmallGroups({ columns, rows, total }: Table): Published {
  const base = columns[0]?.key ?? ''
  const hidden = new Set(columns.map(({ key }) => key).filter((key) => isSmall(total.counts[key])))
  if (hidden.has(base)) return { rows: [], total: hideAll(total), together: 0, is_withheld: true }
  const shown = columns.map(({ key }) => key).filter((key) => typeof total.counts[key] === 'number' && !hidden.has(key))
  const hide = (row: Row): Row => ({
    ...row,
    counts: Object.fromEntries(
      Object.entries(row.counts).map(([key, count]) => [key, hidden.has(key) ? 'hidden' : count]),
    ),
  })

  const small = rows.filter((row) => shown.some((key) => isSmall(row.counts[key])))
  if (small.length === 0) return { rows: rows.map(hide), total: hide(total), together: 0, is_withheld: false }
  const others = rows.filter((row) => !small.includes(row)).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const put = [...small]
  while (!tellsNothing(put, base, shown)) {
    const next = others.pop()
    if (next === undefined) break
    put.push(next)
  }
  if (others.length === 0) return { rows: [], total: hide(total), together: rows.length, is_withheld: true }
  const sum: Row = {
    key: TOGETHER,
    name: TOGETHER,
    counts: Object.fromEntries(
      Object.entries(total.counts).map(([key, count]) => [key, typeof count === 'number' ? sumOf(put, key) : count]),
    ),
  }
  return {
    rows: [...rows.filter((row) => others.includes(row)), sum].map(hide),
    total: hide(total),
    together: put.length,
    is_withheld: false,
  }
}

function tellsNothing(put: readonly Row[], base: string, shown: readonly string[]): boolean {
  const sum = sumOf(put, base)
  return (
    put.length >= 2 &&
    sum >= TOGETHER_AT_LEAST &&
    shown.every((key) => !isSmall(sumOf(put, key)) && !areAllLargest(put, key))
  )
}

/** Small cells alone, each as large as one can be, are told by their sum. */
const areAllLargest = (put: readonly Row[], key: string) =>
  sumOf(put, key) >= put.length * (SMALL - 1) && !put.some((row) => numberOf(row.counts[key]) >= SMALL)

const hideAll = (row: Row): Row => ({
  ...row,
  counts: Object.fromEntries(Object.keys(row.counts).map((key) => [key, 'hidden' as const])),
})

const isSmall = (count: Count | undefined) => typeof count === 'number' && count > 0 && count < SMALL
const numberOf = (count: Count | undefined) => (typeof count === 'number' ? count : 0)
const sumOf = (rows: readonly Row[], key: string) => rows.reduce((sum, row) => sum + numberOf(row.counts[key]), 0)
