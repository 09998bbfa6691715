import { Type } from '@fastify/type-provider-typebox'
import { type ReaderPhrases, readerPhrases } from '../../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { getRoundRow } from '../../rounds/index.ts'
import type { DraftRow } from '../draft/draft-queries.ts'
import { mayVerify, periodOf } from '../draft/period.ts'
import { mailVerification, reopenForm } from '../enter/send.ts'
import { findOpenPage } from '../form/answers.ts'
import { formQuestions, LAST_PAGE } from '../form/questions.ts'
import { formPath } from './addresses.ts'
import {
  fieldsOf,
  fillIsolated,
  languageOf,
  type PageDeps,
  readChecks,
  type SaidPage,
  sendSaid,
  textField,
} from './page-deps.ts'
import { findForm } from './question-page.ts'
import { sendLate } from './start-page.ts'

const PUBLIC = { allow: 'public' } as const
const schema = {
  params: Type.Object({ round: Type.String({ maxLength: 32 }) }),
  querystring: Type.Object({ form: Type.String(), done: Type.Optional(Type.String()) }),
}

/** After a form was sent, or put aside. */
export function addSentPages(app: TypedApp, deps: PageDeps): void {
  app.route({
    method: 'GET',
    url: '/apply/:round/sent',
    config: PUBLIC,
    schema,
    handler: async (request, reply) => {
      const { form: token, done } = request.query
      const round = await getRoundRow(deps, { code: request.params.round })
      const draft = await findForm(deps, request, reply, { round, token })
      if (!draft) return reply
      if (!draft.submitted_at) return reply.redirect(formPath(round.code, LAST_PAGE, token), 302)
      const language = languageOf(request, draft.language)
      const words = readerPhrases(language)
      if (draft.application_id !== null) return sendSaid(deps, reply, language, completeSaid(draft, words))
      const now = deps.clock.now()
      const period = periodOf(round, now)
      // Its link does nothing any more, and no other is mailed.
      if (!mayVerify(draft.submitted_at, period, now)) return sendLate(deps, request, reply, language)
      const canChange = period.period === 'open'
      return sendSaid(deps, reply, language, {
        title: words.apply_sent_title,
        notice: done === 'mailed' ? words.apply_mailed : '',
        paragraphs: [
          fillIsolated(words.apply_sent_text, { address: draft.address ?? '' }, words),
          words.apply_sent_spam,
        ],
        action: formPath(round.code, 'sent', token),
        buttons: [
          { label: words.apply_mail_again, value: 'mail' },
          ...(canChange ? [{ label: words.apply_reopen_button, value: 'reopen', text: words.apply_reopen }] : []),
        ],
      })
    },
  })

  app.route({
    method: 'POST',
    url: '/apply/:round/sent',
    config: PUBLIC,
    schema,
    handler: async (request, reply) => {
      const { form: token } = request.query
      const round = await getRoundRow(deps, { code: request.params.round })
      const draft = await findForm(deps, request, reply, { round, token })
      if (!draft) return reply
      if (textField(fieldsOf(request), 'do') === 'reopen') {
        await reopenForm(deps, draft.id)
        return reply.redirect(formPath(round.code, LAST_PAGE, token), 303)
      }
      await mailVerification(deps, draft.id)
      return reply.redirect(formPath(round.code, 'sent', token, 'done=mailed'), 303)
    },
  })

  app.route({
    method: 'GET',
    url: '/apply/:round/later',
    config: PUBLIC,
    schema,
    handler: async (request, reply) => {
      const { form: token, done } = request.query
      const round = await getRoundRow(deps, { code: request.params.round })
      const draft = await findForm(deps, request, reply, { round, token })
      if (!draft) return reply
      const language = languageOf(request, draft.language)
      const words = readerPhrases(language)
      const { checks } = await readChecks(deps)
      const open = findOpenPage(formQuestions(), draft.answers, checks) ?? LAST_PAGE
      return sendSaid(deps, reply, language, {
        title: words.apply_later_title,
        // Kept without a mail: too many were asked for from there.
        paragraphs: [
          done === 'kept'
            ? words.apply_busy_text
            : fillIsolated(words.apply_later_text, { address: draft.address ?? '' }, words),
        ],
        links: [{ label: words.apply_go_on, href: formPath(round.code, open, token) }],
      })
    },
  })
}

/** A form that became an application, for whoever has its pages open: what the applicant did later is not theirs to see. */
function completeSaid({ application_state }: DraftRow, words: ReaderPhrases): SaidPage {
  const links = [{ label: words.apply_expect_title, href: '/expectations' }]
  return application_state === 'waitlisted'
    ? { title: words.apply_waiting_title, paragraphs: [words.apply_waiting_text] }
    : { title: words.apply_complete_title, paragraphs: [words.apply_complete_text], links }
}

/** The same for the owner of the address, who may have answered since, or have left. */
export function standingSaid(draft: DraftRow, words: ReaderPhrases): SaidPage {
  const [title, text] = STANDINGS[draft.application_state ?? ''] ?? []
  if (!title || !text) return completeSaid(draft, words)
  const fill = (phrase: keyof ReaderPhrases) => fillIsolated(words[phrase], { round: draft.round_name }, words)
  return { title: fill(title), paragraphs: [fill(text)] }
}

/** As the page to confirm says it (features/confirmations). */
const STANDINGS: Record<string, [title: keyof ReaderPhrases, text: keyof ReaderPhrases]> = {
  confirmed: ['confirm_confirmed_title', 'confirm_confirmed_text'],
  declined: ['confirm_declined_title', 'confirm_declined_text'],
  lapsed: ['confirm_lapsed_title', 'confirm_lapsed_text'],
  withdrawn: ['confirm_left_title', 'confirm_left_text'],
  removed: ['confirm_left_title', 'confirm_left_text'],
}
