import { Readable } from 'node:stream'
import { setImmediate as breathe } from 'node:timers/promises'
import { CsvError, type Info, parse } from 'csv-parse'
import { UnreadableFile } from './faults.ts'

const MOST_COLUMNS = 500
const MOST_ROWS = 200_000
const MOST_RECORD_OCTETS = 100 * 1024
const CHUNK_OCTETS = 64 * 1024
const ROWS_A_BREATH = 200
const DELIMITERS = [',', ';', '\t'] as const

/** One record and the line of the file on which it begins. */
export interface CsvRecord {
  line: number
  cells: string[]
}

/**
 * The records of a CSV text (RFC 4180; comma, semicolon or tab), streamed. Empty lines and records without any text
 * are left out. @param text lines end with \n @throws UnreadableFile at the line where it stops being CSV
 */
export async function* readRecords(text: string): AsyncGenerator<CsvRecord> {
  const delimiter = guessDelimiter(text)
  refuseTooManyColumns(text, delimiter)
  const parser = parse({
    delimiter,
    info: true,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MOST_RECORD_OCTETS,
  })
  const source = Readable.from(chunksOf(Buffer.from(text)))
  source.pipe(parser)
  let rows = 0
  try {
    for await (const found of parser) {
      const { record: cells, info } = found as { record: string[]; info: Info }
      if (cells.every((cell) => cell.trim() === '')) continue
      // csv-parse counts to the end of the record; the lines within its cells lead back to its start.
      const line = info.lines - cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
      if (++rows > MOST_ROWS) throw new UnreadableFile(line, `The file has more than ${MOST_ROWS} rows.`)
      // The stream is never short of data, so without this nothing else of the process would run until its end.
      if (rows % ROWS_A_BREATH === 0) await breathe()
      yield { line, cells }
    }
  } catch (error) {
    throw error instanceof CsvError ? notCsv(error) : error
  } finally {
    source.destroy()
    parser.destroy()
  }
}

/** The lines of a text, about: what progress is measured against. */
export function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** Octets, not characters: csv-parse puts a character together that two chunks share. */
function* chunksOf(octets: Buffer): Generator<Buffer> {
  for (let at = 0; at < octets.length; at += CHUNK_OCTETS) yield octets.subarray(at, at + CHUNK_OCTETS)
}

/** Spreadsheets of many countries separate by semicolons. The header decides. */
function guessDelimiter(text: string): string {
  const header = firstLine(text).replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string
}

function refuseTooManyColumns(text: string, delimiter: string): void {
  const columns = firstLine(text).split(delimiter).length
  if (columns > MOST_COLUMNS)
    throw new UnreadableFile(1, `The header has ${columns} columns; ${MOST_COLUMNS} are the most.`)
}

function firstLine(text: string): string {
  const end = text.indexOf('\n')
  return end < 0 ? text : text.slice(0, end)
}

function notCsv(error: CsvError): UnreadableFile {
  const line = Number((error as { lines?: unknown }).lines ?? 1)
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new UnreadableFile(line, 'A quotation mark that was opened is never closed.')
    case 'CSV_MAX_RECORD_SIZE':
      return new UnreadableFile(line, 'The row is longer than 100 KB; a quotation mark before it may not be closed.')
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return new UnreadableFile(line, 'A quotation mark stands within a cell; it must be doubled and the cell quoted.')
    default:
      return new UnreadableFile(line, 'The file is not CSV from here on.')
  }
}
