import type { VariantText } from '../content/index.ts'
import type { Variants } from './variants.ts'

/** A part of a text that is changed as one. */
export type TextField = 'subject' | 'preheader' | 'body_markdown' | 'image' | 'video' | 'curator' | 'links'

export const TEXT_FIELDS: readonly TextField[] = [
  'subject',
  'preheader',
  'body_markdown',
  'image',
  'video',
  'curator',
  'links',
]

/** What two people changed differently. Undefined: that side took the language away. */
export interface TextConflict {
  language: string
  field: TextField
  theirs: VariantText | undefined
  mine: VariantText | undefined
}

/**
 * Brings two changes of the same texts together, field by field in each language: what one side left as it was takes
 * the other's. Where both differ, `merged` has mine and the field is named. A language that one side took away while
 * the other wrote in it is a conflict in each field that was written.
 */
export function mergeTexts(sides: { base: Variants; theirs: Variants; mine: Variants }): {
  merged: Variants
  conflicts: TextConflict[]
} {
  const merged: Variants = new Map()
  const conflicts: TextConflict[] = []
  for (const language of new Set([...sides.theirs.keys(), ...sides.mine.keys()])) {
    const [base, theirs, mine] = [sides.base.get(language), sides.theirs.get(language), sides.mine.get(language)]
    const theyDiffer = fieldsChanged(base, theirs)
    const mineDiffer = fieldsChanged(base, mine)
    const both =
      theirs && mine
        ? mineDiffer.filter((field) => theyDiffer.includes(field) && !sameField(theirs, mine, field))
        : // One side took the language away: that meets whatever the other wrote in it.
          base && (theirs ? theyDiffer : mineDiffer)
    conflicts.push(...(both ?? []).map((field) => ({ language, field, theirs, mine })))
    const text = theirs && mine ? takeFields(theirs, mine, mineDiffer) : keptText(sides, language, both?.length === 0)
    if (text) merged.set(language, text)
  }
  return { merged, conflicts }
}

/** Of a language that only one side has: gone when the other took it away, and mine when that is in doubt. */
function keptText(
  { base, theirs, mine }: { base: Variants; theirs: Variants; mine: Variants },
  language: string,
  isAgreed: boolean,
): VariantText | undefined {
  if (!base.has(language)) return theirs.get(language) ?? mine.get(language)
  return isAgreed ? undefined : mine.get(language)
}

function fieldsChanged(base: VariantText | undefined, text: VariantText | undefined): TextField[] {
  return text ? TEXT_FIELDS.filter((field) => !sameField(base, text, field)) : []
}

function takeFields(theirs: VariantText, mine: VariantText, fields: readonly TextField[]): VariantText {
  const text = { ...theirs, extras: { ...theirs.extras } }
  for (const field of fields) {
    if (isOwnField(field)) text[field] = mine[field]
    else Object.assign(text.extras, { [field]: mine.extras[field] })
  }
  return text
}

function sameField(a: VariantText | undefined, b: VariantText | undefined, field: TextField): boolean {
  return stringOf(a, field) === stringOf(b, field)
}

/** As one string, so that fields compare; what is not there is empty. */
function stringOf(text: VariantText | undefined, field: TextField): string {
  if (isOwnField(field)) return text?.[field] ?? ''
  const value = text?.extras[field] ?? null
  return value === null || (Array.isArray(value) && value.length === 0) ? '' : JSON.stringify(value)
}

function isOwnField(field: TextField): field is 'subject' | 'preheader' | 'body_markdown' {
  return field === 'subject' || field === 'preheader' || field === 'body_markdown'
}
