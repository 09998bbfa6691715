export { directionOf, parseLanguage } from '../../../lib/languages.ts'

/**
 * The variant a person reads: their own language, then it without its region (fr-CA → fr), then the campaign's
 * default. The same rule freezes the language of each recipient (audience-queries.ts).
 */
export function chooseVariant(languages: Iterable<string>, personLanguage: string, defaultLanguage: string): string {
  const available = new Set(languages)
  const primary = personLanguage.split('-')[0] as string
  return [personLanguage, primary].find((tag) => available.has(tag)) ?? defaultLanguage
}
