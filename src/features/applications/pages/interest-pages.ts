import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseAddress } from '../../../lib/address.ts'
import { findCountryCode } from '../../../lib/countries.ts'
import { fillPhrase, readerPhrases } from '../../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { listRoundRows } from '../../rounds/index.ts'
import { chooseRound, periodOf } from '../draft/period.ts'
import { type Answers, type FaultyAnswer, findFaults, readAnswers } from '../form/answers.ts'
import { findInterested, joinInterest, leaveInterest, verifyInterest } from '../interest/interest.ts'
import { interestQuestions, presentInterestForm } from './interest-form.ts'
import { fieldsOf, fillIsolated, languageOf, type PageDeps, readChecks, sendBusy, sendSaid } from './page-deps.ts'
import { languageLinks } from './start-page.ts'

const PUBLIC = { allow: 'public' } as const
const Query = Type.Object({ language: Type.Optional(Type.String({ maxLength: 35 })) })
const Params = Type.Object({ token: Type.String() })

/** The list of who is told when applications open: to join, to show that the address works, to leave. */
export function addInterestPages(app: TypedApp, deps: PageDeps): void {
  app.route({
    method: 'GET',
    url: '/interest',
    config: PUBLIC,
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const language = languageOf(request, request.query.language)
      return showForm(deps, reply, { language, answers: { language }, faults: [] })
    },
  })

  app.route({
    method: 'POST',
    url: '/interest',
    config: PUBLIC,
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const language = languageOf(request, request.query.language)
      const questions = interestQuestions()
      const answers = readAnswers(questions, fieldsOf(request))
      const { checks } = await readChecks(deps)
      const faults = findFaults(questions, answers, checks)
      if (faults.length > 0) return showForm(deps, reply.status(422), { language, answers, faults })
      if (!deps.asks.mayAsk(request.ip)) return sendBusy(deps, reply, language)
      const joined = await joinInterest(deps, interestOf(answers))
      const chosen = encodeURIComponent(textOf(answers, 'language'))
      return reply.redirect(`/interest/asked?language=${chosen}${joined === 'later' ? '&done=later' : ''}`, 303)
    },
  })

  app.route({
    method: 'GET',
    url: '/interest/asked',
    config: PUBLIC,
    schema: { querystring: Type.Object({ ...Query.properties, done: Type.Optional(Type.String()) }) },
    handler: async (request, reply) => {
      const language = languageOf(request, request.query.language)
      const words = readerPhrases(language)
      const page =
        request.query.done === 'later'
          ? { title: words.interest_later_title, paragraphs: [words.interest_later_text] }
          : { title: words.interest_asked_title, paragraphs: [words.interest_asked_text] }
      return sendSaid(deps, reply, language, page)
    },
  })

  for (const act of ['verify', 'leave'] as const) {
    const url = `/interest/${act}/:token`
    app.route({
      method: 'GET',
      url,
      config: PUBLIC,
      schema: { params: Params },
      handler: (request, reply) => showLink(deps, request, reply, { act, token: request.params.token }),
    })
    app.route({
      method: 'POST',
      url,
      config: PUBLIC,
      schema: { params: Params },
      handler: async (request, reply) => {
        const { token } = request.params
        const id = deps.guard.read(request, 'interest', token)
        const row = id === undefined ? undefined : await findInterested(deps, id)
        if (!row) return deps.readers.sendUnknownLink(request, reply, id === undefined ? 404 : 410)
        if (act === 'verify') await verifyInterest(deps, row)
        else await leaveInterest(deps, row)
        // A mail program's own button (RFC 8058 §3.1) follows no redirect.
        if (isOneClick(request)) return reply.status(200).send()
        return reply.redirect(`/interest/${act}/${token}`, 303)
      },
    })
  }
}

/** Posted by a mail program: `List-Unsubscribe=One-Click`, or a multipart form, which our page never sends. */
function isOneClick({ body, headers }: FastifyRequest): boolean {
  if (headers['content-type']?.startsWith('multipart/')) return true
  return typeof body === 'object' && body !== null && 'List-Unsubscribe' in body
}

const textOf = (answers: Answers, id: string) => [answers[id] ?? ''].flat()[0] ?? ''

/** @param answers without a fault */
function interestOf(answers: Answers) {
  const address = parseAddress(textOf(answers, 'email'))
  return {
    address: address.ok ? address.address : '',
    given_name: textOf(answers, 'given_name'),
    country_code: findCountryCode(textOf(answers, 'country')) ?? '',
    language: textOf(answers, 'language'),
  }
}

async function showForm(
  deps: PageDeps,
  reply: FastifyReply,
  form: { language: string; answers: Answers; faults: readonly FaultyAnswer[] },
) {
  const words = readerPhrases(form.language)
  const now = deps.clock.now()
  const round = chooseRound(await listRoundRows(deps.db), now)
  const isOpen = round !== undefined && periodOf(round, now).period === 'open'
  const model = {
    interest: await presentInterestForm(deps, form),
    languages: languageLinks('/interest', words.language),
    open: isOpen
      ? {
          text: fillIsolated(words.interest_open, { round: round.name }, words),
          href: `/apply/${round.code}`,
          link: fillPhrase(words.apply_title, { round: round.name }),
        }
      : undefined,
  }
  const title =
    form.faults.length > 0 ? fillPhrase(words.apply_mistake, { title: words.interest_title }) : words.interest_title
  return deps.readers.send(reply, { name: 'interest', title, language: form.language, model })
}

async function showLink(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { act, token }: { act: 'verify' | 'leave'; token: string },
) {
  const id = deps.guard.read(request, 'interest', token)
  const row = id === undefined ? undefined : await findInterested(deps, id)
  if (!row) return deps.readers.sendUnknownLink(request, reply, id === undefined ? 404 : 410)
  const language = languageOf(request, row.language)
  const words = readerPhrases(language)
  if (row.has_left)
    return sendSaid(deps, reply, language, {
      title: words.interest_left_title,
      paragraphs: [words.interest_left_text],
      links: [{ label: words.interest_join, href: `/interest?language=${encodeURIComponent(language)}` }],
    })
  if (act === 'leave')
    return sendSaid(deps, reply, language, {
      title: words.interest_leave_title,
      paragraphs: [words.interest_leave_text],
      buttons: [{ label: words.interest_leave_button, value: 'leave' }],
    })
  return row.is_verified
    ? sendSaid(deps, reply, language, { title: words.interest_on_title, paragraphs: [words.interest_on_text] })
    : sendSaid(deps, reply, language, {
        title: words.interest_title,
        paragraphs: [words.interest_lede, words.interest_verify_text],
        buttons: [{ label: words.interest_verify_button, value: 'verify' }],
      })
}
