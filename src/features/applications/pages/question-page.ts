import type { FastifyReply, FastifyRequest } from 'fastify'
import { fillPhrase, readerPhrases } from '../../../platform/http/reader-phrases.ts'
import type { RoundRow } from '../../rounds/index.ts'
import { conductHtml, getCurrentConduct } from '../conduct/conduct.ts'
import { markOf } from '../draft/draft.ts'
import { type DraftRow, findDraft } from '../draft/draft-queries.ts'
import { type Answers, type FaultyAnswer, questionsOf } from '../form/answers.ts'
import { formQuestions, LAST_PAGE } from '../form/questions.ts'
import { formPath, formToken } from './addresses.ts'
import { languageOf, type PageDeps, readChecks } from './page-deps.ts'
import { faultAt, presentQuestion } from './present-questions.ts'

/** The form that an address of this round names, or the answer to an address that names none. */
export async function findForm(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { round, token }: { round: RoundRow; token: string },
): Promise<DraftRow | undefined> {
  const id = deps.guard.read(request, 'form', token)
  const draft = id === undefined ? undefined : await findDraft(deps.db, id)
  if (draft && draft.round_id === round.id) return draft
  // Gone: the form was ours, and was forgotten.
  await deps.readers.sendUnknownLink(request, reply, id === undefined ? 404 : 410)
  return undefined
}

export interface QuestionPage {
  round: RoundRow
  step: number
  /** None before the first page was kept. */
  draft: DraftRow | undefined
  /** As they are kept, or as they were typed and refused. */
  answers: Answers
  faults: readonly FaultyAnswer[]
  language?: string | undefined
  told?: boolean
  /** Saving leads back to the last page. */
  check?: boolean
  conduct_changed?: boolean
}

export async function sendQuestionPage(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  page: QuestionPage,
): Promise<unknown> {
  const { round, step, draft, answers, faults, told = false, check = false, conduct_changed = false } = page
  const language = languageOf(request, draft?.language ?? page.language)
  const words = readerPhrases(language)
  const { languages, own } = await readChecks(deps)
  const questions = questionsOf(formQuestions(), step, draft?.answers ?? {})
  const conduct = questions.some(({ id }) => id === 'code_of_conduct') ? await getCurrentConduct(deps.db) : undefined
  // A tick that stood for an earlier version says nothing about this one.
  const isOther = conduct !== undefined && draft?.code_of_conduct_id !== conduct.id && faults.length === 0
  const given = isOther ? { ...answers, code_of_conduct: '' } : answers
  const shown = questions.map((question) => presentQuestion(question, { answers: given, faults, words, languages }))
  const heading = words[`apply_page_${step as 1 | 2 | 3 | 4}`]
  const token = draft && formToken(deps.keys, draft.id)
  const query = [check ? 'check=1' : '', !draft && page.language ? `language=${encodeURIComponent(page.language)}` : '']
  const model = {
    action: formPath(round.code, step, token, query.filter(Boolean).join('&')),
    back: step > 1 ? formPath(round.code, check ? LAST_PAGE : step - 1, token) : `/apply/${round.code}`,
    step: fillPhrase(words.apply_step, { now: String(step), of: String(LAST_PAGE) }),
    heading,
    notice: conduct_changed ? words.apply_conduct_changed : told ? words.apply_saved_over : '',
    questions: shown,
    fault_list: shown.flatMap(({ id, label, fault }) => (fault === '' ? [] : [{ id, fault: faultAt(label, fault) }])),
    mark: draft ? markOf(questions, draft.answers) : '',
    conduct: conduct && {
      version: conduct.version,
      title: fillPhrase(words.apply_conduct_version, { version: conduct.version }),
      language: own,
      html: conductHtml(conduct),
    },
  }
  const title = `${heading} – ${fillPhrase(words.apply_title, { round: round.name })}`
  return deps.readers.send(reply, {
    name: 'apply-page',
    title: faults.length > 0 ? fillPhrase(words.apply_mistake, { title }) : title,
    language,
    model,
  })
}
