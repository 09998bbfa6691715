import { expect, test } from 'vitest'
import { formQuestions, parseQuestions } from '../../../../src/features/applications/form/questions.ts'
import { DEFAULT_HIERARCHY } from '../../../../src/features/matching/scores/default-hierarchy.ts'

test('the choices of the form are the ones that matching compares', () => {
  const choicesOf = (id: string) =>
    (formQuestions().find((one) => one.id === id)?.choices ?? []).map(({ value }) => value)
  const criteria = DEFAULT_HIERARCHY.criteria as {
    answer?: string
    choices?: string[]
    steps?: string[]
    untold?: string[]
    means?: { text: string }[]
  }[]
  const of = (answer: string) => criteria.find((one) => one.answer === answer)
  expect(choicesOf('sector').toSorted()).toEqual(of('sector')?.choices?.toSorted())
  const stages = of('career_stage')
  expect(choicesOf('career_stage')).toEqual([...(stages?.steps ?? []), ...(stages?.untold ?? [])])
  for (const wish of ['partner_sector', 'partner_career_stage'])
    expect(choicesOf(wish)).toEqual(expect.arrayContaining((of(wish)?.means ?? []).map(({ text }) => text)))
  expect(choicesOf('partner_interests')).toEqual(choicesOf('interests'))
})

const label = '{ en: Q, fr: Q, es: Q, ar: Q }'
const one = (id: string, page: number, more = '') =>
  `- { id: ${id}, page: ${page}, kind: one, required: true, label: ${label}, choices: [{ value: A, label: ${label} }]${more} }\n`

test.each([
  ['no list', 'a: b', /no list/],
  ['a language that is missing', `- { id: a, page: 1, kind: text, required: true, label: { en: Q } }`, /Question 1/],
  ['a kind that there is not', `- { id: a, page: 1, kind: date, required: true, label: ${label} }`, /Question 1/],
  ['the same question twice', one('a', 1) + one('a', 2), /"a" of the form is there twice/],
  ['pages out of order', one('a', 2) + one('b', 1), /"b" of the form stands after a later page/],
  [
    'a question that appears within its page',
    one('a', 1) + one('b', 1, ', when: { question: a, is: [A] }'),
    /no earlier page/,
  ],
  ['a condition that is never met', one('a', 1) + one('b', 2, ', when: { question: a, is: [B] }'), /nobody can give/],
  ['another answer than the choices', one('a', 1, ', otherwise: B'), /"otherwise"/],
  ['no choices', `- { id: a, page: 1, kind: many, required: true, label: ${label} }`, /has no choices/],
])('a definition with %s is refused in words', (_what, text, words) => {
  expect(() => parseQuestions(text)).toThrow(words)
})
