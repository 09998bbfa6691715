import { sql } from 'kysely'
import { NotFound } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import type { SchedulePlan } from './schedule-rules.ts'
import type { Audience } from './schema.ts'

export interface LockedCampaign {
  id: number
  round_id: number
  lane: 'automatic' | 'campaign'
  state: string
  audience: Audience
  language: string
  version: number
  starts_at: Date | null
}

/** The campaign's row, locked until the transaction ends. @throws NotFound */
export async function lockCampaign(tx: DbOrTx, id: number): Promise<LockedCampaign> {
  const { rows } = await sql<LockedCampaign>`
    select id, round_id, lane, state, audience, language, version, starts_at from campaigns where id = ${id} for update`.execute(tx)
  if (!rows[0]) throw new NotFound(`Campaign ${id}`)
  return rows[0]
}

export async function recordScheduled(tx: DbOrTx, id: number, plan: SchedulePlan, localTime: string | undefined): Promise<void> {
  const { send_at, hold_until, starts_at } = plan
  await tx
    .updateTable('campaigns')
    .set({ state: 'scheduled', send_at, hold_until, starts_at, local_time: localTime ?? null, frozen_at: new Date(), updated_at: new Date() })
    .where('id', '=', id)
    .execute()
}

/** Changes the state if it is one of `from`. Returns whether it was. */
export async function moveCampaign(tx: DbOrTx, id: number, from: string[], to: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('campaigns')
    .set({ state: to, updated_at: new Date(), ...(to === 'cancelled' ? { finished_at: new Date() } : {}) })
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Everything that has not begun goes nowhere; what is in a dialogue ends by itself. */
export async function cancelWaiting(tx: DbOrTx, id: number): Promise<void> {
  await sql`update deliveries set state = 'cancelled', held_reason = null, updated_at = clock_timestamp()
    where campaign_id = ${id} and state in ('queued', 'deferred', 'held')`.execute(tx)
}

/** Starts what is due. Returns each with how late it is, in seconds. */
export async function startDueCampaigns(db: DbOrTx, now: Date): Promise<{ id: number; late_seconds: number }[]> {
  const { rows } = await sql<{ id: number; late_seconds: number }>`
    update campaigns set state = 'sending', started_at = ${now}, updated_at = ${now}
    where state = 'scheduled' and starts_at <= ${now}
    returning id, extract(epoch from ${now}::timestamptz - starts_at)::float8 as late_seconds`.execute(db)
  return rows
}

/** A campaign is done when nothing of it waits any more; what a person must decide (uncertain, held) may remain. */
export async function finishCampaigns(db: Db, now: Date): Promise<void> {
  await sql`update campaigns c set state = 'done', finished_at = ${now}, updated_at = ${now}
    where state = 'sending' and not exists (
      select from deliveries d where d.campaign_id = c.id and not d.is_test and d.state in ('queued', 'claimed', 'sending', 'deferred'))`.execute(db)
}
