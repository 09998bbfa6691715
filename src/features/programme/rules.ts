import { parseAddress } from '../../lib/address.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { parseLanguage } from '../../lib/languages.ts'
import type { Programme } from './queries.ts'

/** What may be said about the programme; every part is optional in a change. */
export type ProgrammeValues = Omit<Programme, 'updated_at'>

const NAME_LENGTH = 200
/** As long as a campaign's own (campaigns/schema.ts). */
const FROM_NAME_LENGTH = 100
const FOOTER_LENGTH = 500
const FOOTER_LINES = 5
const MOST_LANGUAGES = 50
const MOST_PEOPLE = 1_000_000

/** No control character, and nothing that turns round the text after it. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** The values as they are kept, and a fault for each that cannot be. */
export function readProgramme(change: Partial<ProgrammeValues>): {
  values: Partial<ProgrammeValues>
  faults: FieldFault[]
} {
  const faults: FieldFault[] = []
  const values: Partial<ProgrammeValues> = {}
  const refuse = (field: keyof ProgrammeValues, message: string) => faults.push({ field, message })

  const line = (field: 'name' | 'from_name', what: string, most: number) => {
    const text = change[field]?.trim()
    if (text === undefined) return
    const fault = faultOfLine(what, text, most)
    if (fault) refuse(field, fault)
    else values[field] = text
  }
  line('name', 'name', NAME_LENGTH)
  line('from_name', 'sender’s name', FROM_NAME_LENGTH)

  if (change.contact_address !== undefined) {
    const parsed = parseAddress(change.contact_address)
    if (change.contact_address.trim() === '') values.contact_address = ''
    else if (parsed.ok) values.contact_address = parsed.address
    else refuse('contact_address', parsed.message)
  }
  if (change.footer !== undefined) {
    const footer = tidyLines(change.footer)
    const fault = faultOfFooter(footer)
    if (fault) refuse('footer', fault)
    else values.footer = footer
  }
  if (change.languages !== undefined) {
    const tags = change.languages.map((tag) => ({ tag, language: parseLanguage(tag.trim()) }))
    const unknown = tags.filter(({ language }) => language === undefined).map(({ tag }) => `"${tag}"`)
    const languages = [...new Set(tags.flatMap(({ language }) => language ?? []))]
    if (unknown.length > 0) refuse('languages', `${unknown.join(', ')}: no known language. Write en or pt-BR, say.`)
    else if (languages.length === 0) refuse('languages', 'The programme needs at least one language.')
    else if (languages.length > MOST_LANGUAGES) refuse('languages', `${MOST_LANGUAGES} languages are the most.`)
    else values.languages = languages
  }
  if (change.second_person_over !== undefined) {
    const over = change.second_person_over
    const fits = over === null || (Number.isInteger(over) && over >= 1 && over <= MOST_PEOPLE)
    if (fits) values.second_person_over = over
    else refuse('second_person_over', 'Second person over: write a whole number from 1 to 1,000,000, or nothing.')
  }
  if (change.count_clicks !== undefined) values.count_clicks = change.count_clicks
  return { values, faults }
}

function faultOfLine(what: string, text: string, most: number): string | undefined {
  if (text.length > most) return `The ${what} has ${text.length} characters; ${most} are the most.`
  if (UNPRINTABLE.test(text)) return `Write the ${what} on one line, without control characters.`
  if (/[<>]|\{\{|\}\}/.test(text)) return `Write the ${what} without < > and without merge fields.`
  return undefined
}

function faultOfFooter(footer: string): string | undefined {
  const lines = footer.split('\n')
  if (footer.length > FOOTER_LENGTH) return `The footer has ${footer.length} characters; ${FOOTER_LENGTH} are the most.`
  if (lines.length > FOOTER_LINES) return `The footer has ${lines.length} lines; ${FOOTER_LINES} are the most.`
  if (lines.some((line) => UNPRINTABLE.test(line))) return 'The footer holds a control character; write it anew.'
  if (/\{\{|\}\}/.test(footer)) return 'Merge fields do not work in the footer: it is the same under every message.'
  return undefined
}

/** Lines without blanks at their ends, and no empty ones around the text. */
function tidyLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
}
