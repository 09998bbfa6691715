import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Pages } from '../platform/http/pages.ts'
import { plainFrame } from './plain-frame.ts'

/** Longer ones are shown in a field of their own. */
const LONG = 120

/**
 * The answer to a form whose session has ended, or began anew, while it was written: everything typed is there again,
 * and goes on its way once its writer is signed in. Nothing is kept here: the page itself holds it.
 */
export function answerLostForm(pages: Pages, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { staff } = request.caller ?? {}
  const fields = Object.entries((request.body as Record<string, unknown> | null | undefined) ?? {})
    .filter(([name]) => name !== '_csrf')
    .flatMap(([name, value]) => [value].flat().map((one) => ({ name, value: String(one) })))
    .map((field) => ({ ...field, long: field.value.length > LONG || field.value.includes('\n') }))
  const model = {
    signed_in: staff !== undefined,
    action: request.url,
    fields,
    sign_in_href: '/sign-in',
    csrf: staff ? reply.generateCsrf({ userInfo: String(staff.id) }) : '',
  }
  return reply
    .status(staff ? 403 : 401)
    .type('text/html; charset=utf-8')
    .send(pages.render('console/resubmit', plainFrame('Nothing is lost'), model))
}
