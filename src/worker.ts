import { limitsFromEnvironment } from './config.ts'
import { demoWork } from './demo/data.ts'
import type { Deps } from './deps.ts'
import { sweepApplications } from './features/applications/index.ts'
import { checkLinks, createComposer, senderOf, sweepDeliveries } from './features/campaigns/index.ts'
import { sweepConfirmations } from './features/confirmations/index.ts'
import { ensureSender, sendDue } from './features/deliveries/index.ts'
import { forgetKeptUploads, importWork } from './features/imports/index.ts'
import { createInboxReplyComposer, createSenderCheck, readIncomingJob, sweepIncoming } from './features/inbox/index.ts'
import { mailchimpWork, settleMailchimpEvents, sweepMailchimp } from './features/mailchimp/index.ts'
import { matchingWork, tileScorer } from './features/matching/index.ts'
import { liftEndedPauses } from './features/people/index.ts'
import { sweepRetention } from './features/privacy/index.ts'
import { isDemoLoaded } from './features/programme/index.ts'
import { refreshReports } from './features/reports/index.ts'
import { createSignInComposer, sweepSessions } from './features/staff/index.ts'
import { settleHits } from './features/tracking/index.ts'
import { sendWebhooks, sweepWebhooks } from './features/webhooks/index.ts'
import type { Handlers } from './jobs/catalog.ts'
import { type LongWorkKinds, longWorkHandlers } from './jobs/long-work.ts'
import { Conflict, PairpostError, Upstream, wordsOf } from './lib/errors.ts'
import { forgetIdempotencyKeys } from './platform/http/idempotency.ts'
import { within } from './platform/http/time-limit.ts'
import { openInstallation } from './platform/installation.ts'
import { openIncomingReader } from './platform/mail/incoming/index.ts'
import { readSigner } from './signer.ts'

const DEMO_IS_NOBODY =
  'The demo data are loaded, so nobody is mirrored to Mailchimp. Remove them in the console, at Home, before real people are.'
const DEMO_STAYS_HERE =
  'The demo data are loaded, so nothing is handed to SMTP_URL. Remove them in the console, at Home, before real mail is sent.'

/** Begins to handle every job of the catalog: imports, campaigns, sending. It ends with `deps.close()`. */
export async function startWorker(deps: Deps, { smtpUrl }: { smtpUrl: string }): Promise<void> {
  const senderId = await ensureSender(deps.db, limitsFromEnvironment(deps.config))
  const installation = openInstallation({ db: deps.db, dataDir: deps.config.dataDir })
  const composing = {
    ...deps,
    signer: await readSigner(deps.config),
    from: senderOf(deps.config, { from_name: '' }, null),
  }
  const compose = createSignInComposer(composing, createInboxReplyComposer(composing, createComposer(composing)))
  const checkSender = createSenderCheck()
  const readIncoming = readIncomingJob({ ...deps, read: openIncomingReader().read, compose, checkSender })

  const mirror = openMirrorGuard(deps, installation)

  const handlers: Handlers = {
    'send-due': async (_input, signal) => {
      const assertMaySend = async () => {
        await installation.assertMaySend()
        if (deps.config.smtpUrl && (await isDemoLoaded(deps.db))) throw new Conflict('fenced', DEMO_STAYS_HERE)
      }
      const { smtpConnections, mailDomain } = deps.config
      // The ledger keeps everything for when a person has decided.
      await unlessFenced(deps, () =>
        sendDue({ ...deps, smtpUrl, smtpConnections, mailDomain, senderId, compose, assertMaySend }, signal),
      )
    },
    'sweep-deliveries': () =>
      sweepDeliveries({ ...deps, senderId, countWaiting: async () => (await deps.queue.measure('sending')).waiting }),
    'check-links': (input, signal) => checkLinks(deps, input, signal),
    'sweep-idempotency-keys': () => forgetIdempotencyKeys(deps),
    'sweep-suppressions': async () => void (await liftEndedPauses(deps)),
    'sweep-imports': async () => void (await forgetKeptUploads(deps)),
    'sweep-sessions': () => sweepSessions(deps),
    'read-incoming': readIncoming,
    'sweep-incoming': () => sweepIncoming(deps),
    'sweep-confirmations': () => sweepConfirmations(deps),
    'sweep-applications': () => sweepApplications(deps),
    'count-hits': async () => void (await settleHits(deps)),
    'refresh-reports': () => refreshReports(deps),
    'sweep-retention': async () => void (await sweepRetention(deps)),
    'send-webhooks': (_input, signal) => sendWebhooks(deps, signal),
    'sweep-webhooks': () => sweepWebhooks(deps),
    // Without a key too: an unsubscription there stops mail here by its own word.
    'settle-mailchimp-events': (_input, signal) => mirror.guard(() => settleMailchimpEvents(deps, signal)),
    'sweep-mailchimp': async (_input, signal) => {
      if (deps.mailchimp) await mirror.guard(() => sweepMailchimp(deps, signal))
    },
    'score-matching-tile': tileScorer(deps),
    ...longWorkHandlers(deps, {
      ...{ ...importWork(deps), ...matchingWork(deps), ...demoWork(deps) },
      ...mirror.guardAll(mailchimpWork(deps)),
    }),
  }
  await reachQueue(deps, deps.work(handlers))
}

/**
 * Says in words why this database may act on nobody, a line for each ring: whatever waits is kept for when a person has
 * decided.
 */
async function unlessFenced({ log }: Pick<Deps, 'log'>, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof PairpostError && error.code === 'fenced') log.error(error.message)
    else throw error
  }
}

/** A restored copy must not write its past to Mailchimp, and made-up people are nobody's contacts. */
function openMirrorGuard(deps: Deps, installation: Pick<ReturnType<typeof openInstallation>, 'assertMaySend'>) {
  const assertMayMirror = async () => {
    await installation.assertMaySend()
    const isRealAccount = deps.config.mailchimp !== undefined && deps.config.mailchimp.baseUrl === undefined
    if (isRealAccount && (await isDemoLoaded(deps.db))) throw new Conflict('fenced', DEMO_IS_NOBODY)
  }
  return {
    guard: (work: () => Promise<unknown>) => unlessFenced(deps, () => assertMayMirror().then(work)),
    guardAll: (kinds: LongWorkKinds): LongWorkKinds =>
      Object.fromEntries(
        Object.entries(kinds).map(([kind, run]) => [kind, (work) => assertMayMirror().then(() => run(work))]),
      ),
  }
}

/** Processes of one compose file start at once: the queue may be a moment late. */
const QUEUE_START_MS = 10_000

async function reachQueue({ config }: Deps, begun: Promise<void>): Promise<void> {
  try {
    await within(QUEUE_START_MS, begun)
  } catch (error) {
    const where = config.redisUrl ? `Redis at ${new URL(config.redisUrl).host}` : 'The queue in the database'
    throw new Upstream('queue_unreachable', `${where} cannot be used: ${wordsOf(error)}.`, {
      cause: error,
      retryable: true,
    })
  }
}
