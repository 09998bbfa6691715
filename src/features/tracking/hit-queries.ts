import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'

/** A request for a link or the picture of a delivery, to be recorded. */
export interface NewHit {
  delivery_id: number
  /** Null for the picture. */
  link_key: string | null
  at: Date
  method: 'GET' | 'HEAD'
  agent: string
  network: Buffer | null
}

/** Where a hit leads. */
export interface Target {
  /** Null when the campaign has no such link, and for the picture. */
  url: string | null
}

/**
 * Records hits and finds where they lead, in one statement and one commit. A delivery that is gone is no fault: its
 * place in the answer is undefined. In nobody's figures and so not recorded: test emails, readers who were erased,
 * rounds made anonymous, clicks of a programme that counts none, openings of who has not (or no more) agreed.
 * @returns for each hit in its place
 */
export async function insertHits(db: Db, hits: readonly NewHit[]): Promise<(Target | undefined)[]> {
  const column = <Name extends keyof NewHit>(name: Name) => hits.map((hit) => hit[name])
  // Looked up one by one and not joined: for the few hits of a group the planning of more joins costs more than they do.
  // Locked in one order: an erasure at the same moment waits, or its delivery is left out (no foreign key fails).
  const { rows } = await sql<{ place: number; url: string | null }>`
    with asked as materialized (
      select * from unnest(${column('delivery_id')}::bigint[], ${column('link_key')}::text[], ${column('at')}::timestamptz[],
        ${column('method')}::text[], ${column('agent')}::text[], ${column('network')}::bytea[])
        with ordinality as a (delivery_id, link_key, at, method, agent, network, place)
    ), found as materialized (
      select a.*, l.url,
        not d.is_test
        and coalesce((select p.erased_at is null from people p where p.id = d.person_id), true)
        and (select r.anonymised_at is null from campaigns g join rounds r on r.id = g.round_id where g.id = d.campaign_id)
        and case when a.link_key is null
          then coalesce((select c.given from consents c where c.person_id = d.person_id and c.purpose = 'tracking' order by c.id desc limit 1), false)
          else l.url is not null and coalesce((select count_clicks from programme), true)
        end as is_counted
      from asked a
      join deliveries d on d.id = a.delivery_id
      left join campaign_links l on l.campaign_id = d.campaign_id and l.key = a.link_key
      order by d.id, a.place
      for key share of d
    ), recorded as (
      insert into tracking_hits (delivery_id, link_key, at, method, agent, network)
      select delivery_id, link_key, at, method, agent, network from found where is_counted order by place
    ), changed as (
      insert into tracking_changes (delivery_id) select distinct delivery_id from found where is_counted
    )
    select place, url from found`.execute(db)
  const targets = Array<Target | undefined>(hits.length).fill(undefined)
  for (const { place, url } of rows) targets[place - 1] = { url }
  return targets
}

/** Where a hit leads, without recording it; undefined when the delivery is gone. */
export async function findTarget(
  db: Db,
  { delivery_id, link_key }: Pick<NewHit, 'delivery_id' | 'link_key'>,
): Promise<Target | undefined> {
  return db
    .selectFrom('deliveries')
    .leftJoin('campaign_links', (join) =>
      join.onRef('campaign_links.campaign_id', '=', 'deliveries.campaign_id').on('campaign_links.key', '=', link_key),
    )
    .select('campaign_links.url')
    .where('deliveries.id', '=', delivery_id)
    .executeTakeFirst()
}
