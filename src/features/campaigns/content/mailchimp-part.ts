import type { Compiled } from './compile.ts'
import { baseField, FOOTER, isOwnField, type MergeField, OPENING, type PieceField } from './merge-fields.ts'
import { linksTo, type MergeLinks, type MergeRow, type MergeSettings, mergeValuesFor } from './merge-values.ts'
import type { Piece } from './pieces.ts'
import { type Escape, escapesOf, placeLinks } from './render.ts'

/** What the audience at Mailchimp holds of a person, each with its merge tag there, such as FNAME. */
export type MailchimpTags = Partial<Record<'given_name' | 'family_name' | 'country' | 'partner', string>>

export interface MailchimpPartSettings extends Omit<MergeSettings, 'fields'> {
  tags: MailchimpTags
  round: Pick<MergeRow, `round_${string}` & keyof MergeRow>
  /** Those that are the same for every reader. */
  links: Pick<MergeLinks, SharedLink>
}

type SharedLink = 'apply' | 'code_of_conduct' | 'expectations' | 'interest'

/** A message as Mailchimp is given it: the same for everybody, with its merge tags where values go. */
export interface MailchimpPart {
  subject: string
  preheader: string
  html: string
  text: string
}

/**
 * Writes the message of one language with Mailchimp's merge tags. A field that a reader may lack has its fallback inside a
 * condition. Links are as they are: Mailchimp leads them through itself. At the end stands the postal address that
 * Mailchimp asks for (mailchimp.com/help/customize-your-footer-content). A plain tag is written there as text; only its
 * HTML: form would bring markup of a name into the message, so none is used for what people write of themselves.
 *
 * Whoever calls has looked at listUnfillable: such a field is left empty here.
 */
export function writeForMailchimp(compiled: Compiled, settings: MailchimpPartSettings): MailchimpPart {
  const { tags, round, links, ...merge } = settings
  const nobody = { person_id: null, given_name: '', family_name: '', country_code: '', partners: [], reasons: [] }
  const row: MergeRow = { ...round, ...nobody, language: compiled.language }
  const values = mergeValuesFor(merge)(row, { ...linksTo(''), ...links })
  const escapes = escapesOf(compiled.direction)
  const write = (pieces: Piece[], put: Escape, postal: string, broken: string) => {
    const parts = placeLinks(pieces, { counted: false }).map((piece): Part => {
      if (typeof piece === 'string') return { fixed: piece }
      const { field } = piece
      if (field === OPENING) return { fixed: '' }
      if (field === FOOTER) return { fixed: put(values[field], field), tag: postal }
      const tag = tagOf(field, tags, put(values[field], field))
      return tag === undefined ? { fixed: put(values[field], field) } : { tag }
    })
    return joinParts(parts, broken)
  }
  return {
    subject: write(compiled.subject, escapes.subject, '', '* |'),
    preheader: write(compiled.preheader, escapes.subject, '', '* |'),
    html: write(compiled.html, escapes.html, '<br>*|HTML:LIST_ADDRESS_HTML|*', '*&#124;'),
    text: write(compiled.text, escapes.text, '\n*|LIST:ADDRESS|*', '* |'),
  }
}

const PERSONAL: Partial<Record<MergeField, keyof MailchimpTags | 'both_names'>> = {
  'participant.given_name': 'given_name',
  'participant.family_name': 'family_name',
  'participant.full_name': 'both_names',
  'participant.country': 'country',
  'partner.given_name': 'partner',
}
const SYSTEM: Partial<Record<MergeField, string>> = {
  'links.unsubscribe': '*|UNSUB|*',
  'links.preferences': '*|UPDATE_PROFILE|*',
}
const SHARED: ReadonlySet<string> = new Set<MergeField>([
  ...(['round.name', 'round.code', 'round.starts_on', 'round.ends_on', 'round.confirm_by'] as const),
  ...(['round.applications_close', 'round.introductions_on', 'sender.name'] as const),
  ...(['links.apply', 'links.code_of_conduct', 'links.expectations', 'links.interest'] as const),
])

/**
 * The fields that Mailchimp has no value for: what is each reader's own and not in the audience, and the country unless the
 * text is English, since the audience has its English name.
 */
export function listUnfillable(fields: readonly MergeField[], language: string, tags: MailchimpTags): MergeField[] {
  return fields.filter((field) => {
    if (SHARED.has(field) || SYSTEM[field] !== undefined) return false
    const held = PERSONAL[field]
    if (held === undefined) return true
    if (held === 'country' && !/^en(-|$)/i.test(language)) return true
    return held === 'both_names' ? !(tags.given_name && tags.family_name) : !tags[held]
  })
}

/** @param otherwise the fallback, escaped. Undefined for what is the same for everybody. */
function tagOf(field: PieceField, tags: MailchimpTags, otherwise: string): string | undefined {
  if (isOwnField(field)) return undefined
  const base = baseField(field)
  const held = PERSONAL[base]
  if (held === undefined) return SYSTEM[base]
  if (held === 'both_names') {
    if (!tags.given_name || !tags.family_name) return ''
    return `*|${tags.given_name}|**|IF:${tags.family_name}|* *|${tags.family_name}|**|END:IF|*`
  }
  const tag = tags[held]
  if (!tag) return ''
  // What stands between the tags is a reader's to see: it may hold no tag itself.
  const instead = otherwise.replaceAll('*|', '* |')
  return instead === '' ? `*|${tag}|*` : `*|IF:${tag}|**|${tag}|**|ELSE:|*${instead}*|END:IF|*`
}

type Part = { fixed: string; tag?: string } | { tag: string; fixed?: never }

/** Fixed words stay words: what would read as a tag, also over the seam of two of them, is broken up. */
function joinParts(parts: readonly Part[], broken: string): string {
  let text = ''
  let fixed = ''
  const flush = () => {
    text += fixed.replaceAll('*|', broken)
    fixed = ''
  }
  for (const { fixed: words = '', tag = '' } of parts) {
    fixed += words
    if (tag === '') continue
    flush()
    text += tag
  }
  flush()
  return text
}
