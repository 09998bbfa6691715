import { createHmac } from 'node:crypto'
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import session from '@fastify/session'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { NotAllowed } from '../../lib/errors.ts'
import type { TokenKeys } from '../../lib/tokens.ts'
import type { SignedIn } from './access.ts'

declare module 'fastify' {
  interface Session {
    /** Who signed in; absent in a session that has not begun. */
    staff_id?: number
    /** Read with every request: what was true of the person at sign-in may not be true any more. */
    staff?: SignedIn
    /** Code of the round that was chosen in the switcher. */
    round_code?: string
  }
  interface FastifyContextConfig {
    /**
     * Where a form's token is checked when not before the handler: `in-handler` for uploads, whose fields are read
     * there; `origin` for routes that refuse other sites by where the request comes from.
     */
    csrf?: 'in-handler' | 'origin'
  }
  interface FastifyInstance {
    /** @throws NotAllowed `form_expired` when the token does not belong to the session */
    checkCsrf(request: FastifyRequest, token: string): Promise<void>
  }
}

export const SESSION_DAYS = 7
const DAY_MS = 86_400_000
const COOKIE = 'pairpost_session'

export class FormExpired extends NotAllowed {
  constructor() {
    super('The form is older than your session.')
  }
}

/**
 * Sessions by a cookie for this scope, and tokens that bind a form to one. Nothing is written for a visitor who is
 * not signed in, nor when a session is only read.
 */
export async function addSessions(
  scope: FastifyInstance,
  { keys, store, publicUrl }: { keys: TokenKeys; store: session.SessionStore; publicUrl: string },
): Promise<void> {
  const tokens = new WeakMap<FastifyRequest, string>()
  await scope.register(cookie)
  await scope.register(session, {
    // Derived, so that what signs cookies signs nothing else; an old key still reads its cookies.
    secret: keys.map(({ secret }) => createHmac('sha256', secret).update('session cookie').digest('hex')),
    cookieName: COOKIE,
    // Lax: a link in an email must find its reader signed in. "auto": Secure wherever the request came by https.
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: 'auto', maxAge: SESSION_DAYS * DAY_MS },
    saveUninitialized: false,
    rolling: false,
    store,
  })
  await scope.register(csrf, {
    sessionPlugin: '@fastify/session',
    getUserInfo: (request) => String(request.session.staff_id ?? ''),
    getToken: (request) =>
      tokens.get(request) ??
      (request.body as { _csrf?: string } | null | undefined)?._csrf ??
      (request.headers['csrf-token'] as string | undefined),
    logLevel: 'info',
  })
  if (publicUrl.startsWith('https:')) scope.addHook('onSend', async (_request, reply) => secureCookies(reply))
  scope.decorate('checkCsrf', (request: FastifyRequest, token: string) => {
    tokens.set(request, token)
    return verifyForm(scope, request)
  })
}

/** A proxy that speaks https often forgets to say so, and the cookie would go over http too. */
function secureCookies(reply: FastifyReply): void {
  const cookies = [reply.getHeader('set-cookie') ?? []].flat().map(String)
  if (cookies.length === 0) return
  reply.removeHeader('set-cookie')
  reply.header(
    'set-cookie',
    cookies.map((one) => (/;\s*secure\b/i.test(one) ? one : `${one}; Secure`)),
  )
}

/** @throws FormExpired unless the request carries a token of its own session */
export function verifyForm(scope: FastifyInstance, request: FastifyRequest): Promise<void> {
  return new Promise((done, fail) => {
    // The plugin answers by itself; here it only says that it would.
    const reply = { send: () => fail(new FormExpired()) }
    scope.csrfProtection(request, reply as never, done)
  })
}
