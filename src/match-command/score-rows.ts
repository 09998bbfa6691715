import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import type { ScoreFaults } from './score-faults.ts'

/** The rows of a scores file below its header, as columns of numbers: a row is two people's indices into `ids`. */
export interface ScoreRows {
  /** In the order in which the file first names them. */
  ids: string[]
  first: Int32Array
  second: Int32Array
  score: Float64Array
  line: Int32Array
}

const CHUNK_OCTETS = 256 * 1024
const MOST_RECORD_OCTETS = 100 * 1024
/** More rows than this would not fit into memory; far above 20,000 people of whom each may be paired with a hundred. */
const MOST_ROWS = 20_000_000

/**
 * Reads CSV `a,b,score` (RFC 4180, UTF-8), streamed. What is wrong is noted in `faults`, and such a row left out.
 * @param file its path, or `-` for the standard input @throws the system's error when it cannot be read
 */
export async function readScoreRows(file: string, faults: ScoreFaults): Promise<ScoreRows> {
  const rows = openRows(faults)
  let seen = 0
  const parser = parse({
    bom: true,
    relax_column_count: true,
    trim: true,
    skip_empty_lines: true,
    max_record_size: MOST_RECORD_OCTETS,
    // Nothing is passed on: rows become numbers here, and the parser's output stays empty.
    on_record: (cells: string[], { lines }: { lines: number }) => {
      const line = firstLineOf(cells, lines)
      if (seen++ > 0 || !isHeader(cells)) rows.add(cells, line)
      return null
    },
  })
  parser.resume()
  try {
    await pipeline(file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_OCTETS }), parser)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    faults.note(Number((error as { lines?: unknown }).lines ?? 1), wordsOfCsv(error))
  }
  return rows.close()
}

function openRows(faults: ScoreFaults) {
  const indices = new Map<string, number>()
  const ids: string[] = []
  let first = new Int32Array(1 << 14)
  let second = new Int32Array(1 << 14)
  let score = new Float64Array(1 << 14)
  let lines = new Int32Array(1 << 14)
  let count = 0

  function indexOf(id: string, line: number): number {
    const known = indices.get(id)
    if (known !== undefined) return known
    // What is not UTF-8 becomes this mark, and two people might become one.
    if (id.includes('\ufffd')) faults.note(line, `"${id}" is not in UTF-8`)
    indices.set(id, ids.length)
    return ids.push(id) - 1
  }

  function add(cells: string[], line: number): void {
    const [a = '', b = '', number = ''] = cells
    const fault = count === MOST_ROWS ? `is one more than the ${MOST_ROWS} rows that can be read` : faultOf(cells)
    if (fault !== undefined) {
      faults.note(line, fault)
      return
    }
    if (count === first.length) {
      first = twice(first)
      second = twice(second)
      score = twice(score)
      lines = twice(lines)
    }
    first[count] = indexOf(a, line)
    second[count] = indexOf(b, line)
    score[count] = Number(number)
    lines[count++] = line
  }

  function close(): ScoreRows {
    return {
      ids,
      first: first.subarray(0, count),
      second: second.subarray(0, count),
      score: score.subarray(0, count),
      line: lines.subarray(0, count),
    }
  }
  return { add, close }
}

function faultOf(cells: string[]): string | undefined {
  const [a, b, number = ''] = cells
  if (cells.length !== 3) return `has ${cells.length} ${cells.length === 1 ? 'column' : 'columns'} instead of three`
  if (!a?.trim() || !b?.trim()) return 'does not say who'
  if (a === b) return `pairs ${cut(a)} with themselves`
  if (!/^[+-]?\d+$/.test(number)) return `the score "${cut(number)}" is not an integer`
  return undefined
}

/** Only what cannot be a row is taken for a header: a first row with a bad score is a bad row. */
function isHeader(cells: string[]): boolean {
  return cells.length === 3 && /^\s*(score|weight)s?\s*$/i.test(cells[2] as string)
}

/** csv-parse counts to the end of the record; the lines within its cells lead back to its start. */
function firstLineOf(cells: string[], lastLine: number): number {
  let within = 0
  for (const cell of cells) if (cell.includes('\n')) within += cell.split('\n').length - 1
  return lastLine - within
}

function twice<T extends Int32Array | Float64Array>(full: T): T {
  const larger = new (full.constructor as new (length: number) => T)(full.length * 2)
  larger.set(full)
  return larger
}

function cut(text: string): string {
  return text.length > 20 ? `${text.slice(0, 20)}…` : text
}

function wordsOfCsv(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quotation mark that was opened is never closed'
    case 'CSV_MAX_RECORD_SIZE':
      return 'is longer than 100 KB; a quotation mark before it may not be closed'
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quotation mark stands within a cell; it must be doubled and the cell quoted'
    default:
      return 'is not CSV'
  }
}
