import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseAddress } from '../../../lib/address.ts'
import { fillPhrase, READER_PHRASES, readerPhrases, writeDate } from '../../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { getRoundRow, listRoundRows, type RoundRow } from '../../rounds/index.ts'
import { mailLastAnswers } from '../draft/draft.ts'
import { chooseRound, periodOf } from '../draft/period.ts'
import { type AnswerFault, findFaults } from '../form/answers.ts'
import { formQuestions, type Question } from '../form/questions.ts'
import { formPath } from './addresses.ts'
import { presentInterestForm } from './interest-form.ts'
import {
  fieldsOf,
  fillIsolated,
  languageOf,
  type PageDeps,
  readChecks,
  sendBusy,
  sendSaid,
  textField,
} from './page-deps.ts'
import { faultText, languageName } from './present-questions.ts'

const PUBLIC = { allow: 'public' } as const
const Params = Type.Object({ round: Type.String({ maxLength: 32 }) })
const Query = Type.Object({ language: Type.Optional(Type.String({ maxLength: 35 })) })

/** What a round's form is about, when it is open, and how somebody begins who took part before. */
export function addStartPages(app: TypedApp, deps: PageDeps): void {
  app.route({
    method: 'GET',
    url: '/apply',
    config: PUBLIC,
    handler: async (_request, reply) => {
      const now = deps.clock.now()
      const round = chooseRound(await listRoundRows(deps.db), now)
      const isNear = round && periodOf(round, now).period !== 'closed'
      return reply.redirect(isNear ? `/apply/${round.code}` : '/interest', 302)
    },
  })

  app.route({
    method: 'GET',
    url: '/apply/:round',
    config: PUBLIC,
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      const round = await getRoundRow(deps, { code: request.params.round })
      return showStart(deps, request, reply, { round, language: request.query.language })
    },
  })

  app.route({
    method: 'POST',
    url: '/apply/:round/returning',
    config: PUBLIC,
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      const round = await getRoundRow(deps, { code: request.params.round })
      const { language } = request.query
      if (periodOf(round, deps.arrivedAt(request)).period !== 'open')
        return showStart(deps, request, reply, { round, language })
      const typed = textField(fieldsOf(request), 'email')
      const { checks } = await readChecks(deps)
      const [fault] = findFaults([addressQuestion()], { email: typed }, checks)
      const address = parseAddress(typed)
      if (fault || !address.ok)
        return showStart(deps, request, reply.status(422), {
          round,
          language,
          refused: { typed, fault: fault?.fault ?? 'email' },
        })
      if (!deps.asks.mayAsk(request.ip)) return sendBusy(deps, reply, languageOf(request, language))
      const asked = { round_id: round.id, address: address.address, language: languageOf(request, language) }
      await mailLastAnswers(deps, asked)
      const more = language === undefined ? '' : `?language=${encodeURIComponent(language)}`
      return reply.redirect(`/apply/${round.code}/returning${more}`, 303)
    },
  })

  app.route({
    method: 'GET',
    url: '/apply/:round/returning',
    config: PUBLIC,
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      await getRoundRow(deps, { code: request.params.round })
      const language = languageOf(request, request.query.language)
      const words = readerPhrases(language)
      return sendSaid(deps, reply, language, { title: words.apply_asked_title, paragraphs: [words.apply_asked_text] })
    },
  })
}

const addressQuestion = () => formQuestions().find(({ kind }) => kind === 'email') as Question

interface StartPage {
  round: RoundRow
  language: string | undefined
  refused?: { typed: string; fault: AnswerFault }
}

export async function showStart(deps: PageDeps, request: FastifyRequest, reply: FastifyReply, page: StartPage) {
  const { round, refused } = page
  const language = languageOf(request, page.language)
  const words = readerPhrases(language)
  const now = deps.clock.now()
  const { period } = periodOf(round, now)
  const dateOf = (day: string | null) => (day === null ? '' : writeDate(new Date(`${day}T00:00:00Z`), words, 'UTC'))
  const standing = {
    open: round.applications_close_on ? words.apply_open_until : '',
    planned: words.apply_planned,
    closed: words.apply_closed,
    undecided: words.apply_undecided,
  }[period]
  const day = period === 'open' ? round.applications_close_on : round.applications_open_on
  const here = page.language === undefined ? '' : `language=${encodeURIComponent(language)}`
  const title = fillPhrase(words.apply_title, { round: round.name })
  const fault = refused ? faultText(addressQuestion(), { id: 'email', fault: refused.fault }, words) : ''
  const model = {
    title,
    is_open: period === 'open',
    standing: fillIsolated(standing, { round: round.name, date: dateOf(day) }, words),
    start: formPath(round.code, 1, undefined, here),
    returning: `/apply/${round.code}/returning${here === '' ? '' : `?${here}`}`,
    typed: refused?.typed ?? '',
    fault,
    languages: languageLinks(`/apply/${round.code}`, words.language),
    dates: [
      { label: words.apply_date_open, date: dateOf(round.applications_open_on) },
      { label: words.apply_date_close, date: dateOf(round.applications_close_on) },
      { label: words.apply_date_confirm, date: dateOf(round.confirm_by) },
      { label: words.apply_date_start, date: dateOf(round.starts_on) },
      { label: words.apply_date_end, date: dateOf(round.ends_on) },
    ].filter(({ date }) => date !== ''),
    interest:
      period === 'open' ? undefined : await presentInterestForm(deps, { language, answers: { language }, faults: [] }),
  }
  return deps.readers.send(reply, {
    name: 'apply-start',
    title: fault === '' ? title : fillPhrase(words.apply_mistake, { title }),
    language,
    model,
  })
}

/** The same page in the other languages there are. */
export function languageLinks(path: string, now: string) {
  return Object.keys(READER_PHRASES)
    .filter((language) => language !== now)
    .map((language) => ({ language, name: languageName(language), href: `${path}?language=${language}` }))
}

/** A form that cannot be sent: any more, or yet, when the day of opening was moved while somebody filled it in. */
export function sendNotOpen(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { round, language }: { round: RoundRow; language: string | undefined },
) {
  const isOver = periodOf(round, deps.clock.now()).period === 'closed'
  return isOver ? sendLate(deps, request, reply, language) : showStart(deps, request, reply, { round, language })
}

/** A form that cannot be sent any more. */
export function sendLate(deps: PageDeps, request: FastifyRequest, reply: FastifyReply, chosen: string | undefined) {
  const language = languageOf(request, chosen)
  const words = readerPhrases(language)
  return sendSaid(deps, reply, language, {
    title: words.apply_late_title,
    paragraphs: [words.apply_late_text],
    links: [{ label: words.interest_join, href: `/interest?language=${encodeURIComponent(language)}` }],
  })
}
