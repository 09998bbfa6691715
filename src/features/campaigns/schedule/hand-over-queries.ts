import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** A campaign that goes through Mailchimp, as far as its hand-over asks. */
export interface CampaignElsewhere {
  id: number
  state: string
  round_code: string
  /** When it is to leave. */
  starts_at: Date
  frozen_at: Date
}

/** Undefined when it does not go through Mailchimp, or is not scheduled yet. */
export async function findCampaignElsewhere(db: DbOrTx, id: number): Promise<CampaignElsewhere | undefined> {
  const { rows } = await sql<CampaignElsewhere>`
    select c.id, c.state, r.code as round_code, c.starts_at, c.frozen_at
    from campaigns c join rounds r on r.id = c.round_id
    where c.id = ${id} and c.channel = 'mailchimp' and c.frozen_at is not null`.execute(db)
  return rows[0]
}

/** What Mailchimp is to send, or has and has not told of yet. */
const THEIRS = sql`not d.is_test and d.state = 'held' and d.held_reason = 'mailchimp'`

/** Languages of the deliveries that Mailchimp is to send. */
export async function listElsewhereLanguages(db: DbOrTx, campaign_id: number): Promise<string[]> {
  const { rows } = await sql<{ language: string }>`
    select distinct d.language from deliveries d where d.campaign_id = ${campaign_id} and ${THEIRS} order by 1`.execute(
    db,
  )
  return rows.map((row) => row.language)
}

export async function listElsewherePeople(
  db: DbOrTx,
  campaign_id: number,
  languages: readonly string[],
): Promise<number[]> {
  const { rows } = await sql<{ person_id: number }>`
    select d.person_id from deliveries d
    where d.campaign_id = ${campaign_id} and d.language = any(${languages}) and ${THEIRS} order by 1`.execute(db)
  return rows.map((row) => row.person_id)
}

/** Ends what is left of these languages: Mailchimp has none of it and never will. Returns how many. */
export async function cancelElsewhere(tx: DbOrTx, campaign_id: number, languages: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`update deliveries d
    set state = 'cancelled', held_reason = null, updated_at = clock_timestamp()
    where d.campaign_id = ${campaign_id} and d.language = any(${languages}) and ${THEIRS}`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/**
 * Mailchimp began to send it `at`, or nobody is left to whom it could: what is done then is found by the sweep. One that was
 * cancelled stays so.
 */
export async function recordBegunElsewhere(
  tx: DbOrTx,
  id: number,
  { at, now }: { at: Date; now: Date },
): Promise<void> {
  await sql`update campaigns set state = case when state = 'scheduled' then 'sending' else state end,
      started_at = coalesce(started_at, ${at}), updated_at = greatest(${now}, updated_at)
    where id = ${id} and channel = 'mailchimp'
      and (state = 'scheduled' or (state = 'cancelled' and started_at is null))`.execute(tx)
}
