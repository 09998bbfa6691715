import { QUESTION_PAGES, type Question } from './questions.ts'
import { splitName } from './split-name.ts'

/** Answers by question as they are kept: a text, or the chosen ones of several. */
export type Answers = Record<string, string | string[]>

/** What is wrong with an answer; the pages say each in the reader's language. */
export type AnswerFault =
  | 'missing'
  | 'choose_one'
  | 'choose_some'
  | 'agree'
  | 'not_offered'
  | 'too_long'
  | 'name'
  | 'email'
  | 'disposable'
  | 'country'
  | 'language'

export interface FaultyAnswer {
  id: string
  fault: AnswerFault
}

/** What needs more than the answer to be looked at. */
export interface AnswerChecks {
  faultOfName(name: string): string | undefined
  faultOfEmail(address: string): 'email' | 'disposable' | undefined
  findCountryCode(spelled: string): string | undefined
  isOfferedLanguage(tag: string): boolean
}

/** The most characters of an answer; an address has its own rule. */
export function longestOf({ kind }: Pick<Question, 'kind'>): number {
  if (kind === 'long_text') return 5000
  // It stands in mail that goes to an address before anybody has shown that it is theirs: no room for a message.
  return kind === 'name' ? 60 : 300
}

/** Whether a question is asked, as the answers of earlier pages stand. */
export function isAsked({ when }: Question, answers: Answers): boolean {
  if (!when) return true
  return [answers[when.question] ?? []].flat().some((answer) => when.is.includes(answer))
}

/** The questions of a page that are asked. */
export function questionsOf(questions: readonly Question[], page: number, answers: Answers): Question[] {
  return questions.filter((question) => question.page === page && isAsked(question, answers))
}

/**
 * What a posted page says to these questions, tidied; everything else in it is left out. Nothing is refused here: what
 * is wrong stays as it was typed, so that it can be shown again. @param posted values as a form parser gives them
 */
export function readAnswers(questions: readonly Question[], posted: Record<string, unknown>): Answers {
  const answers: Answers = {}
  for (const { id, kind } of questions) {
    const given = textsOf(Object.hasOwn(posted, id) ? posted[id] : undefined)
    if (kind === 'many') answers[id] = [...new Set(given.map(tidyLine).filter(Boolean))].slice(0, MOST_CHOICES)
    else if (kind === 'long_text') answers[id] = tidyText(given[0] ?? '')
    else answers[id] = tidyLine(given[0] ?? '')
  }
  return answers
}

const MOST_CHOICES = 100

/** What is wrong with the answers to these questions, in their order. */
export function findFaults(questions: readonly Question[], answers: Answers, checks: AnswerChecks): FaultyAnswer[] {
  const faults = questions.flatMap((question) => {
    const fault = faultOf(question, answers[question.id], checks)
    return fault ? [{ id: question.id, fault }] : []
  })
  return [...faultsOfSplit(questions, answers, checks, faults), ...faults]
}

/** A name can be whole, and one of the two that are kept of it not: "Ana =SUM(1)" called "Ana". */
function faultsOfSplit(
  questions: readonly Question[],
  answers: Answers,
  checks: AnswerChecks,
  faults: readonly FaultyAnswer[],
): FaultyAnswer[] {
  const ids = ['name', 'given_name']
  if (!ids.every((id) => questions.some((one) => one.id === id)) || faults.some(({ id }) => ids.includes(id))) return []
  const [whole = '', called = ''] = ids.map((id) => [answers[id] ?? []].flat()[0] ?? '')
  const parts = Object.values(splitName(whole, called))
  return parts.some((part) => checks.faultOfName(part)) ? [{ id: 'name', fault: 'name' }] : []
}

/** The first page on which something is missing or wrong; undefined when all of them are whole. */
export function findOpenPage(questions: readonly Question[], answers: Answers, checks: AnswerChecks) {
  for (let page = 1; page <= QUESTION_PAGES; page++) {
    if (findFaults(questionsOf(questions, page, answers), answers, checks).length > 0) return page
  }
  return undefined
}

function faultOf(question: Question, answer: string | string[] | undefined, checks: AnswerChecks) {
  const { kind, required } = question
  const given = [answer ?? []].flat().filter(Boolean)
  if (given.length === 0) return required ? MISSING[kind] : undefined
  if (given.some((text) => text.length > longestOf(question))) return 'too_long' as const
  return wrongIn(question, given, checks)
}

const MISSING: Record<Question['kind'], AnswerFault> = {
  text: 'missing',
  long_text: 'missing',
  name: 'missing',
  email: 'email',
  country: 'country',
  language: 'language',
  one: 'choose_one',
  many: 'choose_some',
  agree: 'agree',
}

function wrongIn({ kind, choices = [] }: Question, given: string[], checks: AnswerChecks): AnswerFault | undefined {
  const [text = ''] = given
  switch (kind) {
    case 'name':
      return checks.faultOfName(text) ? 'name' : undefined
    case 'email':
      return checks.faultOfEmail(text)
    case 'country':
      return checks.findCountryCode(text) ? undefined : 'country'
    case 'language':
      return checks.isOfferedLanguage(text) ? undefined : 'language'
    case 'agree':
      return text === 'Yes' ? undefined : 'agree'
    case 'one':
    case 'many':
      return given.every((one) => choices.some(({ value }) => value === one)) ? undefined : 'not_offered'
    default:
      return undefined
  }
}

/** Longer than any answer may be: what is cut off here is refused as too long all the same. */
const MOST_CHARACTERS = 20_000

function textsOf(value: unknown): string[] {
  return [value ?? []].flat().filter((one): one is string => typeof one === 'string')
}

/** Controls cannot be stored or shown; a line has no breaks. */
function tidyLine(text: string): string {
  return text
    .slice(0, MOST_CHARACTERS)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
}

function tidyText(text: string): string {
  return text
    .slice(0, MOST_CHARACTERS)
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]+/gu, ' ')
    .trim()
}
