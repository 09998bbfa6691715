const RTL_SCRIPTS = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg', 'Mand', 'Samr'])

/**
 * The canonical tag of a language (BCP 47), such as fr-CA for FR-ca; undefined when it is no tag or when nobody
 * knows its first part.
 */
export function parseLanguage(tag: string): string | undefined {
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/.test(tag)) return undefined
  try {
    const locale = new Intl.Locale(tag)
    const name = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(locale.language)
    return name === undefined ? undefined : locale.toString()
  } catch {
    return undefined
  }
}

export function directionOf(language: string): 'ltr' | 'rtl' {
  return RTL_SCRIPTS.has(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr'
}

/**
 * The variant a person reads: their own language, then it without its region (fr-CA → fr), then the campaign's
 * default. The same rule freezes the language of each recipient (audience-queries.ts).
 */
export function chooseVariant(languages: Iterable<string>, personLanguage: string, defaultLanguage: string): string {
  const available = new Set(languages)
  const primary = personLanguage.split('-')[0] as string
  return [personLanguage, primary].find((tag) => available.has(tag)) ?? defaultLanguage
}
