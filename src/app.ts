import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import about from '../package.json' with { type: 'json' }
import type { Deps } from './deps.ts'
import {
  addCampaignRoutes,
  addScheduleRoutes,
  listCampaignFindings,
  measureCampaign,
} from './features/campaigns/index.ts'
import {
  addDeliveryRoutes,
  addUnsubscribeRoutes,
  countDeliveriesByState,
  measureSender,
} from './features/deliveries/index.ts'
import { addImportRoutes } from './features/imports/index.ts'
import { addMailboxRoutes } from './features/mailbox/index.ts'
import { addPeopleRoutes } from './features/people/index.ts'
import { addRoundRoutes } from './features/rounds/index.ts'
import { addStaffRoutes, findCaller } from './features/staff/index.ts'
import type { QueueName } from './jobs/catalog.ts'
import { addJobRoutes } from './jobs/routes.ts'
import { addAssets } from './platform/http/assets.ts'
import { addHealth } from './platform/http/health.ts'
import { addIdempotency } from './platform/http/idempotency.ts'
import { addMetrics, type Reading } from './platform/http/metrics.ts'
import { openHttp } from './platform/http/open.ts'
import { addOpenApi } from './platform/http/openapi.ts'
import { openPages } from './platform/http/pages.ts'
import { setPageHeaders } from './platform/http/security-headers.ts'
import type { TypedApp } from './platform/http/typed-app.ts'

/** What only the process that builds the app knows. */
export interface AppParts {
  /** The built-in mailbox's own server, where replies typed at /mailbox go. Absent when SMTP_URL is set. */
  mailboxSmtpUrl?: string | undefined
}

type AddRoutes = (app: TypedApp, deps: Deps, parts: AppParts) => unknown

/** What keeps mail from leaving at this moment, in words; every key is null or empty when all is well. */
async function explainSending({ db }: Pick<Deps, 'db'>) {
  const { trouble, closed, stopped_domains } = await measureSender(db)
  return { trouble: trouble ?? null, closed: closed ?? null, stopped_domains }
}

/** What answers under /api/v1, behind a token. */
const API: AddRoutes[] = [
  addRoundRoutes,
  addPeopleRoutes,
  addImportRoutes,
  addJobRoutes,
  (app, deps) =>
    addCampaignRoutes(app, deps, {
      listFindings: (id) => listCampaignFindings(deps, id),
      progressOf: async (id) => ({ ...(await measureCampaign(deps.db, id)), sending: await explainSending(deps) }),
    }),
  addScheduleRoutes,
  addDeliveryRoutes,
  addStaffRoutes,
]

/** Pages and links outside the API: browsers and mail programs come here without a token. */
const PAGES: AddRoutes[] = [
  (app, deps) => addUnsubscribeRoutes(app, { ...deps, pages: openPages() }),
  addAssets,
  (app, deps, { mailboxSmtpUrl }) => mailboxSmtpUrl && addMailboxRoutes(app, deps, { smtpUrl: mailboxSmtpUrl }),
]

const FORM_LIMIT = 64 * 1024

/** The whole web service, not listening yet. */
export async function buildApp(deps: Deps, parts: AppParts = {}): Promise<TypedApp> {
  const app = openHttp({
    log: deps.log,
    clock: deps.clock,
    host: deps.config.host,
    findCaller: (token) => findCaller(deps, token),
  })
  addHealth(app, deps.log, {
    'The database': () => deps.pool.query('select 1'),
    'The queue': () => deps.queue.ping(),
  })
  addMetrics(app, deps.log, readingsOf(deps))
  await addOpenApi(app, { version: about.version })
  await app.register(apiOf(deps, parts), { prefix: '/api/v1' })
  await app.register(pagesOf(deps, parts))
  return app
}

function apiOf(deps: Deps, parts: AppParts): FastifyPluginAsync {
  return async (scope) => {
    const api = scope.withTypeProvider<TypeBoxTypeProvider>()
    await api.register(multipart)
    addIdempotency(api, deps)
    for (const addRoutes of API) await addRoutes(api, deps, parts)
  }
}

function pagesOf(deps: Deps, parts: AppParts): FastifyPluginAsync {
  return async (scope) => {
    const pages = scope.withTypeProvider<TypeBoxTypeProvider>()
    pages.addHook('onRequest', async (_request, reply) => {
      setPageHeaders(reply)
    })
    await pages.register(formbody, { bodyLimit: FORM_LIMIT })
    // RFC 8058 section 3.2: a one-click unsubscribe may come as multipart; what it says is in its address.
    await pages.register(multipart)
    for (const addRoutes of PAGES) await addRoutes(pages, deps, parts)
  }
}

/** The figures of /metrics. */
function readingsOf({ db, queue }: Deps): Reading[] {
  const queues: QueueName[] = ['sending', 'work']
  const measured = (figure: 'waiting' | 'oldestSeconds') => () =>
    Promise.all(queues.map(async (name) => ({ of: name, value: (await queue.measure(name))[figure] })))
  return [
    {
      name: 'pairpost_deliveries',
      help: 'Deliveries by state',
      label: 'state',
      read: async () => Object.entries(await countDeliveriesByState(db)).map(([of, value]) => ({ of, value })),
    },
    { name: 'pairpost_queue_waiting', help: 'Jobs waiting by queue', label: 'queue', read: measured('waiting') },
    {
      name: 'pairpost_queue_oldest_seconds',
      help: 'Age of the oldest waiting job by queue',
      label: 'queue',
      read: measured('oldestSeconds'),
    },
    {
      name: 'pairpost_budget_left',
      help: 'Messages that the sending limits still allow, by window in seconds',
      label: 'window',
      read: async () =>
        (await measureSender(db)).limits.map(({ seconds, left }) => ({ of: String(seconds), value: left })),
    },
    {
      name: 'pairpost_sender_trouble',
      help: '1 while the mail server cannot be used or the provider has closed the account',
      read: async () => {
        const { trouble, closed } = await measureSender(db)
        return [{ value: trouble || closed ? 1 : 0 }]
      },
    },
  ]
}
