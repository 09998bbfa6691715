import { expect, test } from 'vitest'
import { fillPhrase, languageAsked, READER_PHRASES, readerPhrases } from '../../../src/platform/http/reader-phrases.ts'

const gapsOf = (phrase: string) => (phrase.match(/\{\w+\}/g) ?? []).sort()

test('every language has every phrase, with the same gaps, and none is left in English', () => {
  const { en, ...others } = READER_PHRASES as Record<string, Record<string, string>>
  for (const [language, phrases] of Object.entries(others)) {
    expect(Object.keys(phrases).sort(), language).toEqual(Object.keys(en ?? {}).sort())
    for (const [key, phrase] of Object.entries(phrases)) {
      expect(phrase.trim(), `${language}.${key}`).not.toBe('')
      expect(gapsOf(phrase), `${language}.${key}`).toEqual(gapsOf(en?.[key] ?? ''))
      if (key !== 'direction') expect(phrase, `${language}.${key}`).not.toBe(en?.[key])
    }
  }
})

test('a language without phrases is shown in English, and says so', () => {
  expect(readerPhrases('ja')).toMatchObject({ language: 'en', direction: 'ltr' })
  expect(readerPhrases('AR-eg')).toMatchObject({ language: 'ar', direction: 'rtl' })
})

test.each([
  ['fr-CA,fr;q=0.9,en;q=0.8', 'fr'],
  ['ja, ar;q=0.5, es;q=0.4', 'ar'],
  ['en;q=0.1, es;q=0', 'en'],
  ['*', 'en'],
  ['', 'en'],
  [undefined, 'en'],
  ['constructor, __proto__;q=x', 'en'],
])('a browser that asks for "%s" reads %s', (header, language) => {
  expect(languageAsked(header)).toBe(language)
})

test('a gap without a value stays as it is, and a value is not read again', () => {
  expect(fillPhrase('{a} {b}', { a: '{b}' })).toBe('{b} {b}')
})
