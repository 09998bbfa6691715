import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Conflict, InvalidInput, NotAllowed, NotFound, PairpostError, Upstream } from '../lib/errors.ts'
import { isDatabaseAway, isUnstorableInput } from '../platform/db/faults.ts'
import type { Pages } from '../platform/http/pages.ts'
import { wantsPage } from '../platform/http/problem.ts'
import { faultsOf } from '../platform/http/schema-faults.ts'
import { FormExpired } from '../platform/http/sessions.ts'
import { answerLostForm } from './lost-form.ts'
import { plainFrame } from './plain-frame.ts'
import type { Shell } from './shell.ts'

interface ErrorPage {
  status: number
  title: string
  message: string
}

/**
 * Answers what a page of the console failed with: a page in words, with what was typed when it was a form. Programs
 * get what the rest of the service answers them, by throwing on.
 */
export function answerConsoleError(deps: { shell: Shell; pages: Pages }) {
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const page = describe(error)
    // It may be the session itself that could not be kept: it would fail this answer too.
    if (page.status >= 500) request.session = null as never
    if (!wantsPage(request)) throw error
    if (error instanceof FormExpired) return answerLostForm(deps.pages, request, reply)
    if (page.status >= 500) request.log.error({ err: error }, 'page failed')
    if (page.status === 503) reply.header('retry-after', 5)
    return showError(deps, reply, page)
  }
}

/** Inside the console's frame for who is signed in, else by itself. */
async function showError(
  { shell, pages }: { shell: Shell; pages: Pages },
  reply: FastifyReply,
  page: ErrorPage,
): Promise<FastifyReply> {
  const { caller } = reply.request
  reply.status(page.status)
  const model = { ...page, ways: [caller ? { href: '/console', text: 'Home' } : { href: '/sign-in', text: 'Sign in' }] }
  // A frame needs the database: when that is what failed, the page stands alone.
  if (caller?.staff && page.status < 500) return shell.show(reply, 'error', { title: page.title, nav: 'home' }, model)
  return showAlone(pages, reply, model)
}

/** For an upload of who is signed out: nothing of it was read. */
export function showSignedOut(pages: Pages, reply: FastifyReply): FastifyReply {
  return showAlone(pages, reply, {
    status: 401,
    title: 'You are signed out',
    message: 'Nothing was changed. Sign in, then go back to the page before this one and send it again.',
    ways: [{ href: '/sign-in', text: 'Sign in' }],
  })
}

/** For an address of the console at which there is nothing. */
export function showMissingPage(pages: Pages, reply: FastifyReply): FastifyReply {
  return showAlone(pages, reply, {
    status: 404,
    title: 'Not found',
    message: 'There is nothing at this address. It may have been mistyped, or what was here is gone.',
    ways: [{ href: '/console', text: 'Home' }],
  })
}

function describe(error: FastifyError): ErrorPage {
  if (error.validation) {
    const words = faultsOf(error.validation).map(({ field, message }) => `${field} ${message}`)
    return { status: 422, title: 'That could not be read', message: `${words.join('. ')}.` }
  }
  if (error instanceof NotFound) return { status: 404, title: 'Not found', message: error.message }
  if (error instanceof Conflict) return { status: 409, title: 'Things have changed', message: error.message }
  if (error instanceof NotAllowed) return { status: 403, title: 'Not allowed', message: error.message }
  if (error instanceof InvalidInput)
    return { status: 422, title: 'That cannot be done', message: error.faults.map(({ message }) => message).join(' ') }
  if (error instanceof Upstream) return { status: 502, title: 'Another service failed', message: error.message }
  if (isUnstorableInput(error))
    return {
      status: 422,
      title: 'That could not be read',
      message: 'Something in it is out of range, or holds a character that cannot be kept.',
    }
  if (isDatabaseAway(error))
    return { status: 503, title: 'Not available now', message: 'The database does not answer. Try again in a moment.' }
  if (error.statusCode === 413)
    return {
      status: 413,
      title: 'Too large',
      message: 'What was sent is larger than this page takes. Nothing of it was kept.',
    }
  if (error.statusCode !== undefined && error.statusCode < 500)
    return { status: error.statusCode, title: 'That could not be read', message: error.message }
  const words = error instanceof PairpostError ? error.message : 'Something went wrong on our side. It has been logged.'
  return { status: 500, title: 'Something went wrong', message: words }
}

/** Without the console's frame. */
function showAlone(
  pages: Pages,
  reply: FastifyReply,
  model: ErrorPage & { ways: { href: string; text: string }[] },
): FastifyReply {
  return reply
    .status(model.status)
    .type('text/html; charset=utf-8')
    .send(pages.render('console/error', plainFrame(model.title), model))
}
