import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { recoverLost } from './run-queries.ts'

/** Mail that is this late is held for a person: a morning greeting helps nobody at midnight. */
export const LATE_SECONDS = 2 * 3600

/** mailchimp: handed over, and never ours to send. */
export type HeldReason = 'late' | 'restored' | 'domain_refuses' | 'partner_waits' | 'mailchimp'

/**
 * Holds what is more than two hours overdue, after an outage of the sweep or the mail server. Shorter ones, and waits
 * for the limits, hold nothing: a campaign may well take days. What was in the middle of those days when the outage
 * came is held too, since how late it would have been without it cannot be known.
 */
export async function holdAfterOutage(db: DbOrTx, { seconds, now }: { seconds: number; now: Date }): Promise<number> {
  if (seconds <= LATE_SECONDS) return 0
  return holdOverdue(db, now, sql`c.state = 'sending'`)
}

/** The same for one campaign that begins late. What is due later where somebody lives is not late. */
export async function holdLateCampaign(tx: DbOrTx, campaignId: number, now: Date): Promise<number> {
  return holdOverdue(tx, now, sql`c.id = ${campaignId}`)
}

async function holdOverdue(db: DbOrTx, now: Date, which: ReturnType<typeof sql>): Promise<number> {
  const late = new Date(now.getTime() - LATE_SECONDS * 1000)
  // Nothing was due before its campaign could begin: an officer's hold makes nobody late.
  return hold(
    db,
    'late',
    sql`d.tries = 0 and d.campaign_id in (select c.id from campaigns c where ${which})
      and greatest(d.due_at, (select c.starts_at from campaigns c where c.id = d.campaign_id)) < ${late}`,
  )
}

/**
 * Everything that waits, because the database was restored: it may have left already. What was claimed when the copy
 * was made waits too, and its dialogues are uncertain: the runs in a copy are nobody's.
 */
export async function holdRestored(db: Db): Promise<number> {
  await sql`update workers set stopped_at = clock_timestamp() where stopped_at is null`.execute(db)
  await recoverLost(db)
  return hold(db, 'restored', sql`true`)
}

/** What waits for a domain that has stopped. */
export async function holdStoppedDomains(db: Db, senderId: number): Promise<number> {
  const stopped = await db
    .selectFrom('domain_stops')
    .select('domain')
    .where('sender_id', '=', senderId)
    .where('stopped_at', 'is not', null)
    .execute()
  // Most of the time there is none, and the deliveries that wait need not be read.
  if (stopped.length === 0) return 0
  return hold(db, 'domain_refuses', sql`d.domain = any(${stopped.map((row) => row.domain)})`)
}

/**
 * Lets introductions go that waited for a decision about a partner's, where none is to be made any more. What has become
 * of the partner's is looked at when their turn comes.
 */
export async function releasePartnerWaits(db: Db, senderId: number, now: Date): Promise<void> {
  await sql`update deliveries d
    set state = 'queued', held_reason = null, due_at = greatest(due_at, ${now}), updated_at = clock_timestamp()
    where d.held_reason = 'partner_waits' and not exists (
      select from deliveries o
      where o.partnership_id = d.partnership_id and o.campaign_id = d.campaign_id and not o.is_test
        and (o.state = 'uncertain'
          or (o.state = 'held' and o.held_reason <> 'partner_waits')
          or (o.state in ('queued', 'deferred') and exists (
            select from domain_stops s
            where s.sender_id = ${senderId} and s.domain = o.domain and s.stopped_at is not null))))`.execute(db)
}

async function hold(db: DbOrTx, reason: HeldReason, which: ReturnType<typeof sql>): Promise<number> {
  const { numAffectedRows } = await sql`update deliveries d
    set state = 'held', held_reason = ${reason}, updated_at = clock_timestamp()
    where d.state in ('queued', 'deferred') and not d.is_test and ${which}`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/**
 * A person lets held deliveries go: due now, or when they were due if that is still to come. What was handed over to
 * Mailchimp is never let go here: it would come twice.
 */
export async function releaseHeld(db: DbOrTx, campaignId: number, now: Date): Promise<number> {
  const { numAffectedRows } = await sql`update deliveries
    set state = 'queued', held_reason = null, due_at = greatest(due_at, ${now}), updated_at = clock_timestamp()
    where campaign_id = ${campaignId} and state = 'held' and held_reason <> 'mailchimp'`.execute(db)
  return Number(numAffectedRows ?? 0n)
}
