import { readFileSync } from 'node:fs'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { parse } from 'yaml'
import { READER_PHRASES } from '../../../platform/http/reader-phrases.ts'

/** Pages of questions; the page after them shows every answer once more. */
export const QUESTION_PAGES = 4
export const LAST_PAGE = 5

const KINDS = ['text', 'long_text', 'name', 'email', 'country', 'language', 'one', 'many', 'agree'] as const

/** A text in each language that the pages are written in. */
const Words = Type.Object(
  Object.fromEntries(Object.keys(READER_PHRASES).map((language) => [language, Type.String({ minLength: 1 })])),
  { additionalProperties: false },
)
const Question = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z_]{0,39}$' }),
    page: Type.Integer({ minimum: 1, maximum: QUESTION_PAGES }),
    kind: Type.Union(KINDS.map((kind) => Type.Literal(kind))),
    required: Type.Boolean(),
    label: Words,
    hint: Type.Optional(Words),
    choices: Type.Optional(
      Type.Array(Type.Object({ value: Type.String({ minLength: 1, maxLength: 200 }), label: Words })),
    ),
    when: Type.Optional(Type.Object({ question: Type.String(), is: Type.Array(Type.String(), { minItems: 1 }) })),
    otherwise: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

export interface Choice {
  /** What is kept, and what matching compares. */
  value: string
  label: Record<string, string>
}

export interface Question {
  id: string
  page: number
  kind: (typeof KINDS)[number]
  required: boolean
  label: Record<string, string>
  hint?: Record<string, string>
  choices?: Choice[]
  /** Asked only when the answer to a question of an earlier page is one of these. */
  when?: { question: string; is: string[] }
  /** What is kept where it is not asked. */
  otherwise?: string
}

let own: readonly Question[] | undefined

/** The questions of questions.yaml, in the order of the form. Read once a process: a file of the release. */
export function formQuestions(): readonly Question[] {
  own ??= parseQuestions(readFileSync(new URL('./questions.yaml', import.meta.url), 'utf8'))
  return own
}

/** @throws Error naming the question whose definition cannot be used */
export function parseQuestions(text: string): Question[] {
  const found = parse(text) as unknown
  if (!Array.isArray(found)) throw new Error('The questions of the form are no list.')
  const questions = found.map((one: unknown, at) => {
    const fault = Value.Errors(Question, one)[0]
    if (fault) throw new Error(`Question ${at + 1} of the form: ${fault.instancePath || 'it'} ${fault.message}.`)
    return one as Question
  })
  for (const [at, question] of questions.entries()) {
    const fault = faultOf(question, questions.slice(0, at))
    if (fault) throw new Error(`The question "${question.id}" of the form ${fault}.`)
  }
  return questions
}

function faultOf({ id, page, kind, choices = [], when, otherwise }: Question, earlier: readonly Question[]) {
  if (earlier.some((one) => one.id === id)) return 'is there twice'
  if (page < (earlier.at(-1)?.page ?? 1)) return 'stands after a later page'
  const hasChoices = kind === 'one' || kind === 'many'
  if (hasChoices !== choices.length > 0) return hasChoices ? 'has no choices' : 'has choices, and its kind has none'
  if (new Set(choices.map(({ value }) => value)).size < choices.length) return 'has a choice twice'
  if (otherwise !== undefined && !choices.some(({ value }) => value === otherwise))
    return 'has another answer in "otherwise" than its choices'
  if (!when) return undefined
  const asked = earlier.find((one) => one.id === when.question)
  // Within a page nothing may appear while somebody answers.
  if (!asked || asked.page >= page) return `depends on "${when.question}", which no earlier page asks`
  const unknown = when.is.find((value) => !asked.choices?.some((choice) => choice.value === value))
  return unknown === undefined ? undefined : `depends on the answer "${unknown}", which nobody can give`
}
