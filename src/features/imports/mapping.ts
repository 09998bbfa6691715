import { createHash } from 'node:crypto'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { UnreadableFile } from './faults.ts'

/** Our fields, each found by the first rule that matches a column's title and that no rule before has taken. */
const RULES: [field: string, title: RegExp][] = [
  ['submitted_at', /^(timestamp|end ?date|date submitted|submitted|submission date|completed)\b/i],
  ['code_of_conduct_agreed', /code of conduct/i],
  ['commitment_agreed', /every two weeks|contact with my partner|commit(ment)?\b/i],
  ['previous_round', /taken part|previous round|participated|took part/i],
  ['heard_through', /hear(d)? (about|of)|find out about/i],
  ['special_request', /special request|anything else|other (wishes|requests)/i],
  ['partner_sector', /partner.*sector|sector.*partner/i],
  ['partner_career_stage', /partner.*(career|stage)|(career|stage).*partner/i],
  ['partner_interests', /partner.*interest|interest.*partner/i],
  ['pathway', /association|pathway|organi[sz]ation you belong/i],
  ['custom_pathway', /^custom data/i],
  ['country', /country/i],
  ['address', /e-?mail/i],
  ['given_name', /given name|first name|forename/i],
  ['family_name', /family name|last name|surname/i],
  ['given_name', /^(your )?(full )?name\b/i],
  ['sector', /sector|type of library|library type/i],
  ['career_stage', /career/i],
  ['interests', /interest/i],
  ['submitted_at', /^start ?date\b/i],
]
const FIELDS = [...new Set(RULES.map(([field]) => field))]
/** Fields that spread over several columns, one choice in each. */
export const SPREADING = new Set(['interests', 'partner_interests'])
/** Fields without which there is no applicant. */
export const REQUIRED = ['address', 'given_name', 'country']

/** Columns of SurveyMonkey's own, filled by its mail collector and not by the applicant. */
const COLLECTOR = /^(email address|first name|last name|respondent id|collector id|ip address)$/i

/** Column numbers as a spreadsheet counts them, from 1. */
export type Mapping = Record<string, number[]>

export interface Header {
  /** Titles with those of spread questions filled in. */
  titles: string[]
  /** The second header row (the choices), when there is one. */
  choices: string[] | undefined
  /** Finds the mapping again that was used for the same header before. */
  hash: string
}

/** A second row of "Response" and choices is a header too (SurveyMonkey). */
export function isSecondHeaderRow(cells: readonly string[]): boolean {
  return cells.some((cell) => /^(open-ended )?response$/i.test(cell.trim()))
}

export function readHeader(first: readonly string[], second: readonly string[] | undefined): Header {
  const titles: string[] = []
  for (const cell of first) {
    const title = cell.trim()
    // Only a question with choices leaves titles blank: its own stands over the first choice.
    titles.push(title === '' && second ? (titles.at(-1) ?? '') : title)
  }
  const hash = createHash('sha256')
    .update(JSON.stringify([first, second ?? null]))
    .digest('hex')
  return { titles, choices: second?.map((cell) => cell.trim()), hash }
}

/** What the titles tell; a field that no title tells is left out. */
export function guessColumns({ titles }: Pick<Header, 'titles'>): Mapping {
  const taken = new Set<number>()
  const mapping: Mapping = {}
  const surveyMonkey = titles.some((title) => /^respondent id$/i.test(title))
  for (const [field, pattern] of RULES) {
    if (mapping[field]) continue
    const matching = [...titles.keys()].filter((at) => !taken.has(at) && pattern.test(titles[at] as string))
    const own = surveyMonkey ? matching.filter((at) => !COLLECTOR.test(titles[at] as string)) : matching
    const [first] = own.length > 0 ? own : matching
    if (first === undefined) continue
    const columns = SPREADING.has(field) ? matching.filter((at) => titles[at] === titles[first]) : [first]
    for (const at of columns) taken.add(at)
    mapping[field] = columns.map((at) => at + 1)
  }
  return mapping
}

/** @throws UnreadableFile when a column that we need is not among them */
export function guessMapping(header: Header): Mapping {
  const mapping = guessColumns(header)
  const missing = REQUIRED.filter((field) => !mapping[field])
  if (missing.length > 0) {
    throw new UnreadableFile(
      1,
      `No column was found for ${missing.map(words).join(', ')}. ` +
        'Is this an export of application forms? If so, give a mapping.',
      'header',
    )
  }
  return mapping
}

/**
 * A mapping as a person gives it: field → title or column number, or a list of these.
 * @throws InvalidInput by field
 */
export function resolveMapping(given: Record<string, unknown>, { titles }: Header): Mapping {
  const faults: FieldFault[] = []
  const mapping: Mapping = {}
  for (const [field, wanted] of Object.entries(given)) {
    const at = `mapping.${field}`
    if (!FIELDS.includes(field)) faults.push({ field: at, message: `is not one of ${FIELDS.join(', ')}.` })
    const columns = [wanted].flat().flatMap((column) => columnsOf(column, titles, SPREADING.has(field)))
    if (columns.length === 0 || columns.some(Number.isNaN))
      faults.push({ field: at, message: `${JSON.stringify(wanted)} is not a title or number of a column.` })
    mapping[field] = columns
  }
  for (const field of REQUIRED) {
    if (!(field in given)) faults.push({ field: `mapping.${field}`, message: 'is needed.' })
  }
  if (faults.length > 0) throw new InvalidInput(faults)
  return mapping
}

function columnsOf(wanted: unknown, titles: readonly string[], spreads: boolean): number[] {
  if (typeof wanted === 'number')
    return [Number.isInteger(wanted) && wanted >= 1 && wanted <= titles.length ? wanted : Number.NaN]
  const same = [...titles.keys()].filter((at) => titles[at] === wanted).map((at) => at + 1)
  if (same.length === 0) return [Number.NaN]
  return spreads ? same : same.slice(0, 1)
}

/**
 * A mapping as it was chosen on a page: field → the number of its column, or of the first of a spread question.
 * @throws InvalidInput by field
 */
export function mappingOfChoice(choice: Record<string, number>, { titles }: Pick<Header, 'titles'>): Mapping {
  const faults: FieldFault[] = []
  const mapping: Mapping = {}
  const takenBy = new Map<number, string>()
  for (const [field, column] of Object.entries(choice)) {
    const title = titles[column - 1]
    const other = takenBy.get(column)
    if (!FIELDS.includes(field)) continue
    if (title === undefined) faults.push({ field, message: 'The file has no such column.' })
    else if (other) faults.push({ field, message: `This column is chosen for ${words(other)} already.` })
    else mapping[field] = SPREADING.has(field) ? columnsOf(title, titles, true) : [column]
    takenBy.set(column, field)
  }
  for (const field of REQUIRED) {
    if (!(field in choice)) faults.push({ field, message: `Choose the column with the ${words(field)}.` })
  }
  if (faults.length > 0) throw new InvalidInput(faults)
  return mapping
}

const words = (field: string) => field.replaceAll('_', ' ')
