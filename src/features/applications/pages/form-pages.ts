import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from '../../../lib/errors.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { getRoundRow, type RoundRow } from '../../rounds/index.ts'
import { mailResume, markOf, savePage, startDraft } from '../draft/draft.ts'
import type { DraftRow } from '../draft/draft-queries.ts'
import { periodOf } from '../draft/period.ts'
import { type Answers, type FaultyAnswer, findFaults, findOpenPage, questionsOf, readAnswers } from '../form/answers.ts'
import { formQuestions, LAST_PAGE, QUESTION_PAGES } from '../form/questions.ts'
import { formPath, formToken } from './addresses.ts'
import { sendCheckPage, submitCheckPage } from './check-page.ts'
import { fieldsOf, languageOf, type PageDeps, readChecks, textField } from './page-deps.ts'
import { findForm, sendQuestionPage } from './question-page.ts'
import { sendNotOpen, showStart } from './start-page.ts'

const Params = Type.Object({ round: Type.String({ maxLength: 32 }), step: Type.String() })
const Query = Type.Object({
  form: Type.Optional(Type.String()),
  language: Type.Optional(Type.String({ maxLength: 35 })),
  /** From the last page, to which saving leads back. */
  check: Type.Optional(Type.String()),
  told: Type.Optional(Type.String()),
})
const PUBLIC = { allow: 'public' } as const

/** The pages of the form: four of questions, and one that shows every answer once more. GET shows, POST keeps. */
export function addFormPages(app: TypedApp, deps: PageDeps): void {
  app.route({
    method: 'GET',
    url: '/apply/:round/:step',
    config: PUBLIC,
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      const { params, query } = request
      const step = stepOf(params.step)
      const round = await getRoundRow(deps, { code: params.round })
      if (query.form === undefined) return showFirst(deps, request, reply, { round, step, language: query.language })
      const draft = await findForm(deps, request, reply, { round, token: query.form })
      if (!draft) return reply
      if (draft.submitted_at) return reply.redirect(formPath(round.code, 'sent', query.form), 302)
      if (periodOf(round, deps.clock.now()).period !== 'open')
        return sendNotOpen(deps, request, reply, { round, language: draft.language })
      const { checks } = await readChecks(deps)
      const open = findOpenPage(formQuestions(), draft.answers, checks) ?? LAST_PAGE
      if (step > open) return reply.redirect(formPath(round.code, open, query.form), 302)
      const told = query.told !== undefined
      if (step === LAST_PAGE) return sendCheckPage(deps, request, reply, { draft, token: query.form, told })
      const shown = { answers: draft.answers, faults: [], told, check: query.check !== undefined }
      return sendQuestionPage(deps, request, reply, { round, step, draft, ...shown })
    },
  })

  app.route({
    method: 'POST',
    url: '/apply/:round/:step',
    config: PUBLIC,
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      const { params, query } = request
      const step = stepOf(params.step)
      const round = await getRoundRow(deps, { code: params.round })
      const token = query.form
      const draft = token === undefined ? undefined : await findForm(deps, request, reply, { round, token })
      if (token !== undefined && !draft) return reply
      if (!draft && step > 1) return reply.redirect(`/apply/${round.code}`, 303)
      if (draft?.submitted_at) return reply.redirect(formPath(round.code, 'sent', token), 303)
      if (periodOf(round, deps.arrivedAt(request)).period !== 'open')
        return sendNotOpen(deps, request, reply.status(409), { round, language: draft?.language ?? query.language })
      if (step === LAST_PAGE)
        return submitCheckPage(deps, request, reply, { draft: draft as DraftRow, token: token as string })
      return keepPage(deps, request, reply, { round, step, draft, query })
    },
  })
}

/** @throws NotFound */
function stepOf(written: string): number {
  if (!/^[1-5]$/.test(written)) throw new NotFound('This page')
  return Number(written)
}

/** Without a form there is only its first page. */
function showFirst(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { round, step, language }: { round: RoundRow; step: number; language: string | undefined },
) {
  if (step > 1) return reply.redirect(`/apply/${round.code}`, 302)
  if (periodOf(round, deps.clock.now()).period !== 'open') return showStart(deps, request, reply, { round, language })
  const answers = { language: languageOf(request, language) }
  return sendQuestionPage(deps, request, reply, { round, step, draft: undefined, answers, faults: [], language })
}

interface Keeping {
  round: RoundRow
  step: number
  draft: DraftRow | undefined
  query: { language?: string; check?: string }
}

/** Faults that only say that something is still to come. */
const TO_COME = new Set<FaultyAnswer['fault']>(['missing', 'choose_one', 'choose_some', 'agree'])

async function keepPage(deps: PageDeps, request: FastifyRequest, reply: FastifyReply, keeping: Keeping) {
  const { round, step, draft, query } = keeping
  const fields = fieldsOf(request)
  const questions = questionsOf(formQuestions(), step, draft?.answers ?? {})
  const answers = readAnswers(questions, fields)
  const { checks } = await readChecks(deps)
  const later = textField(fields, 'do') === 'later'
  // Who stops in the middle has not answered everything; the first page is needed to write to them at all.
  const faults = findFaults(questions, answers, checks).filter(
    ({ fault }) => !(later && step > 1 && TO_COME.has(fault)),
  )
  const check = query.check !== undefined
  const again = (status: number, more: { faults: FaultyAnswer[]; answers: Answers; conduct_changed?: boolean }) =>
    sendQuestionPage(deps, request, reply.status(status), {
      round,
      step,
      draft,
      check,
      language: query.language,
      ...more,
    })
  if (faults.length > 0) return again(422, { answers: { ...draft?.answers, ...answers }, faults })

  if (!draft)
    return goOn(deps, request, reply, {
      round,
      step,
      draft_id: await startDraft(deps, { round_id: round.id, answers }),
      later,
    })
  const mark = textField(fields, 'mark') || markOf(questions, draft.answers)
  const save = { draft_id: draft.id, page: step, questions, answers, mark, conduct: textField(fields, 'conduct') }
  const saved = await savePage(deps, save)
  if (saved === 'gone') return deps.readers.sendUnknownLink(request, reply, 410)
  if (saved === 'sent') return reply.redirect(formPath(round.code, 'sent', formToken(deps.keys, draft.id)), 303)
  if (saved === 'conduct_changed')
    return again(409, {
      answers: { ...draft.answers, ...answers, code_of_conduct: '' },
      faults: [{ id: 'code_of_conduct', fault: 'agree' }],
      conduct_changed: true,
    })
  const told = saved === 'saved_over'
  return goOn(deps, request, reply, { round, step: check ? QUESTION_PAGES : step, draft_id: draft.id, later, told })
}

async function goOn(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  next: { round: RoundRow; step: number; draft_id: number; later: boolean; told?: boolean },
) {
  const { round, step, draft_id, later, told = false } = next
  const token = formToken(deps.keys, draft_id)
  if (later) {
    const mayAsk = deps.asks.mayAsk(request.ip)
    if (mayAsk) await mailResume(deps, draft_id)
    return reply.redirect(formPath(round.code, 'later', token, mayAsk ? '' : 'done=kept'), 303)
  }
  const to = formPath(round.code, step + 1, token, told ? 'told=1' : '')
  return reply.redirect(to, 303)
}
