/** Our fields of a contact, and what they are called there unless staff say otherwise. */
export const FIELDS = ['given_name', 'family_name', 'country', 'round', 'state', 'partner', 'language'] as const
export type Field = (typeof FIELDS)[number]
export type Fields = Record<Field, string>

/** Our field → its merge tag there. */
export type FieldTags = Record<Field, string>

export const DEFAULT_TAGS: FieldTags = {
  given_name: 'FNAME',
  family_name: 'LNAME',
  country: 'COUNTRY',
  round: 'ROUND',
  state: 'STATE',
  partner: 'PARTNER',
  language: 'LANGUAGE',
}

/** What staff read, here and, when we make the field, there beside its tag. */
export const FIELD_NAMES: Record<Field, string> = {
  given_name: 'Given name',
  family_name: 'Family name',
  country: 'Country',
  round: 'Round',
  state: 'State of the application',
  partner: 'Partner’s given name',
  language: 'Language',
}

/** The most octets of a text field there. */
const LONGEST = 255

/**
 * A value as it stands there: one line, inner blanks to one, cut at a character. A value brings in no merge tag of its own:
 * Mailchimp would read `*|…|*` in a name.
 */
export function fieldValue(text: string): string {
  const tidy = text.replaceAll('*|', '* |').replace(/\s+/gu, ' ').trim()
  if (Buffer.byteLength(tidy) <= LONGEST) return tidy
  let [cut, octets] = ['', 0]
  for (const character of tidy) {
    octets += Buffer.byteLength(character)
    if (octets > LONGEST) break
    cut += character
  }
  return cut.trim()
}

/** Merge fields there from ours. */
export function toMergeFields(fields: Partial<Fields>, tags: FieldTags): Record<string, string> {
  return Object.fromEntries(
    FIELDS.flatMap((field) => (fields[field] === undefined ? [] : [[tags[field], fields[field]]])),
  )
}

/** Ours from merge fields there; what is not there is empty. */
export function fromMergeFields(merge_fields: Record<string, unknown>, tags: FieldTags): Fields {
  return Object.fromEntries(
    FIELDS.map((field) => {
      const value = merge_fields[tags[field]]
      return [field, value === undefined || value === null ? '' : fieldValue(String(value))]
    }),
  ) as Fields
}

/** The tag of an application: everybody of a round in one state. */
export const tagOf = ({ code, state }: { code: string; state: string }) => `${code} ${state}`

/** Tags of ours among these: a known round's code, a blank, a state. @param known what `tagOf` may say */
export function ownTags(tags: readonly string[], known: ReadonlySet<string>): string[] {
  return [...new Set(tags)].filter((tag) => known.has(sameTag(tag))).sort()
}

/** Equal for names that are one tag there: Mailchimp has no two that differ in capital letters alone. */
export const sameTag = (tag: string) => tag.toLowerCase()
