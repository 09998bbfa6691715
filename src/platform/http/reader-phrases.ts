import ar from '../../../templates/pages/participant/phrases/ar.json' with { type: 'json' }
import en from '../../../templates/pages/participant/phrases/en.json' with { type: 'json' }
import es from '../../../templates/pages/participant/phrases/es.json' with { type: 'json' }
import fr from '../../../templates/pages/participant/phrases/fr.json' with { type: 'json' }

/** Every sentence of the pages that readers see, in one language, with its `language` and `direction`. */
export type ReaderPhrases = typeof en

/** A phrase that a language lacks does not compile. */
export const READER_PHRASES: Record<string, ReaderPhrases> = { en, fr, es, ar }

/** In the reader's language, or in English where there are no phrases in it. @param language a tag such as fr-CA */
export function readerPhrases(language: string): ReaderPhrases {
  const tag = primaryOf(language)
  // Some come from an address: a word that every object has is no language.
  return Object.hasOwn(READER_PHRASES, tag) ? (READER_PHRASES[tag] as ReaderPhrases) : en
}

/** The language a browser asks for, of those there are: for pages that do not know their reader. */
export function languageAsked(acceptLanguage: string | undefined): string {
  const asked = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    return { tag: primaryOf(tag), weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
  })
  const known = asked.filter(({ tag, weight }) => weight > 0 && Object.hasOwn(READER_PHRASES, tag))
  return known.toSorted((a, b) => b.weight - a.weight)[0]?.tag ?? 'en'
}

/** A phrase with its gaps filled, such as `{date}`. */
export function fillPhrase(phrase: string, values: Record<string, string>): string {
  return phrase.replace(/\{(\w+)\}/g, (gap, name: string) => values[name] ?? gap)
}

/** What somebody read when they decided: the sentence, and the button beside it. For the record of it. */
export function quoteDecision(
  words: ReaderPhrases,
  sentence: keyof ReaderPhrases,
  button: keyof ReaderPhrases,
): string {
  return `${words[sentence]} [${words[button]}]`
}

/** "3 March 2016": nobody takes the day for the month. */
export function writeDate(at: Date, { language }: Pick<ReaderPhrases, 'language'>, timeZone: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone }).format(at)
}

const primaryOf = (tag: string) => (tag.split('-')[0] as string).toLowerCase()
