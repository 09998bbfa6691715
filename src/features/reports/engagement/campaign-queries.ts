import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { wasBefore } from './facts-queries.ts'

/** A campaign of a round whose sending has begun. */
export interface CampaignOfRound {
  id: number
  kind: string
  /** As it was written, in its own language. */
  subject: string
  /** Who sent it: we ourselves, or Mailchimp, whose report it then has. */
  channel: 'email' | 'mailchimp'
}

/** In the order in which they began; what goes to staff is nobody's in these figures. */
export async function listBegunCampaigns(
  db: DbOrTx,
  { round_id, before }: { round_id: number; before: Date | null },
): Promise<CampaignOfRound[]> {
  const { rows } = await sql<CampaignOfRound>`
    select c.id, c.kind, coalesce(v.subject, '') as subject, c.channel from campaigns c
    left join campaign_variants v
      on v.campaign_id = c.id and v.version = coalesce(c.live_version, c.version) and v.language = c.language
    where c.round_id = ${round_id} and c.kind <> 'staff' and c.started_at is not null and ${wasBefore(sql`c.started_at`, before)}
    order by c.started_at, c.id`.execute(db)
  return rows
}

export interface RoundWithTopics {
  code: string
  campaign_ids: number[]
}

/** Rounds up to and including one, in their order, with the topic emails that had begun; those without any are left out. */
export async function listRoundsWithTopics(
  db: DbOrTx,
  { round_id, before }: { round_id: number; before: Date | null },
): Promise<RoundWithTopics[]> {
  const { rows } = await sql<RoundWithTopics>`
    with ordered as (
      select id, code, row_number() over (order by starts_on nulls last, id) as place from rounds
    )
    select o.code, array_agg(c.id order by c.id) as campaign_ids
    from ordered o join campaigns c on c.round_id = o.id
    where o.place <= (select place from ordered where id = ${round_id})
      and c.kind = 'topic' and c.started_at is not null and ${wasBefore(sql`c.started_at`, before)}
    group by o.code, o.place order by o.place`.execute(db)
  // An array of bigint comes as text.
  return rows.map((row) => ({ ...row, campaign_ids: row.campaign_ids.map(Number) }))
}

/** The links of campaigns that lead through a redirect, by key. */
export function listCampaignLinks(db: DbOrTx, campaignIds: readonly number[]) {
  return db
    .selectFrom('campaign_links')
    .select(['campaign_id', 'key', 'url'])
    .where('campaign_id', 'in', campaignIds.length === 0 ? [0] : [...campaignIds])
    .orderBy('campaign_id')
    .orderBy('key')
    .execute()
}
