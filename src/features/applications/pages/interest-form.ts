import { readerPhrases } from '../../../platform/http/reader-phrases.ts'
import type { Answers, FaultyAnswer } from '../form/answers.ts'
import { formQuestions, type Question } from '../form/questions.ts'
import { type PageDeps, readChecks } from './page-deps.ts'
import { faultAt, presentQuestion } from './present-questions.ts'

/** What somebody says who wants to be told: the same questions as on the form's first page, but for the whole name. */
const ASKED = ['given_name', 'email', 'country', 'language']

export function interestQuestions(): Question[] {
  const asked = formQuestions().filter(({ id }) => ASKED.includes(id))
  // What is said of the address there is about a partner.
  return asked.map(({ hint, ...question }) => (question.kind === 'email' || !hint ? question : { ...question, hint }))
}

/** The form as its partial needs it, wherever it stands. */
export async function presentInterestForm(
  deps: PageDeps,
  { language, answers, faults }: { language: string; answers: Answers; faults: readonly FaultyAnswer[] },
) {
  const words = readerPhrases(language)
  const { languages } = await readChecks(deps)
  const questions = interestQuestions().map((one) => presentQuestion(one, { answers, faults, words, languages }))
  return {
    action: `/interest?language=${encodeURIComponent(language)}`,
    questions,
    fault_list: questions.flatMap(({ id, label, fault }) =>
      fault === '' ? [] : [{ id, fault: faultAt(label, fault) }],
    ),
  }
}
