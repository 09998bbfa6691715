import { type Answers, isAsked } from './answers.ts'
import type { Question } from './questions.ts'
import { splitName } from './split-name.ts'

/** One application as it is written to the tables: the same shape as an imported form (features/imports/rows.ts). */
export interface FormApplication {
  given_name: string
  family_name: string
  country_code: string
  language: string
  pathway: string
  sector: string | null
  career_stage: string | null
  commitment_agreed: boolean
  special_request: string | null
  /** By the names that matching knows. */
  answers: Record<string, string | string[] | boolean | null>
}

/** Questions that stand in columns of their own, or say something about the form itself. */
const APART = new Set([
  ...['name', 'given_name', 'email', 'country', 'language'],
  ...['sector', 'career_stage', 'association', 'special_request', 'code_of_conduct', 'commitment', 'wishes'],
])

/** The application that whole answers make. A question that was not asked has what stands in `otherwise`. */
export function applicationOf(
  questions: readonly Question[],
  answers: Answers,
  countryCode: (spelled: string) => string | undefined,
): FormApplication {
  const textOf = (id: string) => {
    const question = questions.find((one) => one.id === id)
    const asked = question && isAsked(question, answers)
    const text = asked ? [answers[id] ?? []].flat()[0] : question?.otherwise
    return text ? text : null
  }
  const rest = questions.filter(({ id }) => !APART.has(id))
  const kept = rest.map((question) => {
    const { id, kind } = question
    if (kind === 'many') return [id, isAsked(question, answers) ? [answers[id] ?? []].flat() : []] as const
    return [id, id === 'previous_round' ? textOf(id) === 'Yes' : textOf(id)] as const
  })
  const association = textOf('association')
  return {
    ...splitName(textOf('name') ?? '', textOf('given_name') ?? ''),
    country_code: countryCode(textOf('country') ?? '') ?? '',
    language: textOf('language') ?? 'en',
    pathway: association === null || association === 'None' ? 'direct' : association,
    sector: textOf('sector'),
    career_stage: textOf('career_stage'),
    commitment_agreed: textOf('commitment') === 'Yes',
    special_request: textOf('special_request'),
    answers: Object.fromEntries(kept),
  }
}

/** An earlier application of a person we know. */
export interface EarlierApplication {
  given_name: string
  family_name: string
  country_code: string
  language: string
  pathway: string
  sector: string | null
  career_stage: string | null
  special_request: string | null
  answers: Record<string, unknown>
}

/**
 * The answers to begin a new form with, from those of the last one. Agreements are asked for anew, and so is the
 * special request, which was about another partner. What is no choice of the form any more is left open.
 */
export function answersFrom(questions: readonly Question[], earlier: EarlierApplication, email: string): Answers {
  const { answers } = earlier
  const listOf = (id: string) => [answers[id] ?? []].flat().map(String)
  const partner_interests = listOf('partner_interests')
  const wished = [answers.partner_sector, answers.partner_career_stage].some(
    (wish) => typeof wish === 'string' && wish !== 'No preference',
  )
  const known: Answers = {
    ...{ name: `${earlier.given_name} ${earlier.family_name}`.trim(), given_name: earlier.given_name, email },
    ...{ country: earlier.country_code, language: earlier.language, previous_round: 'Yes' },
    ...{ sector: earlier.sector ?? '', career_stage: earlier.career_stage ?? '' },
    association: earlier.pathway === 'direct' ? 'None' : earlier.pathway,
    wishes: wished || partner_interests.length > 0 ? 'Yes' : 'No',
    ...{ interests: listOf('interests'), partner_interests },
    ...{ partner_sector: listOf('partner_sector')[0] ?? '' },
    partner_career_stage: listOf('partner_career_stage')[0] ?? '',
  }
  return Object.fromEntries(
    questions.flatMap(({ id, choices }) => {
      const answer = known[id]
      if (answer === undefined) return []
      const offered = (text: string) => !choices || choices.some(({ value }) => value === text)
      const kept = Array.isArray(answer) ? answer.filter(offered) : offered(answer) ? answer : ''
      return kept.length === 0 ? [] : [[id, kept]]
    }),
  )
}
