import { Type } from '@fastify/type-provider-typebox'
import { type PreviewReader, previewCampaign, showInScheme } from '../../features/campaigns/index.ts'
import { InvalidInput, NotAllowed } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Caller } from '../../platform/http/access.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { gatherPeople } from './gather.ts'
import { presentPreview } from './present-preview.ts'
import { Params, PreviewFields, readChoice } from './query.ts'
import { callerOf } from './view.ts'

/**
 * A document of its own: styles and pictures as the message has them, no script, no form, and sandboxed also when it
 * is opened by itself. A link opens in a window of its own, when its reader asks for one. Of our origin only because no
 * script runs in it: so the page around it can scroll it to where it was.
 */
const DOCUMENT_POLICY =
  "default-src 'none'; img-src 'self' https: http: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin"

const Query = Type.Object({
  ...PreviewFields.properties,
  language: Type.Optional(Type.String({ maxLength: 40 })),
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
})

/** The message itself, for a frame; and the frame with its choices, for htmx. */
export function addPreview(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/preview',
    config: { allow: 'campaigns.read' },
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      const { params, query } = request
      const { part = 'html', scheme, as = 'sample' } = query
      reply.headers({ 'content-security-policy': DOCUMENT_POLICY, 'referrer-policy': 'no-referrer' })
      try {
        const preview = await previewCampaign(deps, {
          campaign_id: params.id,
          person_id: readerOf(as, callerOf(request)),
          part: part === 'text' ? 'text' : 'html',
          language: query.language,
          version: query.version,
        })
        if (preview.html === undefined) return reply.type('text/plain; charset=utf-8').send(asSent(preview.text ?? ''))
        const html = scheme === 'light' || scheme === 'dark' ? showInScheme(preview.html, scheme) : preview.html
        return reply.type('text/html; charset=utf-8').send(asSent(html))
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        const faults = error.faults.map(({ message }) => message).join('\n')
        return reply.status(422).type('text/plain; charset=utf-8').send(`There is no preview yet.\n\n${faults}\n`)
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/frame',
    config: { allow: 'campaigns.read' },
    schema: {
      params: Params,
      querystring: Type.Object({ ...PreviewFields.properties, language: Type.String({ maxLength: 40 }) }),
    },
    handler: async (request, reply) => {
      const { params, query } = request
      const caller = callerOf(request)
      const choice = readChoice(query, caller.role)
      const people = await gatherPeople(deps, params.id, caller, choice)
      return deps.shell.showPart(reply, 'write/_preview', presentPreview(params.id, query.language, choice, people))
    },
  })
}

function readerOf(as: string, { role, staff }: Caller): PreviewReader {
  if (as === 'me') {
    const [given_name = '', ...family] = (staff?.name ?? '').split(' ')
    return { given_name, family_name: family.join(' ') }
  }
  if (as === 'sample') return null
  if (!mayDo(role, 'people.read')) throw new NotAllowed('Your role shows sample values only.')
  return Number(as)
}

/** Line breaks as a message has them (RFC 5322 section 2.3): the preview is the message to the octet. */
function asSent(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}
