import type { Compiled } from './compile.ts'
import { chooseVariant } from './language.ts'
import { FOOTER, MERGE_FIELDS, type MergeField, OPENING, type PieceField, REDIRECT } from './merge-fields.ts'
import { defaultFallbacks } from './phrases.ts'

/** What the values of one person are made from: a row of queries.ts, or the sample. Dates are YYYY-MM-DD. */
export interface MergeRow {
  person_id: number | null
  given_name: string
  family_name: string
  country_code: string
  language: string
  partners: { given_name: string; family_name: string; country_code: string; address: string | null }[]
  /** Why they were matched, one text for each partnership; empty before they are introduced. */
  reasons: string[]
  /** The addresses of a reader who agreed that openings are noted; absent or null for everybody else. */
  opening_addresses?: string[] | null
  round_code: string
  round_name: string
  round_starts_on: string | null
  round_ends_on: string | null
  round_confirm_by: string | null
  round_applications_close_on: string | null
}

/** A made-up reader with a partner, for previews and test emails of nobody in particular. */
export const SAMPLE_ROW: MergeRow = {
  person_id: null,
  given_name: 'Amina',
  family_name: 'Okafor',
  country_code: 'KE',
  language: 'en',
  partners: [{ given_name: 'Mateo', family_name: 'García', country_code: 'AR', address: 'mateo@example.org' }],
  reasons: [MERGE_FIELDS['match.reasons'].sample],
  round_code: '2016A',
  round_name: 'International Librarians Network 2016A',
  round_starts_on: '2016-03-01',
  round_ends_on: '2016-06-30',
  round_confirm_by: '2016-02-15',
  round_applications_close_on: '2016-02-01',
}

/** Where the merge fields `links.…` lead. Most differ for each delivery. */
export interface MergeLinks {
  unsubscribe: string
  preferences: string
  confirm: string
  apply: string
  code_of_conduct: string
  expectations: string
  interest: string
  check_in: string
  verify: string
  resume: string
  verify_interest: string
  leave_interest: string
}

export interface MergeSettings {
  /** Language of the variant: of country names, dates and "and". */
  language: string
  /** The campaign's own language: its fallbacks are written in it. */
  default_language: string
  fallbacks: Partial<Record<string, string>>
  sender_name: string
  /** The programme's lines under every message. */
  footer?: string
  /** The fields that are read: links of the others are not made, and empty. Without it all of them are. */
  fields?: readonly MergeField[]
}

export type MergeValues = Record<PieceField, string>

type LinkField = Extract<MergeField, `links.${string}`>
const LINKS: Record<LinkField, keyof MergeLinks> = {
  'links.unsubscribe': 'unsubscribe',
  'links.preferences': 'preferences',
  'links.confirm': 'confirm',
  // One page: it offers what the reader can still do.
  'links.withdraw': 'confirm',
  'links.apply': 'apply',
  'links.code_of_conduct': 'code_of_conduct',
  'links.expectations': 'expectations',
  'links.interest': 'interest',
  'links.check_in': 'check_in',
  'links.verify': 'verify',
  'links.resume': 'resume',
  'links.verify_interest': 'verify_interest',
  'links.leave_interest': 'leave_interest',
}
const LINK_FIELDS = Object.keys(LINKS) as LinkField[]

/**
 * Prepares the values of many people in one language; the names of countries and dates are made once. An empty
 * field takes the campaign's fallback, then the language's own. In another language than the campaign's the order is
 * the other way round: "your partner" has no place in a French sentence.
 */
export function mergeValuesFor(settings: MergeSettings): (row: MergeRow, links: MergeLinks) => MergeValues {
  const { language } = settings
  const countries = new Intl.DisplayNames(language, { type: 'region' })
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' })
  const list = new Intl.ListFormat(language, { type: 'conjunction' })
  const country = remembered((code) => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : ''))
  const date = remembered((day) => (day ? dates.format(new Date(`${day}T00:00:00Z`)) : ''))
  const own = defaultFallbacks(language)
  const isRead = new Set<string>(settings.fields ?? LINK_FIELDS)
  const fallbacks =
    language === settings.default_language ? { ...own, ...settings.fallbacks } : { ...settings.fallbacks, ...own }

  return (row, links) => {
    const names = row.partners.map((partner) => partner.given_name)
    const found: Record<Exclude<MergeField, LinkField>, string> = {
      'participant.given_name': row.given_name,
      'participant.family_name': row.family_name,
      'participant.full_name': fullName(row),
      'participant.country': country(row.country_code),
      'partner.given_name': list.format(names),
      'partner.full_name': list.format(row.partners.map(fullName)),
      'partner.country': list.format(new Set(row.partners.map((partner) => country(partner.country_code)))),
      'partner.email': list.format(row.partners.flatMap((partner) => partner.address ?? [])),
      'match.reasons': together(row.reasons),
      'round.name': row.round_name,
      'round.code': row.round_code,
      'round.starts_on': date(row.round_starts_on ?? ''),
      'round.ends_on': date(row.round_ends_on ?? ''),
      'round.confirm_by': date(row.round_confirm_by ?? ''),
      'round.applications_close': date(row.round_applications_close_on ?? ''),
      'round.introductions_on': date(row.round_starts_on ?? ''),
      'sender.name': settings.sender_name,
    }
    const beside = { [FOOTER]: settings.footer ?? '', [OPENING]: '', [REDIRECT]: '' }
    const values: MergeValues = Object.assign(found as MergeValues, beside)
    for (const field of LINK_FIELDS) values[field] = isRead.has(field) ? links[LINKS[field]] : ''
    for (const field of MAY_BE_EMPTY) {
      const empty = values[field].trim() === ''
      if (empty) values[field] = fallbacks[field] ?? ''
      values[`${field}^`] = empty ? capitalised(values[field], language) : values[field]
    }
    return values
  }
}

/** The values of one person. @see mergeValuesFor for many */
export function mergeValuesOf(row: MergeRow, settings: MergeSettings, links: MergeLinks): MergeValues {
  return mergeValuesFor(settings)(row, links)
}

export interface EmptyField {
  field: MergeField
  count: number
  /** Up to five of the people, for the message. */
  names: string[]
}

/** The fields that would stay empty for somebody, looking at each person in the language they will read. */
export function findEmptyFields(
  rows: Iterable<MergeRow>,
  compiled: ReadonlyMap<string, Pick<Compiled, 'fields'>>,
  settings: Omit<MergeSettings, 'language'>,
): EmptyField[] {
  const valuesIn = remembered((language) => mergeValuesFor({ ...settings, language }))
  const variantOf = remembered((language) => chooseVariant(compiled.keys(), language, settings.default_language))
  const empty = new Map<MergeField, EmptyField>()
  for (const row of rows) {
    const language = variantOf(row.language)
    const values = valuesIn(language)(row, linksTo('https://'))
    for (const field of compiled.get(language)?.fields ?? []) {
      if (values[field].trim() !== '') continue
      const entry = empty.get(field) ?? { field, count: 0, names: [] }
      entry.count++
      if (entry.names.length < 5) entry.names.push(fullName(row))
      empty.set(field, entry)
    }
  }
  return [...empty.values()]
}

/** Every link leads to the same place: where there is no reader. */
export function linksTo(place: string): MergeLinks {
  return {
    ...{ unsubscribe: place, preferences: place, confirm: place, apply: place, code_of_conduct: place },
    ...{ expectations: place, interest: place, check_in: place, verify: place, resume: place },
    ...{ verify_interest: place, leave_interest: place },
  }
}

const MAY_BE_EMPTY = (Object.keys(MERGE_FIELDS) as MergeField[]).filter((field) => MERGE_FIELDS[field].may_be_empty)

/** One text as it is; those of several partnerships one after the other. */
function together(reasons: readonly string[]): string {
  const said = reasons.map((text) => text.trim()).filter((text) => text !== '')
  return said.length < 2 ? (said[0] ?? '') : said.map((text) => text.replace(/[.;\s]+$/, '')).join('; ')
}

function fullName(person: { given_name: string; family_name: string }): string {
  return `${person.given_name} ${person.family_name}`.trim()
}

function capitalised(text: string, language: string): string {
  const first = [...text][0] ?? ''
  return first.toLocaleUpperCase(language) + text.slice(first.length)
}

function remembered<Value>(make: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>()
  return (key) => {
    const value = known.get(key) ?? make(key)
    known.set(key, value)
    return value
  }
}
