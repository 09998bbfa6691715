import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseSlug, shortened } from '../../../src/features/campaigns/schedule/slug.ts'

test.each([
  ['Topic 3: Where we work', 'topic-3-where-we-work'],
  ['  ¿Cómo están? – Ça va, Łukasz & Søren’s straße!  ', 'como-estan-ca-va-lukasz-sorens-strasse'],
  ['Hello {{participant.given_name}}, {{ partner.given_name }}!', 'hello'],
  ['الموضوع 1: لنتعارف', 'topic-7'],
  ['テーマ 3 IFLA とわたしたち', 'topic-7'],
  ['1000', 'topic-7'],
  ['', 'topic-7'],
  ['---', 'topic-7'],
  ['🎉🎉', 'topic-7'],
  ['\u0000\u202e', 'topic-7'],
])('%j is called %s', (subject, slug) => {
  expect(chooseSlug(subject, 7)).toBe(slug)
})

test('any subject gives a name that the database takes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 })), (subject) => {
      const slug = chooseSlug(subject, 12)
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(slug.length).toBeLessThanOrEqual(80)
      expect(shortened(slug, 70)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    }),
  )
})

test('a long subject is cut between words, one long word within it', () => {
  expect(chooseSlug(`${'word '.repeat(30)}`, 1)).toBe(Array(16).fill('word').join('-'))
  expect(chooseSlug('x'.repeat(200), 1)).toBe('x'.repeat(80))
})
