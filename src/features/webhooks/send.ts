import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { TokenKeys } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import { recordDisabled } from './endpoint-queries.ts'
import { type ClaimedMessage, claimDue, recordDelivered, recordTried } from './message-queries.ts'
import { type Outcome, postMessage } from './post.ts'
import { reachFrom } from './reachable.ts'
import { CLAIMED_MS, MOST_AT_ONCE, TIMEOUT_MS, waitAfter } from './rules.ts'
import { signMessage } from './secret.ts'

export interface SendWebhookDeps {
  db: Db
  log: Pick<Logger, 'warn'>
  keys: TokenKeys
  config: { publicUrl: string }
  timeoutMs?: number
}

/** How long news waits while messages to others are under way. */
const LOOK_AGAIN_MS = 1000

/**
 * The handler of 'send-webhooks': sends what is due until nothing is. Run by several processes at once, each sends
 * others; ended by the signal or killed, what was under way is sent again after a minute, under the same id.
 */
export async function sendWebhooks(deps: SendWebhookDeps, signal: AbortSignal): Promise<void> {
  const underWay = new Map<number, number>()
  const running = new Set<Promise<void>>()
  const count = (endpoint_id: number, by: number) => underWay.set(endpoint_id, (underWay.get(endpoint_id) ?? 0) + by)
  const start = (message: ClaimedMessage) => {
    count(message.endpoint_id, 1)
    const sending = sendMessage(deps, message, signal)
      // The database is away: the message is due again after its minute.
      .catch((error) => deps.log.warn({ err: error, message_id: message.id }, 'outcome of a webhook not recorded'))
      .finally(() => {
        count(message.endpoint_id, -1)
        running.delete(sending)
      })
    running.add(sending)
  }
  try {
    while (!signal.aborted) {
      const claimed = await claimDue(deps.db, { underWay, mostAtOnce: MOST_AT_ONCE, claimedMs: CLAIMED_MS })
      for (const message of claimed) start(message)
      if (running.size === 0) return
      const waiting = new AbortController()
      await Promise.race([
        ...running,
        delay(LOOK_AGAIN_MS, undefined, { signal: waiting.signal }).catch(() => undefined),
      ])
      waiting.abort()
    }
  } finally {
    await Promise.all(running)
  }
}

async function sendMessage(deps: SendWebhookDeps, message: ClaimedMessage, signal: AbortSignal): Promise<void> {
  const outcome = await tryMessage(deps, message, signal)
  // Cut off by ourselves: nothing is known of it.
  if (signal.aborted && outcome.status === null) return
  await recordOutcome(deps.db, message, outcome, waitAfter(message.tries, Math.random(), outcome.retryAfterMs))
}

/** One signed try, whatever comes of it. */
export function tryMessage(
  { keys, config, timeoutMs = TIMEOUT_MS }: SendWebhookDeps,
  { id, salt, url, type, payload, occurred_at, now }: ClaimedMessage,
  signal: AbortSignal,
): Promise<Outcome> {
  const body = JSON.stringify({ type, timestamp: occurred_at.toISOString(), data: payload })
  const named = `msg_${id}`
  const headers = {
    'content-type': 'application/json',
    'user-agent': `Pairpost webhooks (+${config.publicUrl})`,
    'webhook-id': named,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signMessage(keys, salt, { id: named, at: now, body }),
  }
  return postMessage({ url, headers, body }, { reach: reachFrom(config), timeoutMs, signal })
}

/** @param waitMs until the next try, undefined when there is none */
export async function recordOutcome(
  db: Db,
  { id, endpoint_id, tries }: ClaimedMessage,
  { status, words }: Outcome,
  waitMs: number | undefined,
): Promise<void> {
  const tried = { id, tries, status, words }
  if (status !== null && status >= 200 && status < 300) return recordDelivered(db, tried)
  if (status !== 410) return recordTried(db, tried, waitMs)
  // Standard Webhooks: 410 Gone asks to be sent nothing any more.
  await recordTried(db, tried, undefined)
  await recordDisabled(db, endpoint_id, 'It answered 410 Gone: it wants no more messages.')
}
