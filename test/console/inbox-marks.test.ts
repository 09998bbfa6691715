import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markWords, shorten } from '../../src/console/inbox/marks.ts'

const marked = (text: string, words: string[]) =>
  markWords(text, words)
    .map(({ text: part, marked: is }) => (is ? `[${part}]` : part))
    .join('')

test('words are marked wherever they stand, letter for letter', () => {
  expect(marked('Yes, I confirm. Yes!', ['Yes', 'I confirm'])).toBe('[Yes], [I confirm]. [Yes]!')
  expect(marked('نعم، أؤكد مشاركتي', ['أؤكد مشاركتي'])).toBe('نعم، [أؤكد مشاركتي]')
  expect(marked('yes', ['Yes'])).toBe('yes')
  expect(marked('', ['Yes'])).toBe('')
  expect(marked('Yes', [])).toBe('Yes')
  expect(marked('a b', ['', ' '])).toBe('a b')
})

test('what overlaps or touches is one mark', () => {
  expect(marked('I confirm that I confirm', ['I confirm that', 'confirm that I'])).toBe('[I confirm that I] confirm')
  expect(marked('yesyes', ['yes'])).toBe('[yesyes]')
  expect(marked('I do confirm', ['I do confirm', 'do'])).toBe('[I do confirm]')
})

test('whatever is marked, the pieces are the text', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '👍', 'ن'), maxLength: 60 })
  fc.assert(
    fc.property(
      letters,
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '👍'), maxLength: 4 })),
      (text, words) => {
        const parts = markWords(text, words)
        expect(parts.map((part) => part.text).join('')).toBe(text)
        expect(parts.some((part, at) => part.marked && parts[at + 1]?.marked)).toBe(false)
      },
    ),
  )
})

test('a long text is cut at a word, and no letter is cut in two', () => {
  expect(shorten('Yes,\n\n I  confirm.', 100)).toBe('Yes, I confirm.')
  expect(shorten(`${'word '.repeat(50)}end`, 23)).toBe('word word word word…')
  expect(shorten(`${'a'.repeat(9)}👍${'b'.repeat(40)}`, 10)).not.toMatch(/[\ud800-\udbff]…$/)
})
