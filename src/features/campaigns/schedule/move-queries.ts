import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { CampaignChanges } from './move-rules.ts'

/** A campaign with a time, as the start of its round finds it when it moves. */
export interface MovableCampaign {
  id: number
  subject: string
  kind: string
  state: string
  planned_at: Date | null
  send_at: Date | null
  local_time: string | null
  hold_until: Date | null
  starts_at: Date | null
  started_at: Date | null
  /** By whom it is sent. */
  channel: string
}

/**
 * Every campaign of a round that has a time, done ones too. @param lock until the transaction ends, so that the sweep
 * starts none of them meanwhile. In the order of ids: two moves never wait for each other
 */
export async function listMovableCampaigns(db: DbOrTx, roundId: number, lock: boolean): Promise<MovableCampaign[]> {
  const { rows } = await sql<MovableCampaign>`
    select c.id, coalesce(v.subject, '') as subject, c.kind, c.state, c.planned_at, c.send_at, c.local_time,
      c.hold_until, c.starts_at, c.started_at, c.channel
    from campaigns c
    left join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language
    where c.round_id = ${roundId} and c.kind <> 'automatic' and c.state <> 'cancelled' and (c.state <> 'draft' or c.planned_at is not null)
    order by c.id ${lock ? sql`for no key update of c` : sql``}`.execute(db)
  return rows
}

/** Where those live who still wait for a campaign that goes by the reader's clock, and when they are due now. */
export interface DuePlace {
  campaign_id: number
  country_code: string
  time_zone: string | null
  due_at: Date
}

const WAITING = sql`not d.is_test and d.state in ('queued', 'deferred', 'held')`

export async function listDuePlaces(db: DbOrTx, campaignIds: readonly number[]): Promise<DuePlace[]> {
  const { rows } = await sql<DuePlace>`
    select d.campaign_id, p.country_code, p.time_zone, min(d.due_at) as due_at
    from deliveries d join people p on p.id = d.person_id
    where d.campaign_id = any(${campaignIds}::bigint[]) and ${WAITING}
    group by d.campaign_id, p.country_code, p.time_zone order by 1, 2, 3`.execute(db)
  return rows
}

/** Writes the new times of campaigns and of every delivery that waits. The campaigns are locked. */
export async function recordMoves(
  tx: DbOrTx,
  { campaigns, places, moments }: CampaignChanges,
  now: Date,
): Promise<void> {
  await sql`update campaigns c
    set planned_at = m.planned_at, send_at = m.send_at, starts_at = m.starts_at, updated_at = ${now}
    from jsonb_to_recordset(${JSON.stringify(campaigns)}::jsonb)
      as m(id bigint, planned_at timestamptz, send_at timestamptz, starts_at timestamptz)
    where c.id = m.id`.execute(tx)
  await sql`update deliveries d set due_at = m.due_at, updated_at = clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(moments)}::jsonb) as m(campaign_id bigint, due_at timestamptz)
    where d.campaign_id = m.campaign_id and ${WAITING}`.execute(tx)
  await sql`update deliveries d set due_at = m.due_at, updated_at = clock_timestamp()
    from people p, jsonb_to_recordset(${JSON.stringify(places)}::jsonb)
      as m(campaign_id bigint, country_code text, time_zone text, due_at timestamptz)
    where d.campaign_id = m.campaign_id and p.id = d.person_id and p.country_code = m.country_code
      and p.time_zone is not distinct from m.time_zone and ${WAITING}`.execute(tx)
}
