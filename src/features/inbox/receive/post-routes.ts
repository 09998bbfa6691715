import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import { InvalidInput } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { answerProblem } from '../../../platform/http/problem.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { findReading } from './reading-queries.ts'
import { MESSAGE_OCTETS, receiveMessage } from './receive.ts'
import { findSignatureFault } from './signature.ts'

export interface PostDeps {
  db: Db
  clock: Clock
  ring: Ring
  config: { inboundSecret: string | undefined }
}

const TYPES = ['message/rfc822', 'application/octet-stream', 'text/plain']
const ASK_MS = 50
const LONGEST_WAIT_SECONDS = 10
const SIGNATURE = 'x-pairpost-signature'

/** POST /inbound: a raw message, from a program with a token or from one that signs with INBOUND_SECRET. */
export async function addPostRoute(app: TypedApp, deps: PostDeps): Promise<void> {
  await app.register((plain, _options, done) => {
    const scope = plain as TypedApp
    acceptMessages(scope)
    // A call without a token comes through to the hook below, which decides about it.
    scope.admitsSessions = true
    scope.addHook('onRequest', async (request, reply) => {
      if (request.caller || (deps.config.inboundSecret !== undefined && signatureOf(request) !== undefined)) return
      reply.header('www-authenticate', 'Bearer')
      return answerProblem(reply, 401, 'not_signed_in', 'Send an API token, or sign the message with INBOUND_SECRET.')
    })
    addRoute(scope, deps)
    done()
  })
}

/** Here alone a body of these types is a message, as it came. */
function acceptMessages(scope: TypedApp): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(TYPES, { parseAs: 'buffer', bodyLimit: MESSAGE_OCTETS }, (_request, body, done) => {
    done(null, body)
  })
}

function addRoute(scope: TypedApp, deps: PostDeps): void {
  scope.route({
    method: 'POST',
    url: '/inbound',
    bodyLimit: MESSAGE_OCTETS,
    config: { allow: 'inbox.write', does: 'Post an incoming message' },
    schema: {
      tags: ['inbox'],
      summary: 'Take a raw incoming message and, when it is read in time, say what came of it',
      description:
        'With a token, or with X-Pairpost-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body" with INBOUND_SECRET>. ' +
        'X-Envelope-From and X-Envelope-To tell the envelope, where it is known.',
      consumes: TYPES,
      querystring: Type.Object(
        {
          wait: Type.Integer({
            ...{ minimum: 0, maximum: LONGEST_WAIT_SECONDS, default: 3 },
            description: 'Seconds to wait until it is read',
          }),
        },
        { additionalProperties: false },
      ),
      response: { 200: Answer, 202: Answer },
    },
    handler: async (request, reply) => {
      const body = request.body as Buffer | undefined
      if (!Buffer.isBuffer(body) || body.length === 0)
        throw new InvalidInput([{ field: 'body', message: 'must be a raw message (message/rfc822).' }])
      const fault = request.caller ? undefined : faultOf(request, body, deps)
      if (fault !== undefined) return answerProblem(reply, 401, 'bad_signature', fault)
      const { id, duplicate } = await receiveMessage(deps, {
        ...{ raw: body, source: 'http' },
        mail_from: headerOf(request, 'x-envelope-from')?.replace(/^<(.*)>$/, '$1') ?? null,
        rcpt_to: headerOf(request, 'x-envelope-to')?.replace(/^<(.*)>$/, '$1') ?? null,
      })
      const reading = id === null ? undefined : await waitForReading(deps.db, id, request.query.wait)
      const isRead = reading !== undefined && reading.state !== 'received'
      return reply.status(isRead ? 200 : 202).send({
        ...{ id, duplicate, state: reading?.state ?? 'received', kind: reading?.kind ?? null },
        outcome: reading?.outcome ?? null,
        decision: decisionOf(reading?.outcome),
        guess: reading?.guess ?? null,
      })
    },
  })
}

const Answer = Type.Object({
  id: Type.Union([Type.Integer(), Type.Null()]),
  duplicate: Type.Boolean({ description: 'The same message for the same recipient was there already' }),
  state: Type.String({ description: 'received: not read yet' }),
  kind: Type.Union([Type.String(), Type.Null()]),
  outcome: Type.Union([Type.String(), Type.Null()]),
  decision: Type.Union([Type.String(), Type.Null()], { description: 'confirm or decline, when it was recorded' }),
  guess: Type.Unknown(),
})

const decisionOf = (outcome: string | null | undefined) =>
  outcome === 'confirmed' ? 'confirm' : outcome === 'declined' ? 'decline' : null

async function waitForReading(db: Db, id: number, seconds: number) {
  for (let asked = 0; ; asked++) {
    const reading = await findReading(db, id)
    if (reading?.state !== 'received' || asked * ASK_MS >= seconds * 1000) return reading
    await sleep(ASK_MS)
  }
}

function faultOf(request: FastifyRequest, body: Buffer, { config, clock }: PostDeps): string | undefined {
  const header = signatureOf(request) ?? ''
  return findSignatureFault({ header, body, secret: config.inboundSecret as string, now: clock.now() })
}

const signatureOf = (request: FastifyRequest) => headerOf(request, SIGNATURE)

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
