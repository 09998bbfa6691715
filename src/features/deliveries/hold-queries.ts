import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

/** Mail that is this late is held for a person: a morning greeting helps nobody at midnight. */
export const LATE_SECONDS = 2 * 3600

export type HeldReason = 'late' | 'restored' | 'domain_refuses'

/**
 * After an outage of more than two hours, what became due in it is held. Waiting for the limits is no outage: a
 * campaign may well take days.
 */
export async function holdAfterOutage(db: DbOrTx, { seconds, now }: { seconds: number; now: Date }): Promise<number> {
  if (seconds <= LATE_SECONDS) return 0
  const late = new Date(now.getTime() - LATE_SECONDS * 1000)
  return hold(db, 'late', sql`due_at < ${late} and tries = 0`)
}

/** Everything that waits, of one campaign or of all, because the database was restored or the campaign began late. */
export async function holdWaiting(db: DbOrTx, reason: HeldReason, campaignId?: number): Promise<number> {
  return hold(db, reason, campaignId === undefined ? sql`true` : sql`campaign_id = ${campaignId}`)
}

/** What waits for a domain that has stopped. */
export async function holdStoppedDomains(db: Db, senderId: number): Promise<number> {
  return hold(
    db,
    'domain_refuses',
    sql`domain in (select domain from domain_stops where sender_id = ${senderId} and stopped_at is not null)`,
  )
}

async function hold(db: DbOrTx, reason: HeldReason, which: ReturnType<typeof sql>): Promise<number> {
  const { numAffectedRows } = await sql`update deliveries set state = 'held', held_reason = ${reason}, updated_at = clock_timestamp()
    where state in ('queued', 'deferred') and ${which}`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** A person lets held deliveries go: they are due now. */
export async function releaseHeld(db: DbOrTx, campaignId: number, now: Date): Promise<number> {
  const { numAffectedRows } = await sql`update deliveries set state = 'queued', held_reason = null, due_at = ${now}, updated_at = clock_timestamp()
    where campaign_id = ${campaignId} and state = 'held'`.execute(db)
  return Number(numAffectedRows ?? 0n)
}
