import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { listRoundRows } from '../features/rounds/index.ts'
import { type Asking, findAsking, findSignIn, LINK_MINUTES, mailSignIn, useSignIn } from '../features/staff/index.ts'
import { type FieldFault, InvalidInput } from '../lib/errors.ts'
import { refuseForeignOrigin } from '../platform/http/origin.ts'
import type { TypedApp } from '../platform/http/typed-app.ts'
import { plainFrame } from './plain-frame.ts'
import type { ConsoleDeps } from './shell.ts'

const Token = Type.Object({ token: Type.String({ maxLength: 100 }) })
/** One address, or nothing. */
const BODY_LIMIT = 16 * 1024
const open = { allow: 'public' } as const

/**
 * Sign-in by a mailed link. The link leads to a page with a button, since mail scanners follow links; the button's
 * POST uses it up. No answer tells whether an address belongs to anybody, nor does the time it takes: the email is
 * made beside the answer. How many go to one person is limited, not how many are asked for from one network: behind
 * a proxy that hides its callers, a stranger could keep everybody out.
 */
export function addSignInPages(app: TypedApp, deps: ConsoleDeps): void {
  const mail = openLinkMailer(app, deps)
  const show = (reply: FastifyReply, page: string, title: string, model: object) =>
    reply
      // A link stands in the address: not even our own style sheet is asked for with it in the Referer.
      .header('referrer-policy', 'strict-origin')
      .type('text/html; charset=utf-8')
      .send(deps.pages.render(`sign-in/${page}`, plainFrame(title), model))
  const ask = (reply: FastifyReply, address: string, faults: FieldFault[]) =>
    show(reply, 'ask', 'Sign in', { address, faults })

  app.route({
    method: 'GET',
    url: '/',
    config: open,
    handler: async (_request, reply) => reply.redirect('/console', 302),
  })

  app.route({
    method: 'GET',
    url: '/sign-in',
    config: open,
    handler: async (request, reply) => (request.session.staff ? reply.redirect('/console', 302) : ask(reply, '', [])),
  })

  app.route({
    method: 'POST',
    url: '/sign-in',
    config: open,
    bodyLimit: BODY_LIMIT,
    schema: { body: Type.Object({ address: Type.String({ maxLength: 320, default: '' }) }) },
    handler: async (request, reply) => {
      refuseForeignOrigin(request)
      const { address } = request.body
      try {
        const asking = await findAsking(deps, { address })
        if (asking) mail(asking)
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        return ask(reply.status(422), address, error.faults)
      }
      return reply.redirect('/sign-in/asked', 303)
    },
  })

  app.route({
    method: 'GET',
    url: '/sign-in/asked',
    config: open,
    handler: async (_request, reply) =>
      show(reply, 'asked', 'Look into your mailbox', {
        minutes: LINK_MINUTES,
        mailbox_href: deps.config.smtpUrl ? '' : '/mailbox',
      }),
  })

  app.route({
    method: 'GET',
    url: '/sign-in/:token',
    config: open,
    schema: { params: Token },
    handler: async ({ params }, reply) => {
      const found = await findSignIn(deps, params.token)
      if (!found) return show(reply.status(410), 'gone', 'This link does not work any more', {})
      return show(reply, 'confirm', 'Sign in', { name: found.name, action: `/sign-in/${params.token}` })
    },
  })

  app.route({
    method: 'POST',
    url: '/sign-in/:token',
    config: open,
    bodyLimit: BODY_LIMIT,
    schema: { params: Token, body: Type.Optional(Type.Any()) },
    handler: async (request, reply) => {
      refuseForeignOrigin(request)
      const staff_id = await useSignIn(deps, request.params.token)
      if (staff_id === undefined) return show(reply.status(410), 'gone', 'This link does not work any more', {})
      // A new session, whatever the browser brought along: nobody can have prepared it.
      await request.session.regenerate()
      request.session.set('staff_id', staff_id)
      // Makes the secret of its forms now, so that no page has to write one.
      reply.generateCsrf({ userInfo: String(staff_id) })
      return reply.redirect('/console', 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/sign-out',
    config: { allow: 'rounds.read', does: 'Sign out' },
    handler: async (request, reply) => {
      await request.session.destroy()
      return reply.clearCookie('pairpost_session', { path: '/' }).redirect('/sign-in', 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/round',
    config: { allow: 'rounds.read', does: 'Look at another round', audited: false },
    schema: {
      body: Type.Object({
        round: Type.String({ maxLength: 32 }),
        back: Type.Optional(Type.String({ maxLength: 2000 })),
      }),
    },
    handler: async (request, reply) => {
      const { round, back } = request.body
      const isKnown = (await listRoundRows(deps.db)).some(({ code }) => code === round)
      if (isKnown && request.session.staff_id !== undefined) request.session.set('round_code', round)
      return reply.redirect(ownPath(back), 303)
    },
  })
}

/**
 * Mails links while the answers are already on their way, one at a time to each person. The service waits for them
 * when it ends.
 */
function openLinkMailer(app: TypedApp, deps: ConsoleDeps): (asking: Asking) => void {
  const underWay = new Map<number, Promise<void>>()
  app.addHook('onClose', async () => {
    await Promise.all(underWay.values())
  })
  return (asking) => {
    const { staff_id } = asking
    if (underWay.has(staff_id)) return
    const mailing = mailSignIn(deps, asking)
      .catch((error) => deps.log.error({ err: error }, 'a sign-in link was not mailed'))
      .finally(() => underWay.delete(staff_id))
    underWay.set(staff_id, mailing)
  }
}

/** A page of the console, never another site's. The page of one thing of another round would not be of this round. */
function ownPath(path: string | undefined): string {
  return path !== undefined && /^\/console(\/[\w/-]*)?$/.test(path) && !/\d/.test(path) ? path : '/console'
}
