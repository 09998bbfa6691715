import type { Clock } from '../../lib/clock.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getWebhook } from './endpoints.ts'
import { findMessage, insertClaimed, listMessageRows, type MessageRow, recordAgain } from './message-queries.ts'
import { CLAIMED_MS, TEST_NEWS } from './rules.ts'
import { recordOutcome, type SendWebhookDeps, tryMessage } from './send.ts'

const PAGE = 50

/** An endpoint's log, the newest first; `next` is passed as `before` for the older ones. @throws NotFound */
export async function listWebhookMessages(
  { db }: { db: Db },
  { id, before, limit = PAGE }: { id: number; before?: number | undefined; limit?: number | undefined },
): Promise<{ items: MessageRow[]; next: number | null }> {
  await getWebhook({ db }, { id })
  const rows = await listMessageRows(db, { endpoint_id: id, before, limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

async function getMessage(db: Db, wanted: { endpoint_id: number; id: number }): Promise<MessageRow> {
  const message = await findMessage(db, wanted)
  if (!message) throw new NotFound(`Message ${wanted.id} of webhook ${wanted.endpoint_id}`)
  return message
}

/**
 * Sends a message again, under the id it had: who keeps ids knows it. The job takes it within seconds.
 * @throws NotFound, Conflict `webhook_disabled`, Conflict `message_under_way`
 */
export async function resendWebhookMessage(
  { db }: { db: Db },
  { id, message_id }: { id: number; message_id: number },
): Promise<MessageRow> {
  const { disabled_at } = await getWebhook({ db }, { id })
  await getMessage(db, { endpoint_id: id, id: message_id })
  if (disabled_at !== null) throw new Conflict('webhook_disabled', `Webhook ${id} is disabled: enable it first.`)
  if (!(await recordAgain(db, { endpoint_id: id, id: message_id, claimedMs: CLAIMED_MS })))
    throw new Conflict(
      'message_under_way',
      `Message ${message_id} is about to be sent already: look again in a minute.`,
    )
  return getMessage(db, { endpoint_id: id, id: message_id })
}

/** Sends a message of the type `webhook.test` once, also to a disabled endpoint, and says what came of it. @throws NotFound */
export async function testWebhook(
  deps: SendWebhookDeps & { clock: Clock },
  { id }: { id: number },
  signal: AbortSignal = new AbortController().signal,
): Promise<MessageRow> {
  const { db, clock } = deps
  const test = { endpoint_id: id, type: TEST_NEWS, at: clock.now(), claimedMs: CLAIMED_MS }
  const message = await insertClaimed(db, test)
  if (!message) throw new NotFound(`Webhook ${id}`)
  await recordOutcome(db, message, await tryMessage(deps, message, signal), undefined)
  return getMessage(db, { endpoint_id: id, id: message.id })
}
