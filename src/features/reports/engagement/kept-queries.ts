import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { OPEN_STATES } from './facts-queries.ts'
import type { CampaignFigures, CountedCampaign } from './figures-queries.ts'

/** Where the kept figures of a campaign stand. */
export interface KeptCampaign {
  campaign_id: number
  /** Null: none are kept. */
  figures: CampaignFigures | null
  /** Something has come since they were made. */
  is_changed: boolean
  /** Nothing of it waits or is undecided, so that figures can be kept at all. */
  is_final: boolean
}

const IS_FINAL = sql`c.state in ('done', 'cancelled') and not exists (
  select from deliveries d where d.campaign_id = c.id and d.state = any(${OPEN_STATES}) and not d.is_test)`

/** One statement: figures and what has come since are seen at the same moment. */
export async function listKept(db: DbOrTx, campaignIds: readonly number[]): Promise<KeptCampaign[]> {
  const { rows } = await sql<KeptCampaign>`
    select c.id as campaign_id, k.figures, ${IS_FINAL} as is_final,
      exists (select from report_changes r where r.campaign_id = c.id) as is_changed
    from campaigns c left join campaign_figures k on k.campaign_id = c.id
    where c.id = any(${campaignIds}::bigint[]) order by c.id`.execute(db)
  return rows
}

/**
 * Nobody else makes kept figures anew until the transaction ends: of two who do so at once, the one who looked earlier
 * might otherwise write last, and what came in between would be forgotten. Whoever only reads waits for nobody.
 */
export async function lockKept(tx: DbOrTx): Promise<void> {
  await sql`lock table campaign_figures in share row exclusive mode`.execute(tx)
}

/** What is seen now is counted by the next statement; what comes later stays. */
export async function takeChanges(tx: DbOrTx, campaignIds: readonly number[]): Promise<void> {
  await sql`delete from report_changes where campaign_id = any(${campaignIds}::bigint[])`.execute(tx)
}

/** Keeps the figures of those that are final; of the others none are kept. */
export async function keepFigures(tx: DbOrTx, counted: readonly CountedCampaign[], now: Date): Promise<void> {
  const kept = counted.filter((campaign) => campaign.is_final)
  const open = counted.filter((campaign) => !campaign.is_final).map((campaign) => campaign.campaign_id)
  await sql`delete from campaign_figures where campaign_id = any(${open}::bigint[])`.execute(tx)
  await sql`
    insert into campaign_figures (campaign_id, figures, computed_at)
    select campaign_id, figures, ${now} from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(campaign_id bigint, figures jsonb)
    on conflict on constraint campaign_figures_pkey do update set figures = excluded.figures, computed_at = excluded.computed_at`.execute(
    tx,
  )
}

/** Campaigns whose kept figures are out of date, or that have ended and have none yet; at most `limit`. */
export async function listToKeep(db: Db, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select campaign_id as id from report_changes where campaign_id is not null
    union
    select c.id from campaigns c
    where ${IS_FINAL} and not exists (select from campaign_figures k where k.campaign_id = c.id)
    order by id limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}
