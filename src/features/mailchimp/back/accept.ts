import { parseLanguage } from '../../../lib/languages.ts'
import { faultOfName, tidyBlanks } from '../../people/index.ts'

/** What a person may change there, and what is then changed here. */
export const TAKEN_FIELDS = ['given_name', 'family_name', 'language'] as const
export type TakenField = (typeof TAKEN_FIELDS)[number]

/**
 * A value from there as it would stand here; undefined when it cannot stand here, such as a name with a link in it: then
 * ours stays, and is what is right there too. No longer than a people row holds (faultOfName).
 */
export function acceptFromThere(field: TakenField, value: string): string | undefined {
  if (field === 'language') return parseLanguage(value.trim())
  const name = tidyBlanks(value)
  if (field === 'given_name' && name === '') return undefined
  return faultOfName(name) === undefined ? name : undefined
}
