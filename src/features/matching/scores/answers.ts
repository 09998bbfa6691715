import type { MatchingApplicant } from './applicant.ts'

/** Answers that stand in columns of their own; every form has them. */
export const ANSWER_COLUMNS = ['sector', 'career_stage', 'pathway'] as const

/** What the applicant answered, in one text; null when nothing. */
export function textOf(applicant: MatchingApplicant, answer: string): string | null {
  const value = answerOf(applicant, answer)
  if (Array.isArray(value)) return value.length === 1 ? written(value[0]) : null
  return written(value)
}

/** The choices of a list answer as they are written, one text being a list of one. */
export function listOf(applicant: MatchingApplicant, answer: string): string[] {
  const value = answerOf(applicant, answer)
  return (Array.isArray(value) ? value : [value]).flatMap((item) => written(item) ?? [])
}

/** Two spellings of one answer have one key: case and blanks say nothing. */
export function keyOf(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** The index of the choice that a text is, or undefined. "Early career" is "Early career (0-5 years)" where no other is. */
export function choiceReader(choices: readonly string[]): (text: string) => number | undefined {
  const index = new Map<string, number>()
  for (const [at, choice] of choices.entries()) {
    const bare = bareKeyOf(choice)
    if (!index.has(bare)) index.set(bare, at)
  }
  // What was written out in full goes before what was shortened.
  for (const [at, choice] of choices.entries()) index.set(keyOf(choice), at)
  return (text) => index.get(keyOf(text)) ?? index.get(bareKeyOf(text))
}

function bareKeyOf(text: string): string {
  return keyOf(text.replace(/\([^()]*\)/g, ' ')) || keyOf(text)
}

function answerOf(applicant: MatchingApplicant, answer: string): unknown {
  if (answer === 'sector' || answer === 'career_stage' || answer === 'pathway') return applicant[answer]
  return Object.hasOwn(applicant.answers, answer) ? applicant.answers[answer] : null
}

function written(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return null
  const text = value.trim()
  return text === '' ? null : text
}
