import { sql } from 'kysely'
import { campaignShare, parseSendLimits, type SendLimit } from '../../lib/send-limits.ts'
import type { DbOrTx } from '../../platform/db/open.ts'

/**
 * Limits that hold in every rolling window, as the receiving server sees it, over all processes and restarts.
 *
 * The server sees a message somewhere between `taken_at` (written before the dialogue) and `ended_at` (written after
 * its last reply). An attempt leaves a window of W seconds when `ended_at` is W old, and one without `ended_at` never
 * does: so two messages that the server saw less than W apart are always in one another's window here too. All times
 * are the database's; the sender's row is locked while counting and taking, so no two processes count the same room.
 */
export interface Lanes<T> {
  automatic: T
  campaign: T
}

export interface Grant {
  /** Dialogues that may begin now, at most as many as wanted. */
  granted: Lanes<number>
  /** Milliseconds until asking again makes sense, for a lane that got nothing. */
  wait_ms: Lanes<number>
}

/** How long to wait when only dialogues still open stand in the way. */
const OPEN_DIALOGUE_MS = 20

export interface SenderRow {
  id: number
  limits: string
  automatic_reserve_percent: number
  closed_ms: number
  closed_times: number
  trouble_ms: number
}

/** Locks the sender until the transaction ends; without limits there is nothing to count and no need to lock. */
export async function lockSender(tx: DbOrTx, senderId: number): Promise<SenderRow> {
  const read = (lock: boolean) =>
    sql<SenderRow>`select id, limits, automatic_reserve_percent, closed_times,
      greatest(0, extract(epoch from closed_until - clock_timestamp()) * 1000)::float8 as closed_ms,
      greatest(0, extract(epoch from next_try_at - clock_timestamp()) * 1000)::float8 as trouble_ms
      from senders where id = ${senderId} ${lock ? sql`for update` : sql``}`.execute(tx)
  const unlocked = (await read(false)).rows[0] as SenderRow
  return unlocked.limits === '' ? unlocked : ((await read(true)).rows[0] as SenderRow)
}

/**
 * How many of the wanted dialogues may begin: automatic email first, campaigns within their share. Call it with the
 * sender locked, and write the attempts in the same transaction.
 */
export async function grantBudget(tx: DbOrTx, sender: SenderRow, wanted: Lanes<number>): Promise<Grant> {
  if (sender.closed_ms > 0) return { granted: { automatic: 0, campaign: 0 }, wait_ms: { automatic: sender.closed_ms, campaign: sender.closed_ms } }
  let free = Number.POSITIVE_INFINITY
  let campaignFree = Number.POSITIVE_INFINITY
  const wait_ms = { automatic: 0, campaign: 0 }
  for (const limit of parseSendLimits(sender.limits)) {
    const used = await countUsed(tx, sender.id, limit)
    const left = limit.count - used.all
    const leftOfShare = campaignShare(limit, sender.automatic_reserve_percent) - used.campaign
    free = Math.min(free, left)
    campaignFree = Math.min(campaignFree, leftOfShare)
    if (left <= 0) wait_ms.automatic = Math.max(wait_ms.automatic, await waitForRoom(tx, sender.id, limit, -left, used.open))
    if (leftOfShare <= 0) wait_ms.campaign = Math.max(wait_ms.campaign, await waitForRoom(tx, sender.id, limit, -leftOfShare, used.open, 'campaign'))
  }
  wait_ms.campaign = Math.max(wait_ms.campaign, wait_ms.automatic, OPEN_DIALOGUE_MS)
  const automatic = Math.max(0, Math.min(wanted.automatic, free))
  const campaign = Math.max(0, Math.min(wanted.campaign, free - automatic, campaignFree))
  return { granted: { automatic, campaign }, wait_ms }
}

interface Used {
  all: number
  campaign: number
  open: number
}

async function countUsed(tx: DbOrTx, senderId: number, limit: SendLimit): Promise<Used> {
  const { rows } = await sql<Used>`
    with live as (
      select lane, true as open from attempts where sender_id = ${senderId} and ended_at is null
      union all
      (select lane, false from attempts
       where sender_id = ${senderId} and counted and ended_at > clock_timestamp() - make_interval(secs => ${limit.seconds})
       order by ended_at desc limit ${limit.count})
    )
    select count(*) as all, count(*) filter (where lane = 'campaign') as campaign, count(*) filter (where open) as open from live`.execute(tx)
  return rows[0] as Used
}

/**
 * Milliseconds until the attempt in the way has left the window. @param skip how many older ones must leave before it
 */
async function waitForRoom(tx: DbOrTx, senderId: number, limit: SendLimit, skip: number, open: number, lane?: 'campaign'): Promise<number> {
  if (open > 0) return OPEN_DIALOGUE_MS
  const { rows } = await sql<{ wait: number }>`
    select (extract(epoch from ended_at + make_interval(secs => ${limit.seconds}) - clock_timestamp()) * 1000)::float8 as wait
    from attempts
    where sender_id = ${senderId} and counted and ended_at > clock_timestamp() - make_interval(secs => ${limit.seconds})
      ${lane ? sql`and lane = ${lane}` : sql``}
    order by ended_at offset ${skip} limit 1`.execute(tx)
  return Math.max(1, rows[0]?.wait ?? OPEN_DIALOGUE_MS)
}
