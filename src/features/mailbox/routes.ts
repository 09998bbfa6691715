import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { InvalidInput, NotFound, Upstream } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { refuseForeignOrigin } from '../../platform/http/origin.ts'
import { openPages } from '../../platform/http/pages.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { addMailboxApi } from './api-routes.ts'
import { refuseForeignHost } from './guard.ts'
import { presentList, presentMessagePage, SHOWN_SOURCE } from './present.ts'
import { countMessages, deleteMessages, listNewestMessages } from './queries.ts'
import { IdParams, ListQuery, PartQuery, ReplyBody } from './schema.ts'
import { getMessage, getSource, replyToMessage } from './service.ts'

const STYLESHEET = '/assets/mailbox.css'
const PAGE = 50

/**
 * Beyond the headers of every answer (platform/http/security-headers.ts). Under no-referrer a browser would send the
 * Origin of our own forms as "null".
 */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
}

/**
 * A message's own HTML: styles and pictures only, and sandboxed also when it is opened by itself. Links open in a
 * window of their own, so that one can follow them as a reader would.
 */
const MESSAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; img-src data: http: https: 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
}

/** Personal data: without a token only for who sits at this machine (platform/http/access.ts). */
const ACCESS = { allow: 'people.read', openOnLoopback: true, csrf: 'origin' } as const

/** /mailbox: pages and JSON API. `app` must take forms. @param smtpUrl the mailbox's own server, for replies */
export async function addMailboxRoutes(
  app: TypedApp,
  { db }: { db: Db },
  { smtpUrl }: { smtpUrl: string },
): Promise<void> {
  // A scope of its own: the checks are for the routes inside.
  const inScope: FastifyPluginAsync = async (scope) => {
    scope.addHook('onRequest', async (request) => {
      refuseForeignHost(request)
      refuseForeignOrigin(request)
    })
    addPages(scope.withTypeProvider<TypeBoxTypeProvider>(), { db, smtpUrl })
    addMailboxApi(scope.withTypeProvider<TypeBoxTypeProvider>(), { db }, ACCESS)
  }
  await app.register(inScope)
}

function addPages(app: TypedApp, deps: { db: Db; smtpUrl: string }): void {
  const { db } = deps
  const pages = openPages()
  const send = (reply: FastifyReply, name: string, title: string, model: object) =>
    reply
      .headers(PAGE_HEADERS)
      .type('text/html; charset=utf-8')
      .send(pages.render(name, { title, stylesheet: STYLESHEET }, model))

  app.route({
    method: 'GET',
    url: '/mailbox',
    config: ACCESS,
    schema: { querystring: ListQuery },
    handler: async ({ query }, reply) => {
      const search = query.q?.trim() || undefined
      const filter = { search, direction: query.direction || undefined }
      const rows = await listNewestMessages(db, { ...filter, before: query.before, limit: PAGE + 1 })
      const shown = rows.slice(0, PAGE)
      const next = rows.length > PAGE ? shown.at(-1)?.id : undefined
      const asked = { search: search ?? '', direction: query.direction ?? '' }
      return send(reply, 'mailbox/list', 'Mailbox', presentList(shown, await countMessages(db, filter), asked, next))
    },
  })

  app.route({
    method: 'GET',
    url: '/mailbox/:id',
    config: ACCESS,
    schema: { params: IdParams, querystring: PartQuery },
    handler: async ({ params, query }, reply) => {
      try {
        const message = await getMessage(deps, params)
        const source = query.part === 'source' ? await getSource(deps, { ...params, bytes: SHOWN_SOURCE }) : undefined
        const model = presentMessagePage(message, query.part, source)
        const notice = query.notice ?? ''
        const replyHref = query.reply === undefined ? '' : `/mailbox/${query.reply}`
        return send(reply, 'mailbox/message', model.subject, {
          ...model,
          replied: notice === 'replied',
          fault: FAULT_NOTICES[notice] ?? '',
          replyHref,
        })
      } catch (error) {
        if (!(error instanceof NotFound)) throw error
        return send(reply.status(404), 'mailbox/missing', 'Not in the mailbox', {})
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/mailbox/:id/html',
    config: ACCESS,
    schema: { params: IdParams },
    handler: async ({ params }, reply) => {
      const { content } = await getMessage(deps, params)
      if (content.html === undefined) throw new NotFound(`HTML of message ${params.id}`)
      return reply.headers(MESSAGE_HEADERS).type('text/html; charset=utf-8').send(withLinksOutside(content.html))
    },
  })

  app.route({
    method: 'GET',
    url: '/mailbox/:id/source',
    config: ACCESS,
    schema: { params: IdParams },
    handler: async ({ params }, reply) =>
      reply
        .headers(MESSAGE_HEADERS)
        .header('content-disposition', `attachment; filename="message-${params.id}.eml"`)
        .type('text/plain; charset=utf-8')
        .send(await getSource(deps, params)),
  })

  app.route({
    method: 'POST',
    url: '/mailbox/:id/reply',
    config: { ...ACCESS, does: 'Answer a caught message' },
    schema: { params: IdParams, body: ReplyBody },
    handler: async ({ params, body }, reply) => {
      const answer = await noticeOf(replyToMessage(deps, { ...params, text: body.text }))
      return reply.redirect(`/mailbox/${params.id}?${answer}`, 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/mailbox/clear',
    config: { ...ACCESS, does: 'Empty the mailbox' },
    // A form's empty body is an object to formbody, and nothing at all to a program.
    schema: { body: Type.Optional(Type.Any()) },
    handler: async (_request, reply) => {
      await deleteMessages(db)
      return reply.redirect('/mailbox', 303)
    },
  })
}

const FAULT_NOTICES: Record<string, string> = {
  empty: 'Write something first.',
  refused: 'The answer was not taken by the mail server. Nothing was stored.',
}

/** What the page says after an answer, as its query. */
async function noticeOf(answer: Promise<number | undefined>): Promise<string> {
  try {
    const id = await answer
    return id === undefined ? 'notice=replied' : `notice=replied&reply=${id}`
  } catch (error) {
    if (error instanceof InvalidInput) return 'notice=empty'
    if (error instanceof Upstream) return 'notice=refused'
    throw error
  }
}

/** In a frame a link would replace the message; `base` changes where links open, and nothing else. */
function withLinksOutside(html: string): string {
  const base = '<base target="_blank">'
  const head = /<head(\s[^>]{0,500})?>/i.exec(html)
  return head
    ? html.slice(0, head.index + head[0].length) + base + html.slice(head.index + head[0].length)
    : base + html
}
