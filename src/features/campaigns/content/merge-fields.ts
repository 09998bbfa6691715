/**
 * Every merge field there is. `description` and `sample` are shown to the writer; `may_be_empty` says that a person
 * can lack it; `kind` decides how a value is written: text is isolated from the direction of the text around it.
 */
export const MERGE_FIELDS = {
  'participant.given_name': field('What the reader is called', 'Amina'),
  'participant.family_name': field("The reader's family name", 'Okafor', 'text', true),
  'participant.full_name': field("The reader's whole name", 'Amina Okafor'),
  'participant.country': field("The reader's country, in the language of the text", 'Kenya'),
  'partner.given_name': field('What the partner is called; two partners as "A and B"', 'Mateo', 'text', true),
  'partner.full_name': field("The partner's whole name", 'Mateo García', 'text', true),
  'partner.country': field("The partner's country, in the language of the text", 'Argentina', 'text', true),
  'partner.email': field("The partner's address", 'mateo@example.org', 'text', true),
  'match.reasons': field(
    'Why the two were matched',
    'You both work in public libraries and like to teach',
    'text',
    true,
  ),
  'round.name': field('The name of the round', 'International Librarians Network 2016A'),
  'round.code': field('The short name of the round', '2016A'),
  'round.starts_on': field('The day the round begins', '1 March 2016', 'date', true),
  'round.ends_on': field('The day the round ends', '30 June 2016', 'date', true),
  'round.confirm_by': field('The last day to confirm', '15 February 2016', 'date', true),
  'round.applications_close': field('The last day to apply', '1 February 2016', 'date', true),
  'round.introductions_on': field(
    'The day partners are introduced: the start of the round',
    '1 March 2016',
    'date',
    true,
  ),
  'sender.name': field('Who sends the email', 'The programme team'),
  'links.unsubscribe': field('The link that stops these emails', 'https://example.org/u/…', 'url'),
  'links.preferences': field(
    "The reader's own page: pause, language, name",
    'https://example.org/p/preferences/…',
    'url',
  ),
  'links.confirm': field('The page where the reader confirms or declines', 'https://example.org/p/confirm/…', 'url'),
  'links.withdraw': field('The page where the reader leaves the round', 'https://example.org/p/confirm/…', 'url'),
  'links.check_in': field(
    'The page where the reader tells how the partnership goes',
    'https://example.org/p/check-in/…',
    'url',
  ),
  'links.apply': field("The round's application form", 'https://example.org/apply/2016A', 'url'),
  'links.code_of_conduct': field('The code of conduct', 'https://example.org/conduct', 'url'),
  'links.expectations': field('What participants expect of each other', 'https://example.org/expectations', 'url'),
  'links.interest': field(
    'The page of who wants to be told when applications open',
    'https://example.org/interest',
    'url',
  ),
  'links.verify': field(
    "Shows that an applicant's address works; in the email after an application only",
    'https://example.org/apply/verify/…',
    'url',
  ),
  'links.resume': field(
    'Goes on with an application form; in the emails about one only',
    'https://example.org/apply/resume/…',
    'url',
  ),
  'links.verify_interest': field(
    'Shows that the address works; in the email after asking to be told only',
    'https://example.org/interest/verify/…',
    'url',
  ),
  'links.leave_interest': field(
    'Takes the reader off the list of who is told; in emails to that list only',
    'https://example.org/interest/leave/…',
    'url',
  ),
} as const satisfies Record<string, MergeFieldRule>

export interface MergeFieldRule {
  description: string
  sample: string
  kind: 'text' | 'date' | 'url'
  may_be_empty: boolean
}

export type MergeField = keyof typeof MERGE_FIELDS
/** A field whose fallback begins with a capital letter, because it stands at the start of a sentence. */
type FieldPiece = MergeField | `${MergeField}^`
/** The programme's own lines under every message: put in beside the merge fields, and no writer can name it. */
export const FOOTER = 'programme.footer'
/** The address of the picture that tells of an opening: empty for everybody who has not agreed to it. */
export const OPENING = 'reader.opening'
/** Where the redirects of a reader's links begin: what follows is the key of the link. */
export const REDIRECT = 'reader.redirect'
export type OwnField = typeof FOOTER | typeof OPENING | typeof REDIRECT
export type PieceField = FieldPiece | OwnField

/** Fields that texts already use and whose pages or data come with a later release. Using one is a problem. */
export const LATER_FIELDS: ReadonlySet<string> = new Set([
  'partner.job_title',
  'links.help',
  'links.survey',
  'links.recommit',
  'links.ambassador_kit',
  'links.checkin_yes',
  'links.checkin_no_answer',
  'links.checkin_not_started',
  'links.nudge_will_write',
  'match.respond_by',
  'match.rematch_by',
  'stats.country_applications',
  'next_round.applications_open',
  'contact.given_name',
  'volunteer.given_name',
  'volunteer.country',
  'volunteer.role',
  'volunteer.term_ends_on',
  'volunteer.recommit_by',
])

const MERGE_FIELD_NAMES = Object.keys(MERGE_FIELDS) as MergeField[]

export function isMergeField(name: string): name is MergeField {
  return Object.hasOwn(MERGE_FIELDS, name)
}

export function isOwnField(name: PieceField): name is OwnField {
  return name === FOOTER || name === OPENING || name === REDIRECT
}

/** The field behind a piece: without the mark of a sentence start. */
export function baseField(name: FieldPiece): MergeField {
  return (name.endsWith('^') ? name.slice(0, -1) : name) as MergeField
}

/** The known field a misspelled one most likely means. */
export function suggestField(name: string): MergeField | undefined {
  const near = MERGE_FIELD_NAMES.map((known) => ({ known, distance: editDistance(name.toLowerCase(), known) }))
  near.sort((a, b) => a.distance - b.distance)
  const best = near[0]
  return best && best.distance <= 3 ? best.known : undefined
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let column = 1; column <= b.length; column++) {
      const replace = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      next.push(Math.min(replace, (previous[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    previous = next
  }
  return previous[b.length] ?? 0
}

function field(
  description: string,
  sample: string,
  kind: MergeFieldRule['kind'] = 'text',
  may_be_empty = false,
): MergeFieldRule {
  return { description, sample, kind, may_be_empty }
}
