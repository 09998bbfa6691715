import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../lib/clock.ts'
import { InvalidInput } from '../../lib/errors.ts'
import type { Db } from '../db/open.ts'
import { type BodyDigest, followBody } from './body-digest.ts'
import {
  type ClaimedKey,
  claimKey,
  findKey,
  forgetKeys,
  type KnownKey,
  recordAnswer,
  releaseKey,
} from './idempotency-queries.ts'
import { answerProblem } from './problem.ts'

interface RunningRequest {
  claim: ClaimedKey
  digest: BodyDigest
  handled: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer holds a secret that is shown once: the key is remembered, the answer is not. */
    secretAnswer?: true
  }
  interface FastifyRequest {
    idempotent: RunningRequest | undefined
  }
}

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const LONGEST_KEY = 200
/** A request that has not ended by then was cut off. */
const ABANDONED_MS = 60_000
const KEPT_MS = 24 * 3600_000
/** How long the last octets of a body may take once the answer is ready. */
const BODY_END_MS = 5000
/** How long a repeated body may take that no handler reads. */
const UPLOAD_MS = 120_000

/**
 * `Idempotency-Key`: an unsafe call that is repeated with the same key does its work once, and its answer is given
 * again with `idempotent-replayed: true`.
 *
 * The same request is: same caller, method, path with query, media type and octets of the body (multipart: without
 * its boundary). Octets rather than the parsed body, so that CSV, forms and JSON follow one rule; a client repeats
 * what it sent. They are hashed while the handler reads them, so a large upload is held in memory by nobody.
 *
 * Kept for 24 h is what a handler answered below 500. Not kept is what was refused before the handler ran (wrong
 * shape, wrong role): nothing happened, so the key may be used again. Still running: 409. A process that died in
 * the middle leaves a key without an answer; after 60 s the next call with it runs the handler again, which is the
 * limit of the guarantee: work that was committed just before the crash is then done a second time unless the
 * feature itself refuses it.
 */
export function addIdempotency(app: FastifyInstance, deps: { db: Db; clock: Clock }): void {
  app.decorateRequest('idempotent', undefined)

  app.addHook('preParsing', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (key === undefined || !request.caller || !UNSAFE.has(request.method)) return
    const named = { caller: request.caller.name, key: checkedKey(key) }
    const now = deps.clock.now()
    const claim = await claimKey(deps.db, { ...named, now, abandonedBefore: new Date(now.getTime() - ABANDONED_MS) })
    if (claim) {
      request.idempotent = { claim, digest: followBody(request.raw), handled: false }
      return
    }
    const known = await findKey(deps.db, named)
    // Freed between the two statements: the other request failed, and this one may be sent again.
    if (!known || known.status === null) return answerStillRunning(reply)
    if ((await followBody(request.raw).finish(UPLOAD_MS)) !== known.request_hash) {
      throw new InvalidInput(
        [{ field: 'Idempotency-Key', message: 'was used for another request within the last 24 hours' }],
        'idempotency_key_reused',
      )
    }
    return answerAgain(reply, known, known.status)
  })

  app.addHook('preHandler', async (request) => {
    if (request.idempotent) request.idempotent.handled = true
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const running = request.idempotent
    if (!running) return
    request.idempotent = undefined
    try {
      await endRequest(running, request, reply, payload)
    } catch (error) {
      // The work is done: its answer must leave, whether or not it could be kept.
      request.log.warn({ err: error }, 'an answer could not be kept for its idempotency key')
    }
  })

  async function endRequest(
    { claim, digest, handled }: RunningRequest,
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<void> {
    const response = textOf(payload)
    const worthKeeping = handled && reply.statusCode < 500 && response !== undefined
    const hash = worthKeeping ? await digest.finish(BODY_END_MS) : undefined
    if (hash === undefined) return releaseKey(deps.db, claim)
    const secret = request.routeOptions.config.secretAnswer && reply.statusCode < 300
    await recordAnswer(deps.db, claim, {
      request_hash: hash,
      status: reply.statusCode,
      response: secret ? null : (response as string),
      content_type: (reply.getHeader('content-type') as string | undefined) ?? null,
    })
  }
}

/** Handler of 'sweep-idempotency-keys': forgets keys after a day. */
export async function forgetIdempotencyKeys({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  await forgetKeys(db, new Date(clock.now().getTime() - KEPT_MS))
}

function checkedKey(key: string | string[]): string {
  const text = String(key)
  if (/^[\x20-\x7e]+$/.test(text) && text.length <= LONGEST_KEY) return text
  throw new InvalidInput([
    { field: 'Idempotency-Key', message: `must be 1 to ${LONGEST_KEY} printable ASCII characters` },
  ])
}

function answerStillRunning(reply: FastifyReply) {
  reply.header('retry-after', 1)
  return answerProblem(
    reply,
    409,
    'idempotency_key_in_use',
    'A request with this Idempotency-Key is still running. Ask again in a moment.',
  )
}

function answerAgain(reply: FastifyReply, known: KnownKey, status: number) {
  reply.header('idempotent-replayed', 'true')
  if (known.response === null) {
    return answerProblem(
      reply,
      409,
      'answer_not_kept',
      'This request was carried out before. Its answer held a secret and was shown once.',
    )
  }
  if (known.content_type) reply.type(known.content_type)
  return reply.status(status).send(known.response)
}

/** The body of an answer as text; undefined for a stream, which is not kept. */
function textOf(payload: unknown): string | undefined {
  if (payload === undefined || payload === null) return ''
  if (typeof payload === 'string') return payload
  return Buffer.isBuffer(payload) ? payload.toString('utf8') : undefined
}
