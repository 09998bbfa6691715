import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** A link of a campaign and what was counted of it. */
export interface LinkClicks {
  key: string
  url: string
  /** Readers who followed it at least once. */
  people: number
  /** How often they did. */
  clicks: number
  /** Requests of machines, apart. */
  machine: number
}

/**
 * Every link of a campaign, those that nobody followed too, the most followed first. Test emails are left out. As
 * counted: call `settleHits` before for what came since.
 */
export async function listClicksOfCampaign(
  { db }: { db: DbOrTx },
  { campaign_id }: { campaign_id: number },
): Promise<LinkClicks[]> {
  const { rows } = await sql<LinkClicks>`
    select l.key, l.url, coalesce(k.people, 0) as people, coalesce(k.clicks, 0) as clicks, coalesce(k.machine, 0) as machine
    from campaign_links l
    left join (
      select k.link_key, sum(k.human)::bigint as clicks, sum(k.machine)::bigint as machine,
        count(distinct (d.person_id, d.contact_id)) filter (where k.human > 0) as people
      from deliveries d join delivery_hits k on k.delivery_id = d.id
      where d.campaign_id = ${campaign_id} and not d.is_test and k.link_key <> ''
      group by k.link_key
    ) k on k.link_key = l.key
    where l.campaign_id = ${campaign_id}
    order by people desc, clicks desc, l.url`.execute(db)
  return rows
}
