import { csvLine } from '../../lib/csv.ts'
import { PairpostError } from '../../lib/errors.ts'

/** What is wrong with one row of an upload: `line` counts lines of the file from 1, `field` is one of ours. */
export interface RowFault {
  line: number
  field: string
  message: string
}

/** The file as a whole cannot be read; nothing of it is imported. */
export class UnreadableFile extends PairpostError {
  readonly fault: RowFault
  constructor(line: number, message: string, field = 'file') {
    super('unreadable_file', `Line ${line}: ${message}`)
    this.fault = { line, field, message }
  }
}

/** The start of a cell, short enough to be shown. */
export function quoteCell(cell: string): string {
  const shown = [...cell.replace(/\p{Cc}+/gu, ' ')]
  return shown.length > 40 ? `"${shown.slice(0, 40).join('')}…"` : `"${shown.join('')}"`
}

/** Faults as CSV. A message quotes what strangers wrote. */
export function faultsAsCsv(faults: readonly RowFault[]): string {
  return [['line', 'field', 'message'], ...faults.map(({ line, field, message }) => [line, field, message])]
    .map(csvLine)
    .join('')
}
