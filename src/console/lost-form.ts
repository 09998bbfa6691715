import type { FastifyReply, FastifyRequest } from 'fastify'
import { InvalidInput } from '../lib/errors.ts'
import type { Pages } from '../platform/http/pages.ts'
import { plainFrame } from './plain-frame.ts'

/** Longer ones are shown in a field of their own. */
const LONG = 120
/** Far more than any form of ours has. Strangers may post here too: a page of 100,000 fields takes seconds to make. */
const MOST_FIELDS = 500

interface Field {
  name: string
  value: string
}

/**
 * The answer to a form whose session has ended, or began anew, while it was written: everything typed is there again,
 * and goes on its way once its writer is signed in. Nothing is kept here: the page itself holds it.
 * @throws InvalidInput when it is no form of ours
 */
export function answerLostForm(pages: Pages, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { staff } = request.caller ?? {}
  if (isUpload(request)) return answerLostUpload(pages, reply)
  const model = {
    signed_in: staff !== undefined,
    action: ownAddress(request.url),
    fields: readFields(request.body).map((field) => ({
      ...field,
      long: field.value.length > LONG || /[\r\n]/.test(field.value),
    })),
    sign_in_href: '/sign-in',
    csrf: staff ? reply.generateCsrf({ userInfo: String(staff.id) }) : '',
  }
  return reply
    .status(staff ? 403 : 401)
    .type('text/html; charset=utf-8')
    .send(pages.render('console/resubmit', plainFrame('Nothing is lost'), model))
}

const isUpload = ({ headers }: FastifyRequest) => (headers['content-type'] ?? '').startsWith('multipart/')

/** A file cannot be put into a page: whoever chose it chooses it again. */
function answerLostUpload(pages: Pages, reply: FastifyReply): FastifyReply {
  return reply
    .status(403)
    .type('text/html; charset=utf-8')
    .send(
      pages.render('console/error', plainFrame('Send it again'), {
        status: 403,
        title: 'Send it again',
        message:
          'You signed in anew after the page with this form was opened. Nothing was changed: go back, load the page again, and choose the file once more.',
        ways: [{ href: '/console', text: 'Home' }],
      }),
    )
}

/** What was typed; nothing of what no form sends, such as JSON. */
function readFields(body: unknown): Field[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return []
  const fields: Field[] = []
  for (const [name, value] of Object.entries(body)) {
    if (name === '_csrf') continue
    const values = [value].flat().filter((one) => typeof one === 'string')
    if (fields.length + values.length > MOST_FIELDS)
      throw new InvalidInput([{ field: name, message: `A form of more than ${MOST_FIELDS} fields is none of ours.` }])
    for (const one of values) fields.push({ name, value: one })
  }
  return fields
}

/** Without the host that a request line may name: the form comes back to us. */
function ownAddress(url: string): string {
  const { pathname, search } = URL.parse(url, 'http://localhost') ?? { pathname: '/console', search: '' }
  return pathname + search
}
