import { isMergeField, MERGE_FIELDS, type MergeField } from '../content/merge-fields.ts'
import { scanMergeFields } from '../content/merge-syntax.ts'
import { defaultFallbacks } from '../content/phrases.ts'
import type { Variants } from './variants.ts'

/** A merge field that somebody may lack, and what stands in its place then. */
export interface FallbackField {
  field: MergeField
  description: string
  /** The campaign's own words; empty when it has none. */
  value: string
  /** What the language itself puts there; empty: nothing. */
  otherwise: string
}

/**
 * The fields of these texts that a reader may lack, and those that the campaign has words for although no text uses
 * them now. @param language the campaign's own
 */
export function listFallbackFields(
  texts: Variants,
  { language, fallbacks }: { language: string; fallbacks: Record<string, string> },
): FallbackField[] {
  const used = new Set([...texts.values()].flatMap(stringsOf).flatMap(fieldsIn))
  const own: Partial<Record<string, string>> = defaultFallbacks(language)
  return (Object.keys(MERGE_FIELDS) as MergeField[])
    .filter((field) => MERGE_FIELDS[field].may_be_empty && (used.has(field) || Object.hasOwn(fallbacks, field)))
    .map((field) => ({
      field,
      description: MERGE_FIELDS[field].description,
      value: fallbacks[field] ?? '',
      otherwise: own[field] ?? '',
    }))
}

/** Every merge field, for a writer to choose from. */
export function listMergeFields(): { field: MergeField; description: string; sample: string }[] {
  return (Object.keys(MERGE_FIELDS) as MergeField[]).map((field) => {
    const { description, sample } = MERGE_FIELDS[field]
    return { field, description, sample }
  })
}

function fieldsIn(text: string): MergeField[] {
  const names = scanMergeFields(text).parts.flatMap((part) => (typeof part === 'string' ? [] : [part.field]))
  return names.map((name) => name.replace(/\^$/, '')).filter(isMergeField)
}

/** Every text inside a value, however deep. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}
