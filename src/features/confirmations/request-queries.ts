import { sql } from 'kysely'
import { NotFound } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { WAS_ASKED } from './standing-queries.ts'

export interface AskingRound {
  id: number
  code: string
  confirm_by: string | null
}

/** The round, locked: of two who ask at once, the second finds what the first has made. @throws NotFound */
export async function lockRound(tx: DbOrTx, code: string): Promise<AskingRound> {
  const { rows } = await sql<AskingRound>`
    select id, code, confirm_by from rounds where code = ${code} for no key update`.execute(tx)
  if (!rows[0]) throw new NotFound(`Round ${code}`)
  return rows[0]
}

/** The round's request that is not scheduled yet, the newest of several. */
export async function findRequestDraft(db: DbOrTx, roundId: number): Promise<number | undefined> {
  return readRequestDraft(db, roundId, false)
}

/** The same, locked: whoever schedules it at this moment has done so, or waits. */
export async function lockRequestDraft(tx: DbOrTx, roundId: number): Promise<number | undefined> {
  return readRequestDraft(tx, roundId, true)
}

async function readRequestDraft(db: DbOrTx, roundId: number, lock: boolean): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from campaigns where round_id = ${roundId} and kind = 'confirmation' and state = 'draft'
    order by id desc limit 1 ${lock ? sql`for no key update` : sql``}`.execute(db)
  return rows[0]?.id
}

/** Whether anybody of the round was ever asked. */
export async function hasAsked(db: DbOrTx, roundId: number): Promise<boolean> {
  const { rows } = await sql`
    select from campaigns where round_id = ${roundId} and kind = 'confirmation' and frozen_at is not null and state <> 'cancelled'
    limit 1`.execute(db)
  return rows.length > 0
}

/** The last request that has a text to go on from: this round's, else that of the last round that had one. */
export async function findEarlierRequest(db: DbOrTx, roundId: number): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from campaigns where kind = 'confirmation' and frozen_at is not null
    order by round_id = ${roundId} desc, id desc limit 1`.execute(db)
  return rows[0]?.id
}

/** Reminders are those for who was asked: an officer's own reminder of something else is none. */
const REMINDS = sql`kind = 'reminder' and audience ->> 'asked' = 'true'`

/** The same for reminders, also those that are only planned. */
export async function findEarlierReminder(db: DbOrTx, roundId: number): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from campaigns
    where ${REMINDS} and state <> 'cancelled' and (round_id = ${roundId} or frozen_at is not null)
    order by round_id = ${roundId} desc, id desc limit 1`.execute(db)
  return rows[0]?.id
}

/** A reminder of a round. */
export interface ReminderRow {
  campaign_id: number
  state: string
  /** When it is planned to go by itself; null for one that somebody asked for. */
  planned_at: Date | null
  starts_at: Date | null
  /** A draft that goes by itself. One that could not is a draft that waits for staff. */
  sends_itself: boolean
}

/** In the order in which they go. */
export async function listReminders(db: DbOrTx, roundId: number): Promise<ReminderRow[]> {
  const { rows } = await sql<ReminderRow>`
    select id as campaign_id, state, planned_at, starts_at, sends_itself from campaigns
    where round_id = ${roundId} and ${REMINDS} and state <> 'cancelled'
    order by coalesce(starts_at, planned_at), id`.execute(db)
  return rows
}

/** A draft that goes by itself at a time, for whoever its audience picks then. */
export async function planReminder(tx: DbOrTx, { id, at }: { id: number; at: Date }): Promise<void> {
  await tx.updateTable('campaigns').set({ planned_at: at, sends_itself: true }).where('id', '=', id).execute()
}

/** Drafts of reminders that are wanted no more. */
export async function cancelReminders(tx: DbOrTx, ids: readonly number[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await sql`update campaigns set state = 'cancelled', sends_itself = false, finished_at = ${now}, updated_at = ${now}
    where id = any(${ids}::bigint[]) and state = 'draft'`.execute(tx)
}

/** Applicants whom a request could be sent to, and of those who were asked the ones who have not answered. */
export async function countToAsk(db: DbOrTx, roundId: number): Promise<{ to_ask: number; silent: number }> {
  const { rows } = await sql<{ to_ask: number; silent: number }>`
    select count(*) filter (where not is_asked) as to_ask, count(*) filter (where is_asked) as silent
    from (select ${WAS_ASKED} as is_asked from applications a
      where a.round_id = ${roundId} and a.state = 'applied') applied`.execute(db)
  return rows[0] ?? { to_ask: 0, silent: 0 }
}

/** When a campaign that was scheduled begins. */
export async function findScheduled(db: DbOrTx, campaignId: number): Promise<{ starts_at: Date } | undefined> {
  const { rows } = await sql<{ starts_at: Date }>`
    select starts_at from campaigns where id = ${campaignId} and frozen_at is not null`.execute(db)
  return rows[0]
}
