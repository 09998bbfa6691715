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

/** What a language is called in English: "French", "Canadian French". */
export function nameLanguage(tag: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag
}

/** The language that somebody means by a tag or by its English name: fr, French, pt-BR. Undefined: none we know. */
export function findLanguage(written: string): string | undefined {
  const text = written.trim()
  return parseLanguage(text) ?? namedLanguages().get(text.toLowerCase())
}

let byName: Map<string, string> | undefined

/** Tags of two letters by their English names, in lower case; made once. */
function namedLanguages(): Map<string, string> {
  if (byName) return byName
  const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const tags = letters.flatMap((first) => letters.map((second) => first + second))
  byName = new Map(tags.flatMap((tag) => [[names.of(tag)?.toLowerCase() ?? tag, parseLanguage(tag) ?? tag]]))
  return byName
}
