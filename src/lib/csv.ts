/** Before the first line of a file that a spreadsheet opens: without it, Excel does not read UTF-8. */
export const CSV_MARK = '\ufeff'

/** A spreadsheet runs a cell that begins like this (OWASP, CSV injection), also in the wide forms of East Asia. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/**
 * One line of a CSV file (RFC 4180) with its end. People wrote what is in the cells: a text that a spreadsheet would
 * run as a formula gets an apostrophe before it. Numbers and moments (ISO 8601, UTC) stay as they are.
 */
export function csvLine(cells: readonly (string | number | boolean | Date | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: string | number | boolean | Date | null): string {
  if (cell === null) return ''
  if (cell instanceof Date) return cell.toISOString()
  if (typeof cell !== 'string') return String(cell)
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
