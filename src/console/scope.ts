import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sessionStore } from '../features/staff/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { TokenKeys } from '../lib/tokens.ts'
import type { Db } from '../platform/db/open.ts'
import { admit } from '../platform/http/access.ts'
import { addAudit } from '../platform/http/audit.ts'
import { refuseForeignOrigin } from '../platform/http/origin.ts'
import type { Pages } from '../platform/http/pages.ts'
import { answerProblem, wantsPage } from '../platform/http/problem.ts'
import { addSessions, verifyForm } from '../platform/http/sessions.ts'
import { answerConsoleError, showSignedOut } from './errors.ts'
import { answerLostForm } from './lost-form.ts'
import type { Shell } from './shell.ts'

/** A whole topic in four languages is 60 KB as a form. */
const FORM_LIMIT = 512 * 1024

/** Our own scripts, styles and pictures, forms that come back to us, and our own previews in frames. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

interface ScopeDeps {
  db: Db
  clock: Clock
  keys: TokenKeys
  pages: Pages
  shell: Shell
  config: { publicUrl: string }
}

/**
 * What holds for every route of the console: the session and its person, the permission beside the path, the token in
 * each form, the audit log, and errors as pages.
 */
export async function addConsoleScope(scope: FastifyInstance, deps: ScopeDeps): Promise<void> {
  scope.decorate('admitsSessions', true)
  await scope.register(formbody, { bodyLimit: FORM_LIMIT })
  await scope.register(multipart)
  await addSessions(scope, { keys: deps.keys, store: sessionStore(deps), publicUrl: deps.config.publicUrl })

  scope.addHook('onRequest', async (request, reply) => {
    // Our own forms need their Origin, which `no-referrer` would take from them.
    reply.headers({ 'content-security-policy': POLICY, 'referrer-policy': 'same-origin' })
    const { staff } = request.session
    if (request.routeOptions.config.allow === 'public') return
    if (staff && !request.caller) admit(request, { name: `staff ${staff.id}`, role: staff.role, staff })
    // Another site's form comes without our cookie: given back as what was typed here, it would be one press away
    // from being carried out.
    if (!request.caller || request.caller.staff) refuseForeignOrigin(request)
    if (request.caller || request.isOpenHere) return
    // What was typed is read first, and given back.
    if (!isForm(request)) return refuse(deps.pages, request, reply)
  })

  scope.addHook('preValidation', async (request, reply) => {
    const { allow, csrf } = request.routeOptions.config
    if (allow === 'public') return
    if (!request.caller && !request.isOpenHere) {
      // Who wants to be out is out.
      if (request.routeOptions.url === '/sign-out') return reply.redirect('/sign-in', 303)
      return answerLostForm(deps.pages, request, reply)
    }
    if (request.caller?.staff && csrf === undefined && !isSafe(request)) await verifyForm(scope, request)
  })

  addAudit(scope, deps)
  scope.setErrorHandler(answerConsoleError(deps))
}

function refuse(pages: Pages, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (wantsPage(request)) return isSafe(request) ? reply.redirect('/sign-in', 302) : showSignedOut(pages, reply)
  return answerProblem(
    reply,
    401,
    'not_signed_in',
    'You are signed out. Sign in again in another window; nothing is lost here.',
  )
}

const isSafe = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD'

function isForm(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? ''
  return !isSafe(request) && wantsPage(request) && type.startsWith('application/x-www-form-urlencoded')
}
