import { decodeText } from './decode.ts'
import { type RowFault, UnreadableFile } from './faults.ts'
import { type Header, isSecondHeaderRow, type Mapping, readHeader } from './mapping.ts'
import { countLines, readRecords } from './records.ts'
import { type FormRow, rowReader } from './rows.ts'
import { guessDateOrder } from './timestamps.ts'

/** An export, read and checked; nothing is written yet. */
export interface ReadFile {
  header: Header
  mapping: Mapping
  /** Rows below the header, faulty ones too. */
  rows: number
  /** Of each address the form that was sent last, in the order of the file. */
  forms: FormRow[]
  faults: RowFault[]
  /** What was changed in a name beyond blanks and capitals. */
  cleaned: RowFault[]
  /** What the file does not tell and what we made of that. */
  notes: string[]
  lines: number
}

interface Reading {
  content: Buffer
  /** Decides which column is what. */
  chooseMapping(header: Header): Promise<Mapping>
  progress(line: number, lines: number): void
  signal: AbortSignal | undefined
}

const ROWS_A_STEP = 500

/** @throws UnreadableFile when the file as a whole is at fault; what chooseMapping throws */
export async function readFile({ content, chooseMapping, progress, signal }: Reading): Promise<ReadFile> {
  const text = decodeText(content)
  const lines = countLines(text)
  const { header, headerRows } = await readHeaderOf(text)
  const mapping = await chooseMapping(header)
  const read = rowReader(header, mapping, await guessOrder(text, headerRows, mapping))

  const latest = new Map<string, FormRow>()
  const faults: RowFault[] = []
  const cleaned: RowFault[] = []
  let rows = 0
  for await (const record of rowsBelow(text, headerRows)) {
    rows++
    const row = read(record)
    faults.push(...row.faults)
    cleaned.push(...row.cleaned)
    if (row.form) keepLatest(latest, row.form)
    if (rows % ROWS_A_STEP === 0) {
      signal?.throwIfAborted()
      progress(record.line, lines)
    }
  }
  if (rows === 0) throw new UnreadableFile(1, NO_ROWS)
  return { header, mapping, rows, forms: [...latest.values()], faults, cleaned, notes: notesOn(mapping), lines }
}

/** Titles of a file and the first values of each of its columns. */
export interface FileTop {
  titles: string[]
  hash: string
  /** Of each column up to three different values, cut short. */
  samples: string[][]
}

const LOOKED_AT_ROWS = 25
const MOST_SAMPLES = 3
const LONGEST_SAMPLE = 60

/** Enough of a file to name its columns by. @throws UnreadableFile */
export async function readTop(content: Buffer): Promise<FileTop> {
  const text = decodeText(content)
  const { header, headerRows } = await readHeaderOf(text)
  const samples = header.titles.map(() => new Set<string>())
  let rows = 0
  for await (const { cells } of rowsBelow(text, headerRows)) {
    for (const [at, sample] of samples.entries()) {
      const value = (cells[at] ?? '').trim().replace(/\s+/g, ' ')
      if (value !== '' && sample.size < MOST_SAMPLES) sample.add([...value].slice(0, LONGEST_SAMPLE).join(''))
    }
    if (++rows === LOOKED_AT_ROWS) break
  }
  if (rows === 0) throw new UnreadableFile(1, NO_ROWS)
  return { titles: header.titles, hash: header.hash, samples: samples.map((sample) => [...sample]) }
}

const NO_ROWS = 'There are no applications below the header.'

/** The later form of one person wins; of two sent in the same second, the lower one in the file. */
function keepLatest(latest: Map<string, FormRow>, form: FormRow): void {
  const before = latest.get(form.address)
  if (before && (before.submitted_at ?? '') > (form.submitted_at ?? '')) return
  latest.set(form.address, form)
}

async function readHeaderOf(text: string): Promise<{ header: Header; headerRows: number }> {
  const top: string[][] = []
  for await (const { cells } of readRecords(text)) {
    top.push(cells)
    if (top.length === 2) break
  }
  const [first, second] = top
  if (!first) throw new UnreadableFile(1, 'The file is empty.')
  const two = second !== undefined && isSecondHeaderRow(second)
  return { header: readHeader(first, two ? second : undefined), headerRows: two ? 2 : 1 }
}

async function* rowsBelow(text: string, headerRows: number) {
  let seen = 0
  for await (const record of readRecords(text)) if (++seen > headerRows) yield record
}

/** Most files tell within their first rows: this pass over the file ends there. */
async function guessOrder(text: string, headerRows: number, mapping: Mapping) {
  const column = mapping.submitted_at?.[0]
  const telling: string[] = []
  if (column !== undefined) {
    for await (const { cells } of rowsBelow(text, headerRows)) {
      const cell = cells[column - 1] ?? ''
      if (!/\d/.test(cell) || !cell.split(/[/.]/, 2).some((part) => Number(part) > 12)) continue
      telling.push(cell)
      break
    }
  }
  return guessDateOrder(telling)
}

function notesOn(mapping: Mapping): string[] {
  const notes: string[] = []
  if (!mapping.submitted_at)
    notes.push('No column tells when a form was sent: of two forms of one person the lower one counts.')
  if (!mapping.code_of_conduct_agreed)
    notes.push('No column tells who agreed to the code of conduct: nobody is recorded as having agreed.')
  if (!mapping.commitment_agreed)
    notes.push('No column tells who agreed to the expectations: nobody is recorded as having agreed.')
  return notes
}
