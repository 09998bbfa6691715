import { createHash } from 'node:crypto'
import { Type } from '@fastify/type-provider-typebox'
import { answerProblem } from '../../../platform/http/problem.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import type { MailchimpDeps } from '../deps.ts'
import { insertEvent } from './event-queries.ts'
import { parseMessage } from './message.ts'
import { isSecret, listSecrets } from './secret.ts'
import { isSigned } from './signature.ts'

type WebhookDeps = Pick<MailchimpDeps, 'db' | 'clock' | 'ring' | 'keys' | 'config'>

const BODY_OCTETS = 64 * 1024
const FORM = 'application/x-www-form-urlencoded'
const tags = ['Mailchimp']
const Params = Type.Object({ secret: Type.String() })

/**
 * Where Mailchimp tells us what others do there: GET (and HEAD) shows it that the address is right, POST keeps one message.
 * Nobody is known here but by the secret in the address, which stands in no log: that has patterns of addresses only.
 */
export async function addMailchimpWebhookRoutes(app: TypedApp, deps: WebhookDeps): Promise<void> {
  await app.register((plain, _options, done) => {
    const scope = plain as TypedApp
    acceptForms(scope)
    // Before the body: who does not know the address makes us read nothing.
    scope.addHook('onRequest', async (request, reply) => {
      const { secret } = request.params as { secret: string }
      if (!isSecret(deps, secret)) return answerProblem(reply, 404, 'not_found', 'There is nothing at this address.')
    })
    addRoutes(scope, deps)
    done()
  })
}

/** Here alone a body is a form, kept as it came: its octets are what is signed. */
function acceptForms(scope: TypedApp): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(FORM, { parseAs: 'buffer', bodyLimit: BODY_OCTETS }, (_request, body, done) => {
    done(null, body)
  })
}

function addRoutes(scope: TypedApp, deps: WebhookDeps): void {
  scope.route({
    method: 'GET',
    url: '/webhooks/mailchimp/:secret',
    config: { allow: 'public' },
    schema: { tags, summary: 'Mailchimp asks whether the address of its webhook is right', params: Params },
    handler: async (_request, reply) => reply.type('text/plain').send('This address takes webhooks of Mailchimp.\n'),
  })

  scope.route({
    method: 'POST',
    url: '/webhooks/mailchimp/:secret',
    bodyLimit: BODY_OCTETS,
    config: { allow: 'public' },
    schema: {
      tags,
      summary: 'Mailchimp tells of a change',
      description:
        'Form-encoded. X-Mailchimp-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body"> must be right where it is sent. ' +
        'What is of no use to us, such as a message about another audience, is answered 200 as well: it would be sent again for an hour.',
      consumes: [FORM],
      params: Params,
    },
    handler: async ({ body, headers }, reply) => {
      const octets = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
      const signature = headers['x-mailchimp-signature']
      const signed = { body: octets, secrets: listSecrets(deps), now: deps.clock.now() }
      if (signature !== undefined && !isSigned({ ...signed, header: String(signature) }))
        return answerProblem(reply, 403, 'bad_signature', 'The signature is not right, or older than 300 seconds.')
      await keepMessage(deps, octets)
      return reply.status(200).send()
    },
  })
}

/** One row, and the doorbell: nothing is asked and nothing changed before Mailchimp has its answer. */
async function keepMessage({ db, clock, ring }: WebhookDeps, body: Buffer): Promise<void> {
  const told = parseMessage(body)
  if (!told) return
  const digest = createHash('sha256').update(body).digest()
  const kept = await insertEvent(db, { told, digest, now: clock.now() })
  if (kept && !kept.is_settled) await ring('settle-mailchimp-events', {})
}
