import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Clock } from '../../lib/clock.ts'
import type { TokenKeys } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import { isLoopback } from '../../platform/http/addresses.ts'
import type { LinkGuard } from '../../platform/http/link-guard.ts'
import type { ReaderPages } from '../../platform/http/reader-pages.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { NewHit } from './hit-queries.ts'
import { createIngest, type Ingest } from './ingest.ts'
import { hashNetwork } from './network.ts'

interface RouteDeps {
  db: Db
  clock: Clock
  log: Logger
  keys: TokenKeys
  guard: LinkGuard
  readers: ReaderPages
}

const Token = Type.String()
// Of a link of ours (features/campaigns/content/link-key.ts). Anything else stays out of the database: hits are written in
// groups, and one that it cannot take, such as a NUL, would leave those of other readers without a record.
const KEY = /^[a-z0-9]{1,64}$/
const MOST_AGENT = 200
// One transparent point, GIF89a.
const PICTURE = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/**
 * The links of an email and the picture that tells of an opening. A link leads to an address of its own campaign and
 * nowhere else, whatever is in the request. No cookie, nothing that a cache or a search engine keeps.
 */
export async function addTrackingRoutes(app: TypedApp, deps: RouteDeps): Promise<void> {
  await app.register(trackingRoutes(deps, createIngest(deps)))
}

function trackingRoutes({ clock, keys, log, guard, readers }: RouteDeps, ingest: Ingest): FastifyPluginAsync {
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    readers.addErrors(app)
    app.addHook('onRequest', async (_request, reply) => {
      setAnswerHeaders(reply)
    })
    const hitOf = (request: FastifyRequest, delivery_id: number, link_key: string | null): NewHit => ({
      delivery_id,
      link_key,
      at: clock.now(),
      method: request.method === 'HEAD' ? 'HEAD' : 'GET',
      agent: cleanAgent(request.headers['user-agent'] ?? ''),
      // A proxy of ours that does not say whom it calls for would make one network of everybody.
      network: isLoopback(request.ip) ? null : (hashNetwork(keys, request.ip) ?? null),
    })

    app.route({
      method: 'GET',
      url: '/t/:token/:key',
      config: { allow: 'public' },
      schema: { hide: true, params: Type.Object({ token: Token, key: Type.String() }) },
      handler: async (request, reply) => {
        const { token, key } = request.params
        const id = guard.read(request, 'click', token)
        if (id === undefined) return readers.sendUnknownLink(request, reply)
        // Some mail servers write addresses in capitals.
        const link_key = key.toLowerCase()
        if (!KEY.test(link_key)) return readers.sendUnknownLink(request, reply)
        const target = await ingest.record(hitOf(request, id, link_key))
        if (!target) return readers.sendUnknownLink(request, reply, 410)
        const address = target.url === null ? undefined : webAddress(target.url)
        if (address === undefined) return readers.sendUnknownLink(request, reply)
        return reply.redirect(address, 302)
      },
    })

    app.route({
      method: 'GET',
      url: '/t/:token',
      config: { allow: 'public' },
      schema: { hide: true, params: Type.Object({ token: Token }) },
      handler: async (request, reply) => {
        const id = guard.read(request, 'open', request.params.token)
        if (id === undefined) return readers.sendUnknownLink(request, reply)
        // Where a picture was asked for, a page would be shown as a broken one: it is the same whatever became of us.
        await ingest
          .record(hitOf(request, id, null))
          .catch((error) => log.debug({ err: error }, 'opening not recorded'))
        return reply.type('image/gif').send(PICTURE)
      },
    })
  }
}

function setAnswerHeaders(reply: FastifyReply): void {
  reply.headers({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow, noarchive',
  })
}

/** The address as a header can carry it; undefined when it is none of the web. */
function webAddress(text: string): string | undefined {
  const address = URL.parse(text)
  return address?.protocol === 'https:' || address?.protocol === 'http:' ? address.href : undefined
}

function cleanAgent(agent: string): string {
  return agent
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MOST_AGENT)
}
