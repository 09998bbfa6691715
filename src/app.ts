import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import about from '../package.json' with { type: 'json' }
import { addConsoleScope, CONSOLE_PAGES, createShell, type Shell, showMissingPage } from './console/index.ts'
import type { Deps } from './deps.ts'
import { addApplicationPages, addApplicationRoutes } from './features/applications/index.ts'
import {
  addAutomaticRoutes,
  addCampaignRoutes,
  addMoveRoutes,
  addReviewRoutes,
  addScheduleRoutes,
  listCampaignFindings,
  measureCampaign,
} from './features/campaigns/index.ts'
import { addCheckInPages, addCheckInRoutes } from './features/check-ins/index.ts'
import { addConfirmationRoutes, addConfirmPages } from './features/confirmations/index.ts'
import { addConsentRoutes } from './features/consents/index.ts'
import {
  addDeliveryRoutes,
  addUnsubscribeRoutes,
  countDeliveriesByState,
  measureSender,
} from './features/deliveries/index.ts'
import { addImportRoutes } from './features/imports/index.ts'
import { addInboxRoutes } from './features/inbox/index.ts'
import { addMailboxRoutes } from './features/mailbox/index.ts'
import { addMailchimpRoutes, addMailchimpWebhookRoutes } from './features/mailchimp/index.ts'
import { addMatchingRoutes } from './features/matching/index.ts'
import { addPartnershipRoutes } from './features/partnerships/index.ts'
import { addPeopleRoutes } from './features/people/index.ts'
import { addPictureRoutes } from './features/pictures/index.ts'
import { addPreferencePages } from './features/preferences/index.ts'
import { addPrivacyRoutes } from './features/privacy/index.ts'
import { addProgrammeRoutes, getProgramme } from './features/programme/index.ts'
import { addReportRoutes } from './features/reports/index.ts'
import { addRoundRoutes } from './features/rounds/index.ts'
import { addStaffRoutes, findCaller } from './features/staff/index.ts'
import { addTopicPages } from './features/topics/index.ts'
import { addTrackingRoutes } from './features/tracking/index.ts'
import { addWebhookRoutes } from './features/webhooks/index.ts'
import { QUEUES } from './jobs/catalog.ts'
import { addJobRoutes } from './jobs/routes.ts'
import { addAssets } from './platform/http/assets.ts'
import { addAudit } from './platform/http/audit.ts'
import { addHealth } from './platform/http/health.ts'
import { addIdempotency } from './platform/http/idempotency.ts'
import { type LinkGuard, openLinkGuard } from './platform/http/link-guard.ts'
import { addMetrics, type Reading } from './platform/http/metrics.ts'
import { openHttp } from './platform/http/open.ts'
import { addOpenApi } from './platform/http/openapi.ts'
import { openPages, type Pages } from './platform/http/pages.ts'
import { openReaderPages, type ReaderPages } from './platform/http/reader-pages.ts'
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
  addApplicationRoutes,
  addConfirmationRoutes,
  addInboxRoutes,
  addImportRoutes,
  addJobRoutes,
  (app, deps) =>
    addCampaignRoutes(app, deps, {
      listFindings: async (id) => {
        await deps.ring('check-links', { campaign_id: id })
        return listCampaignFindings(deps, id)
      },
      progressOf: async (id) => ({ ...(await measureCampaign(deps.db, id)), sending: await explainSending(deps) }),
    }),
  addAutomaticRoutes,
  addScheduleRoutes,
  addReviewRoutes,
  addMoveRoutes,
  addMatchingRoutes,
  addPartnershipRoutes,
  addCheckInRoutes,
  addDeliveryRoutes,
  addReportRoutes,
  addConsentRoutes,
  addPrivacyRoutes,
  addWebhookRoutes,
  addMailchimpRoutes,
  addMailchimpWebhookRoutes,
  addStaffRoutes,
  addProgrammeRoutes,
]

/** Pages and links outside the API: browsers and mail programs come here without a token. */
const PAGES: ((app: TypedApp, deps: ReaderDeps) => unknown)[] = [
  addUnsubscribeRoutes,
  addPreferencePages,
  addConfirmPages,
  addCheckInPages,
  addTrackingRoutes,
  addApplicationPages,
  addTopicPages,
  addPictureRoutes,
  addAssets,
]

type ReaderDeps = Deps & { pages: Pages; readers: ReaderPages; guard: LinkGuard }

const FORM_LIMIT = 64 * 1024
/** Half of what the best would save, in a twentieth of its time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

/** The whole web service, not listening yet. */
export async function buildApp(deps: Deps, parts: AppParts = {}): Promise<TypedApp> {
  const pages = openPages()
  const readers = openReaderPages(pages, async () => (await getProgramme(deps.db)).contact_address)
  const app = openHttp({
    log: deps.log,
    clock: deps.clock,
    host: deps.config.host,
    findCaller: (token) => findCaller(deps, token),
    showMissing: (request, reply) => {
      setPageHeaders(reply)
      return request.url.startsWith('/console') ? showMissingPage(pages, reply) : readers.sendMissing(request, reply)
    },
  })
  addHealth(app, deps.log, {
    'The database': () => deps.pool.query('select 1'),
    'The queue': () => deps.queue.ping(),
  })
  addMetrics(app, deps.log, readingsOf(deps))
  // Before the routes: answers of a kilobyte and more are compressed for who takes them so.
  await app.register(compress, { threshold: 1024, encodings: ['br', 'gzip'], brotliOptions: BROTLI })
  await addOpenApi(app, { version: about.version })
  await app.register(apiOf(deps, parts), { prefix: '/api/v1' })
  await app.register(pagesOf({ ...deps, pages, readers, guard: openLinkGuard(deps) }))
  await app.register(consoleOf({ ...deps, pages, shell: createShell({ ...deps, pages }) }, parts))
  return app
}

function apiOf(deps: Deps, parts: AppParts): FastifyPluginAsync {
  return async (scope) => {
    const api = scope.withTypeProvider<TypeBoxTypeProvider>()
    await api.register(multipart)
    addIdempotency(api, deps)
    addAudit(api, deps)
    for (const addRoutes of API) await addRoutes(api, deps, parts)
  }
}

function pagesOf(deps: ReaderDeps): FastifyPluginAsync {
  return async (scope) => {
    const pages = scope.withTypeProvider<TypeBoxTypeProvider>()
    pages.addHook('onRequest', async (_request, reply) => {
      setPageHeaders(reply)
    })
    await pages.register(formbody, { bodyLimit: FORM_LIMIT })
    // RFC 8058 section 3.2: a one-click unsubscribe may come as multipart; what it says is in its address.
    await pages.register(multipart)
    for (const addRoutes of PAGES) await addRoutes(pages, deps)
  }
}

/** Pages of the staff, behind a session; the mailbox, which shows everybody's mail, is one of them. */
function consoleOf(deps: Deps & { pages: Pages; shell: Shell }, { mailboxSmtpUrl }: AppParts): FastifyPluginAsync {
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    await addConsoleScope(app, deps)
    for (const addPages of CONSOLE_PAGES) await addPages(app, deps)
    if (mailboxSmtpUrl) await addMailboxRoutes(app, deps, { smtpUrl: mailboxSmtpUrl })
  }
}

/** The figures of /metrics. */
function readingsOf({ db, queue }: Deps): Reading[] {
  const measured = (figure: 'waiting' | 'oldestSeconds') => () =>
    Promise.all(QUEUES.map(async (name) => ({ of: name, value: (await queue.measure(name))[figure] })))
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
