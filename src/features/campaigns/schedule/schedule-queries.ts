import { sql } from 'kysely'
import { NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { Audience, CampaignKind, Channel, Lane } from '../schema.ts'
import type { SchedulePlan } from './schedule-rules.ts'

/** What scheduling needs of a campaign: its rule, its text and where it stands. */
export interface ScheduledCampaign {
  id: number
  round_id: number
  kind: CampaignKind
  lane: Lane
  /** By whom it is sent. */
  channel: Channel
  state: string
  audience: Audience
  language: string
  version: number
  tested_version: number | null
  /** The version that a second person has read. */
  approved_version: number | null
  /** When its writer means it to go. */
  planned_at: Date | null
  starts_at: Date | null
  frozen_at: Date | null
  /** Which automatic email it is; null for a campaign. */
  automatic_key: string | null
}

/** @throws NotFound */
export async function getScheduledCampaign(db: DbOrTx, id: number): Promise<ScheduledCampaign> {
  return readCampaign(db, id, false)
}

/**
 * The row, locked until the transaction ends. Not against its key: a test email of it may be queued meanwhile.
 * @throws NotFound
 */
export async function lockCampaign(tx: DbOrTx, id: number): Promise<ScheduledCampaign> {
  return readCampaign(tx, id, true)
}

async function readCampaign(db: DbOrTx, id: number, lock: boolean): Promise<ScheduledCampaign> {
  const { rows } = await sql<ScheduledCampaign>`
    select id, round_id, kind, lane, channel, state, audience, language, version, tested_version, approved_version, planned_at, starts_at,
      frozen_at, automatic_key
    from campaigns where id = ${id} ${lock ? sql`for no key update` : sql``}`.execute(db)
  if (!rows[0]) throw new NotFound(`Campaign ${id}`)
  return rows[0]
}

export async function recordScheduled(
  tx: DbOrTx,
  id: number,
  { plan, local_time, now }: { plan: SchedulePlan; local_time: string | undefined; now: Date },
): Promise<void> {
  const { send_at, hold_until, starts_at } = plan
  const times = { send_at, hold_until, starts_at, local_time: local_time ?? null, frozen_at: now, updated_at: now }
  await tx
    .updateTable('campaigns')
    .set({ state: 'scheduled', ...times })
    .where('id', '=', id)
    .execute()
}

/** The state of a campaign that is locked, with the times that go with it. */
export async function recordState(tx: DbOrTx, id: number, state: string, now: Date): Promise<void> {
  await sql`update campaigns set state = ${state}, updated_at = ${now},
    started_at = case when ${state} = 'sending' then coalesce(started_at, ${now}) else started_at end,
    finished_at = case ${state} when 'sending' then null when 'cancelled' then ${now}::timestamptz else finished_at end
    where id = ${id}`.execute(tx)
}

/** Everything that has not begun goes nowhere; what is in a dialogue ends by itself, and what Mailchimp has stays with it. */
export async function cancelWaiting(tx: DbOrTx, id: number): Promise<void> {
  await sql`update deliveries set state = 'cancelled', held_reason = null, updated_at = clock_timestamp()
    where campaign_id = ${id} and not is_test and state in ('queued', 'deferred', 'held') and held_reason is distinct from 'mailchimp'`.execute(
    tx,
  )
}

/**
 * Starts what is due. Returns each with how late it is, in seconds. Of two sweeps at once, one starts it. What was handed
 * over to Mailchimp has begun when Mailchimp says so.
 */
export async function startDueCampaigns(db: DbOrTx, now: Date): Promise<{ id: number; late_seconds: number }[]> {
  const { rows } = await sql<{ id: number; late_seconds: number }>`
    update campaigns set state = 'sending', started_at = ${now}, updated_at = ${now}
    where state = 'scheduled' and channel = 'email' and starts_at <= ${now}
    returning id, extract(epoch from ${now}::timestamptz - starts_at)::float8 as late_seconds`.execute(db)
  return rows
}

/** Drafts that send themselves and whose time has come, the earliest first. */
export async function listThoseDue(db: Db, now: Date): Promise<{ id: number; late_seconds: number }[]> {
  const { rows } = await sql<{ id: number; late_seconds: number }>`
    select id, extract(epoch from ${now}::timestamptz - planned_at)::float8 as late_seconds
    from campaigns where sends_itself and state = 'draft' and planned_at <= ${now} order by planned_at, id limit 20`.execute(
    db,
  )
  return rows
}

/** A draft that does not send itself any more. */
export async function leaveToStaff(db: Db, id: number): Promise<void> {
  await sql`update campaigns set sends_itself = false where id = ${id} and state = 'draft'`.execute(db)
}

/** A claim or dialogue of before a cancellation is over, or recovered, long before this. */
const SETTLE_MS = 24 * 3600_000

/**
 * What came back to a campaign that had ended: a claim or a dialogue of before it was cancelled is cancelled too, and
 * a campaign goes on when the late word of a slow dialogue was "try again".
 */
export async function settleEnded(db: Db, now: Date): Promise<void> {
  const cancelled = await db
    .selectFrom('campaigns')
    .select('id')
    .where('state', '=', 'cancelled')
    .where('finished_at', '>', new Date(now.getTime() - SETTLE_MS))
    .execute()
  // By id, so that the index of what waits is used: most of the time nothing does.
  await sql`update deliveries set state = 'cancelled', updated_at = clock_timestamp()
    where campaign_id = any(${cancelled.map((row) => row.id)}::bigint[]) and state in ('queued', 'deferred') and not is_test`.execute(
    db,
  )
  await sql`update campaigns c set state = 'sending', finished_at = null, updated_at = ${now}
    where state = 'done' and exists (
      select from deliveries d where d.campaign_id = c.id and not d.is_test and d.state in ('queued', 'deferred'))`.execute(
    db,
  )
}

/**
 * A campaign is done when nothing of it waits any more. What was held for being late or restored waits for a person
 * to resume it; uncertain ones and those of a domain that refuses us may be decided later. What Mailchimp has stays with it
 * until its report tells.
 */
export async function finishCampaigns(db: Db, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Locked first, looked at in a second statement: whatever held the lock (resume, resolve) may have queued something.
    const { rows } = await sql<{ id: number }>`
      select id from campaigns where state = 'sending' and kind <> 'automatic' order by id for no key update skip locked`.execute(
      tx,
    )
    if (rows.length === 0) return
    await sql`update campaigns c set state = 'done', finished_at = ${now}, updated_at = ${now}
      where id = any(${rows.map((row) => row.id)}::bigint[]) and not exists (
        select from deliveries d where d.campaign_id = c.id and not d.is_test
          and (d.state in ('queued', 'claimed', 'sending', 'deferred')
            or (d.state = 'held' and d.held_reason in ('late', 'restored', 'mailchimp'))))`.execute(tx)
  })
}
