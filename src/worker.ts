import { limitsFromEnvironment } from './config.ts'
import { demoWork } from './demo/data.ts'
import type { Deps } from './deps.ts'
import { sweepApplications } from './features/applications/index.ts'
import { checkLinks, createComposer, senderOf, sweepDeliveries } from './features/campaigns/index.ts'
import { sweepConfirmations } from './features/confirmations/index.ts'
import { ensureSender, sendDue } from './features/deliveries/index.ts'
import { forgetKeptUploads, importWork } from './features/imports/index.ts'
import { createInboxReplyComposer, createSenderCheck, readIncomingJob, sweepIncoming } from './features/inbox/index.ts'
import { matchingWork, tileScorer } from './features/matching/index.ts'
import { liftEndedPauses } from './features/people/index.ts'
import { sweepRetention } from './features/privacy/index.ts'
import { isDemoLoaded } from './features/programme/index.ts'
import { refreshReports } from './features/reports/index.ts'
import { createSignInComposer, sweepSessions } from './features/staff/index.ts'
import { settleHits } from './features/tracking/index.ts'
import { sendWebhooks, sweepWebhooks } from './features/webhooks/index.ts'
import type { Handlers } from './jobs/catalog.ts'
import { longWorkHandlers } from './jobs/long-work.ts'
import { Conflict, PairpostError, Upstream, wordsOf } from './lib/errors.ts'
import { forgetIdempotencyKeys } from './platform/http/idempotency.ts'
import { within } from './platform/http/time-limit.ts'
import { openInstallation } from './platform/installation.ts'
import { openIncomingReader } from './platform/mail/incoming/index.ts'
import { readSigner } from './signer.ts'

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

  const handlers: Handlers = {
    'send-due': async (_input, signal) => {
      try {
        await sendDue(
          {
            ...deps,
            smtpUrl,
            smtpConnections: deps.config.smtpConnections,
            mailDomain: deps.config.mailDomain,
            senderId,
            compose,
            async assertMaySend() {
              await installation.assertMaySend()
              if (deps.config.smtpUrl && (await isDemoLoaded(deps.db))) throw new Conflict('fenced', DEMO_STAYS_HERE)
            },
          },
          signal,
        )
      } catch (error) {
        // Said once a sweep, in words; the ledger keeps everything for when a person has decided.
        if (error instanceof PairpostError && error.code === 'fenced') deps.log.error(error.message)
        else throw error
      }
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
    'score-matching-tile': tileScorer(deps),
    ...longWorkHandlers(deps, { ...importWork(deps), ...matchingWork(deps), ...demoWork(deps) }),
  }
  await reachQueue(deps, deps.work(handlers))
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
