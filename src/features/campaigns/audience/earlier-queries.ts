import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { ScheduledCampaign } from '../schedule/schedule-queries.ts'
import { selectAudience } from './audience-queries.ts'

/** Campaigns of the round that were frozen before this one. */
const EARLIER = (campaign: ScheduledCampaign) => sql`
  campaigns c where c.round_id = ${campaign.round_id} and c.id <> ${campaign.id}
    and c.frozen_at is not null and c.state <> 'cancelled'`

/** Recipients of the last campaign of this kind, or null when it is the first. */
export async function countLastRecipients(db: DbOrTx, campaign: ScheduledCampaign): Promise<number | null> {
  const { rows } = await sql<{ recipients: number }>`
    select (
      select count(*) from deliveries d where d.campaign_id = last.id and not d.is_test and d.state <> 'skipped'
    ) as recipients from (
      select c.id from ${EARLIER(campaign)} and c.kind = ${campaign.kind} order by c.frozen_at desc, c.id desc limit 1
    ) last`.execute(db)
  return rows[0]?.recipients ?? null
}

/** Their subjects, the last 50 in the campaign's lane. */
export async function listEarlierSubjects(db: DbOrTx, campaign: ScheduledCampaign): Promise<string[]> {
  const { rows } = await sql<{ subject: string }>`
    select v.subject from (select * from ${EARLIER(campaign)} and c.lane = ${campaign.lane} order by c.frozen_at desc limit 50) c
    join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language`.execute(db)
  return rows.map((row) => row.subject)
}

/** The campaign that most of the same people get within 24 hours of this one. */
export async function findOverlap(
  db: DbOrTx,
  campaign: ScheduledCampaign,
  at: Date,
): Promise<{ count: number; campaign_id: number } | null> {
  const { rows } = await sql<{ count: number; campaign_id: number }>`
    with near as (
      select c.id from campaigns c
      where c.id <> ${campaign.id} and c.lane = 'campaign' and c.state <> 'cancelled' and c.frozen_at is not null
        and c.starts_at <= ${at}::timestamptz + interval '24 hours'
        and (c.finished_at is null or c.finished_at >= ${at}::timestamptz - interval '24 hours')
    ), picked as (
      select person_id from (${selectAudience(campaign)}) picked where is_recipient
    )
    select d.campaign_id, count(*) as count from near
    join deliveries d on d.campaign_id = near.id and not d.is_test and d.state <> 'skipped'
      -- one comparison, not two: of a range between two moments the planner expects almost nothing
      and abs(extract(epoch from coalesce(d.accepted_at, d.due_at) - ${at}::timestamptz)) <= 86400
    join picked on picked.person_id = d.person_id
    group by d.campaign_id order by count(*) desc, d.campaign_id limit 1`.execute(db)
  return rows[0] ?? null
}
