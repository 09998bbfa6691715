import { findCountryCode, listCountryCodes } from '../../../lib/countries.ts'
import { fillPhrase, type ReaderPhrases } from '../../../platform/http/reader-phrases.ts'
import { type Answers, type FaultyAnswer, longestOf } from '../form/answers.ts'
import type { Question } from '../form/questions.ts'

/** One question as the template shows it. */
export interface ShownQuestion {
  id: string
  label: string
  hint: string
  fault: string
  is_optional: boolean
  is_line: boolean
  is_long: boolean
  is_select: boolean
  is_group: boolean
  is_agree: boolean
  /** So many choices that they stand in two columns where there is room. */
  is_long_list: boolean
  /** Of a line: type, what a browser may fill in, and the longest that is taken. */
  type: string
  direction: string
  autocomplete: string
  maxlength: number
  value: string
  /** Of a group: radio or checkbox. */
  option_type: string
  options: { id: string; value: string; label: string; language: string; is_foreign: boolean; is_chosen: boolean }[]
  /** Ids of hint and fault, for who hears the page. */
  described_by: string
}

export interface Shown {
  answers: Answers
  faults: readonly FaultyAnswer[]
  words: ReaderPhrases
  languages: readonly string[]
}

export function presentQuestion(question: Question, shown: Shown): ShownQuestion {
  const { id, kind, required } = question
  const { words, answers } = shown
  const given = [answers[id] ?? []].flat()
  const fault = shown.faults.find((one) => one.id === id)
  const hint = textIn(question.hint, words)
  const text = fault ? faultText(question, fault, words) : ''
  return {
    id,
    label: textIn(question.label, words),
    hint,
    fault: text,
    is_optional: !required,
    is_line: kind === 'text' || kind === 'name' || kind === 'email',
    is_long: kind === 'long_text',
    is_select: kind === 'country' || kind === 'language',
    is_group: kind === 'one' || kind === 'many',
    is_agree: kind === 'agree',
    is_long_list: (question.choices?.length ?? 0) >= LONG_LIST,
    type: kind === 'email' ? 'email' : 'text',
    direction: kind === 'email' ? 'ltr' : 'auto',
    autocomplete: AUTOCOMPLETE[id] ?? 'off',
    maxlength: longestOf(question),
    value: given[0] ?? '',
    option_type: kind === 'many' ? 'checkbox' : 'radio',
    options: optionsOf(question, given, shown),
    described_by: [hint === '' ? '' : `${id}-hint`, text === '' ? '' : `${id}-fault`].filter(Boolean).join(' '),
  }
}

const LONG_LIST = 12

/** WCAG 2.2, 1.3.5: what is about the reader says so to their browser. */
const AUTOCOMPLETE: Record<string, string> = {
  name: 'name',
  given_name: 'nickname',
  email: 'email',
  country: 'country',
  language: 'language',
}

export function textIn(text: Record<string, string> | undefined, { language }: ReaderPhrases): string {
  return text?.[language] ?? text?.en ?? ''
}

export function faultText(question: Question, { fault }: FaultyAnswer, words: ReaderPhrases): string {
  return fillPhrase(words[`apply_fault_${fault}`], { count: String(longestOf(question)) })
}

/** A fault far from its field: which question it is about, and what is wrong. */
export function faultAt(label: string, fault: string): string {
  return /[?؟.]$/u.test(label) ? `${label} ${fault}` : `${label} – ${fault}`
}

function optionsOf({ id, kind, choices = [] }: Question, given: string[], { words, languages }: Shown) {
  const option = (value: string, label: string, at: number, language = words.language) => ({
    // The first has the question's own id: a link to the question leads to it.
    id: at === 0 ? id : `${id}-${at + 1}`,
    ...{ value, label, language, is_foreign: language !== words.language },
    is_chosen: given.includes(value),
  })
  if (kind === 'language') return languages.map((tag, at) => option(tag, languageName(tag), at, tag))
  if (kind !== 'country') return choices.map(({ value, label }, at) => option(value, textIn(label, words), at))
  const chosen = findCountryCode(given[0] ?? '')
  return countriesIn(words.language).map(([code, name], at) => ({
    ...option(code, name, at),
    is_chosen: code === chosen,
  }))
}

/** What an answer reads like when it is shown again. */
export function answerText(question: Question, { answers, words }: Pick<Shown, 'answers' | 'words'>): string[] {
  const { id, kind, choices = [] } = question
  const given = [answers[id] ?? []].flat().filter(Boolean)
  if (kind === 'agree') return given[0] === 'Yes' ? [words.apply_agreed] : []
  if (kind === 'language') return given.map(languageName)
  if (kind === 'country') return given.map((code) => countryIn(code, words.language))
  return given.map((value) => textIn(choices.find((choice) => choice.value === value)?.label, words) || value)
}

/** As its own readers call it: somebody who looks for it may read nothing else. */
export function languageName(tag: string): string {
  const name = new Intl.DisplayNames(tag, { type: 'language', fallback: 'none' }).of(tag) ?? tag
  return name.slice(0, 1).toLocaleUpperCase(tag) + name.slice(1)
}

function countryIn(spelled: string, language: string): string {
  const code = findCountryCode(spelled)
  return code ? (new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code) : spelled
}

/** Codes and names of all countries in a language, in its own order. */
function countriesIn(language: string): [code: string, name: string][] {
  const names = new Intl.DisplayNames(language, { type: 'region' })
  const { compare } = new Intl.Collator(language)
  return listCountryCodes()
    .map((code): [string, string] => [code, names.of(code) ?? code])
    .sort(([, one], [, other]) => compare(one, other))
}
