import type { FastifyReply, FastifyRequest } from 'fastify'
import { fillPhrase, readerPhrases } from '../../../platform/http/reader-phrases.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { type DraftRow, findDraft } from '../draft/draft-queries.ts'
import { sendForm } from '../enter/send.ts'
import { type FaultyAnswer, findFaults, questionsOf } from '../form/answers.ts'
import { formQuestions, LAST_PAGE, QUESTION_PAGES } from '../form/questions.ts'
import { formPath } from './addresses.ts'
import { fieldsOf, fillIsolated, languageOf, type PageDeps, readChecks, textField } from './page-deps.ts'
import { answerText, faultAt, faultText, textIn } from './present-questions.ts'
import { sendNotOpen } from './start-page.ts'

interface CheckPage {
  draft: DraftRow
  token: string
  told?: boolean
  changed?: boolean
  faults?: readonly FaultyAnswer[]
}

/** Every answer once more, and the button that sends them. */
export async function sendCheckPage(deps: PageDeps, request: FastifyRequest, reply: FastifyReply, page: CheckPage) {
  const { draft, token, told = false, changed = false, faults = [] } = page
  const language = languageOf(request, draft.language)
  const words = readerPhrases(language)
  const code = draft.round_code
  const pages = Array.from({ length: QUESTION_PAGES }, (_, at) => at + 1)
  const asked = pages.map((number) => ({ number, questions: questionsOf(formQuestions(), number, draft.answers) }))
  const questions = asked.flatMap((one) => one.questions)
  const note = draft.address_verified_at ? words.apply_send_note_verified : words.apply_send_note
  const hrefOf = (number: number, id: string) => `${formPath(code, number, token, 'check=1')}#${id}`
  const model = {
    action: formPath(code, LAST_PAGE, token),
    back: formPath(code, QUESTION_PAGES, token),
    version: draft.version,
    step: fillPhrase(words.apply_step, { now: String(LAST_PAGE), of: String(LAST_PAGE) }),
    notice: changed ? words.apply_changed : told ? words.apply_saved_over : '',
    fault_list: faults.flatMap((fault) => {
      const question = questions.find(({ id }) => id === fault.id)
      if (!question) return []
      const text = faultAt(textIn(question.label, words), faultText(question, fault, words))
      return [{ href: hrefOf(question.page, fault.id), fault: text }]
    }),
    sections: asked.map(({ number, questions }) => ({
      title: words[`apply_page_${number as 1 | 2 | 3 | 4}`],
      answers: questions.map((question) => {
        const label = textIn(question.label, words)
        return {
          label,
          texts: answerText(question, { answers: draft.answers, words }),
          href: hrefOf(number, question.id),
          change: fillPhrase(words.apply_change_what, { question: label }),
        }
      }),
    })),
    note: fillIsolated(note, { address: draft.address ?? '' }, words),
  }
  const title = `${words.apply_page_5} – ${fillPhrase(words.apply_title, { round: draft.round_name })}`
  return deps.readers.send(reply, {
    name: 'apply-check',
    title: faults.length > 0 ? fillPhrase(words.apply_mistake, { title }) : title,
    language,
    model,
  })
}

/** The button was pressed. */
export async function submitCheckPage(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { draft, token }: { draft: DraftRow; token: string },
) {
  const { checks } = await readChecks(deps)
  const version = Number(textField(fieldsOf(request), 'version'))
  const sent = await sendForm(deps, { draft_id: draft.id, version, checks, sent_at: deps.arrivedAt(request) })
  if (sent === 'mailed' || sent === 'complete') return reply.redirect(formPath(draft.round_code, 'sent', token), 303)
  if (sent === 'closed') {
    const round = await getRoundRow(deps, { code: draft.round_code })
    return sendNotOpen(deps, request, reply.status(409), { round, language: draft.language })
  }
  const now = await findDraft(deps.db, draft.id)
  if (sent === 'gone' || !now) return deps.readers.sendUnknownLink(request, reply, 410)
  if (sent === 'changed') return sendCheckPage(deps, request, reply.status(409), { draft: now, token, changed: true })
  const faults = Array.from({ length: QUESTION_PAGES }, (_, at) => at + 1).flatMap((number) =>
    findFaults(questionsOf(formQuestions(), number, now.answers), now.answers, checks),
  )
  return sendCheckPage(deps, request, reply.status(422), { draft: now, token, faults })
}
