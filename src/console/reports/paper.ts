import type { Report, Section } from '../../features/reports/index.ts'
import { partColumns, SHOWN } from './columns.ts'

/**
 * What stands on one sheet of A4 as the style sheet prints it, in rows of a table: measured in a browser, with some to
 * spare. The rows that find no room are on the page and in the CSV, and the sheet says how many they are.
 */
const SHEET = 79
const TITLE = 4.5
const SENTENCE = 1.2
const NAME = 1.5
const HEAD = 1.7
/** A note, and what is left off. */
const NOTE = 0.9
const LINES = 17
const CHARACTERS_OF_SENTENCE = 110
const CHARACTERS_OF_DEFINITION = 165
const DEFINITION = 0.85
/** Of wide tables the shares stand under their counts, and names take two lines. */
const TALL_ROW = 1.85
const WIDE = 6

/** How many rows each section may have on paper: the same for all, and as many as one sheet takes. */
export function rowsOnPaper({ sentences, sections, definitions }: Report, onPaper: (key: string) => boolean): number {
  const words = definitions
    .filter(({ key }) => onPaper(key))
    .reduce((sum, one) => sum + one.words.length + one.name.length + 8, 0)
  const said = sentences.reduce((sum, sentence) => sum + Math.ceil(sentence.length / CHARACTERS_OF_SENTENCE), 0)
  const room = SHEET - TITLE - said * SENTENCE - (words / CHARACTERS_OF_DEFINITION) * DEFINITION
  let most = SHOWN
  while (most > 1 && sumOf(sections, most) > room) most--
  return most
}

const sumOf = (sections: readonly Section[], most: number) =>
  sections.reduce((sum, section, at) => sum + heightOf(section, { most, before: sections[at - 1] }), 0)

function heightOf(section: Section, { most, before }: { most: number; before: Section | undefined }): number {
  const { rows, total, note, chart } = section
  const { shown, seldom } = partColumns(section)
  if (rows.length === 0) return NAME + 1.5
  const row = shown.length > WIDE ? TALL_ROW : 1
  const { same_head, same_total } = repeats(section, before)
  const count = Math.min(rows.length, most) + (total && !same_total ? 1 : 0)
  const notes = [note !== '', rows.length > most, seldom.length > 0].filter(Boolean).length
  const lines = chart?.kind === 'lines' && rows.length > 1 ? LINES : 0
  return NAME + (same_head ? 0 : HEAD) + count * row + notes * NOTE + lines
}

/** What the section before has said already: on paper it is said once. */
export function repeats(section: Section, before: Section | undefined): { same_head: boolean; same_total: boolean } {
  const namesOf = ({ columns }: Section) => columns.map(({ key, name }) => `${key} ${name}`).join()
  const same_head = before !== undefined && before.rows.length > 0 && namesOf(section) === namesOf(before)
  const countsOf = ({ columns, total }: Section) => JSON.stringify(columns.map(({ key }) => total?.counts[key]))
  return { same_head, same_total: same_head && section.total !== null && countsOf(section) === countsOf(before) }
}
