import { parseAddress } from '../../lib/address.ts'
import { findCountryCode } from '../../lib/countries.ts'
import { unknownCountry } from '../people/index.ts'
import { quoteCell, type RowFault } from './faults.ts'
import type { Header, Mapping } from './mapping.ts'
import { readName, tidyCapitals, withoutPlaceholder } from './names.ts'
import type { CsvRecord } from './records.ts'
import { type DateOrder, parseSubmittedAt } from './timestamps.ts'

/** One application form as it is written to the tables. */
export interface FormRow {
  line: number
  address: string
  given_name: string
  family_name: string
  country_code: string
  /** ISO instant; null when the file does not tell. */
  submitted_at: string | null
  pathway: string
  sector: string | null
  career_stage: string | null
  code_of_conduct_agreed: boolean
  commitment_agreed: boolean
  special_request: string | null
  answers: {
    interests: string[]
    partner_sector: string | null
    partner_career_stage: string | null
    partner_interests: string[]
    heard_through: string | null
    previous_round: boolean
  }
}

export interface ReadRow {
  /** Undefined when the row has a fault. */
  form: FormRow | undefined
  faults: RowFault[]
  cleaned: RowFault[]
}

const LONGEST_ANSWER = 5000
const LONGEST_PATHWAY = 60

/** Reads rows under one header. Pure: the same cells give the same form. */
export function rowReader(header: Header, mapping: Mapping, order: DateOrder): (record: CsvRecord) => ReadRow {
  const width = header.titles.length
  return ({ line, cells }) => {
    const faults: RowFault[] = []
    const cleaned: RowFault[] = []
    const fault = (field: string, message: string) => faults.push({ line, field, message })
    if (cells.length !== width) {
      fault('row', `The row has ${cells.length} columns, the header has ${width}.`)
      return { form: undefined, faults, cleaned }
    }
    const cell = (field: string) => cells[(mapping[field]?.[0] ?? 0) - 1] ?? ''
    const answer = (field: string) => {
      const text = cell(field).trim()
      if (text.length > LONGEST_ANSWER) fault(field, `The answer has ${text.length} characters; 5,000 are the most.`)
      return text === '' ? null : text
    }
    const name = (field: 'given_name' | 'family_name', text: string) => {
      const read = readName(text)
      const words = field === 'given_name' ? 'The given name' : 'The family name'
      if (read.fault) fault(field, `${words} ${quoteCell(text)} ${read.fault}`)
      else if (read.cleaned) cleaned.push({ line, field, message: `${words} ${read.cleaned}` })
      if (field === 'given_name' && read.name === '') fault(field, 'The given name is missing.')
      return read.name
    }

    const address = parseAddress(cell('address'))
    if (!address.ok) fault('address', address.message)
    const given = name('given_name', cell('given_name'))
    const family = name('family_name', withoutPlaceholder(cell('family_name')))
    const country = cell('country')
    const country_code = findCountryCode(country)
    if (!country_code)
      fault('country', country.trim() === '' ? 'The country is missing.' : unknownCountry(country.trim()))
    const submitted_at = mapping.submitted_at ? parseSubmittedAt(cell('submitted_at'), order) : null
    if (submitted_at === undefined) {
      fault('submitted_at', `${quoteCell(cell('submitted_at'))} is not a date and time such as 1/31/2016 14:05:00.`)
    }

    const choices = (field: string) => choicesOf(mapping[field] ?? [], cells, header)
    const form = {
      line,
      address: address.ok ? address.address : '',
      ...tidyCapitals(given, family),
      country_code: country_code ?? '',
      submitted_at: submitted_at ?? null,
      pathway: pathwayOf(cell('pathway'), cell('custom_pathway')),
      sector: answer('sector'),
      career_stage: answer('career_stage'),
      code_of_conduct_agreed: isYes(cell('code_of_conduct_agreed')),
      commitment_agreed: isYes(cell('commitment_agreed')),
      special_request: answer('special_request'),
      answers: {
        interests: choices('interests'),
        partner_sector: answer('partner_sector'),
        partner_career_stage: answer('partner_career_stage'),
        partner_interests: choices('partner_interests'),
        heard_through: answer('heard_through'),
        previous_round: isYes(cell('previous_round')),
      },
    }
    return { form: faults.length === 0 ? form : undefined, faults, cleaned }
  }
}

/** Spread columns: one choice in each. One column: choices between commas, but not those within brackets. */
function choicesOf(columns: readonly number[], cells: readonly string[], { choices }: Header): string[] {
  if (columns.length === 1) {
    return splitChoices(cells[(columns[0] as number) - 1] ?? '')
  }
  return columns
    .map((column) => {
      const ticked = (cells[column - 1] ?? '').trim()
      // Some exports write a mark instead of the choice, which then stands in the second header row.
      return /^(1|x|yes|true|✓)$/i.test(ticked) ? (choices?.[column - 1] ?? ticked) : ticked
    })
    .filter((choice) => choice !== '' && choice !== '0')
}

function splitChoices(cell: string): string[] {
  return cell
    .split(/[,;](?![^()]*\))/)
    .map((choice) => choice.trim())
    .filter(Boolean)
}

/** How the applicant came: the association named in the form, else the one the collector link was made for. */
function pathwayOf(association: string, custom: string): string {
  for (const text of [association, custom]) {
    const words = text.trim()
    if (words === '' || /^(no|none|n\/?a|-|not a member|neither)\b/i.test(words)) continue
    if (/\bALIA\b/i.test(words)) return 'ALIA'
    if (/\bIRRT\b/i.test(words)) return 'IRRT'
    return [...words.replace(/\p{Cc}+/gu, ' ')].slice(0, LONGEST_PATHWAY).join('')
  }
  return 'direct'
}

/** Agreement must be said: anything else is none. */
function isYes(cell: string): boolean {
  const words = cell.trim()
  if (/\b(not|never)\b|n['’]t\b/i.test(words)) return false
  return /^(y|yes|true|1|x|agreed?|accept(ed)?|i (have|agree|accept|will|can|understand))\b|^[✓✔☑]/i.test(words)
}
