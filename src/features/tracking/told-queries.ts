import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

const TOLD_LOCK = 0x544f4c44

/** A click or an opening that another service tells of, as it is recorded. */
export interface NumberedHit {
  delivery_id: number
  /** Null for an opening. */
  url: string | null
  at: Date
  network: Buffer | null
  /** The how manieth of its delivery, link and moment. */
  nth: number
}

/** Until the transaction ends: two who are told the same at once would each find it missing. */
export async function lockTold(tx: DbOrTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${TOLD_LOCK})`.execute(tx)
}

/**
 * Records those that are not there yet. The same conditions as for our own links (hit-queries.ts); an opening only of
 * who had agreed when the email was accepted, and still does. A link that is none of the campaign's is left out.
 * The network tells no two apart: its hash is another one after a change of our secret.
 * @returns how many were recorded
 */
export async function insertToldHits(
  tx: DbOrTx,
  { by, hits }: { by: string; hits: readonly NumberedHit[] },
): Promise<number> {
  const column = <Name extends keyof NumberedHit>(name: Name) => hits.map((hit) => hit[name])
  const { rows } = await sql<{ recorded: number }>`
    with told as materialized (
      select * from unnest(${column('delivery_id')}::bigint[], ${column('url')}::text[], ${column('at')}::timestamptz[],
        ${column('network')}::bytea[], ${column('nth')}::int[]) as t (delivery_id, url, at, network, nth)
    ), found as materialized (
      select t.*, l.key as link_key
      from told t
      join deliveries d on d.id = t.delivery_id
      left join campaign_links l on l.campaign_id = d.campaign_id and l.url = t.url
      where not d.is_test
        and coalesce((select p.erased_at is null from people p where p.id = d.person_id), true)
        and (select r.anonymised_at is null from campaigns g join rounds r on r.id = g.round_id where g.id = d.campaign_id)
        and case when t.url is null
          then d.accepted_at is not null and ${agreed(sql`and c.at <= d.accepted_at`)} and ${agreed(sql``)}
          else l.key is not null and coalesce((select count_clicks from programme), true)
        end
      order by d.id
      for key share of d
    ), here as materialized (
      select delivery_id, coalesce(link_key, '') as link_key, at, count(*) as times from tracking_hits
      where delivery_id in (select delivery_id from found) and agent = ${by}
      group by delivery_id, coalesce(link_key, ''), at
    ), recorded as (
      insert into tracking_hits (delivery_id, link_key, at, method, agent, network)
      select f.delivery_id, f.link_key, f.at, 'GET', ${by}, f.network
      from found f
      left join here h on h.delivery_id = f.delivery_id and h.link_key = coalesce(f.link_key, '') and h.at = f.at
      where f.nth > coalesce(h.times, 0)
      order by f.at, f.delivery_id, f.nth
      returning delivery_id
    ), changed as (
      insert into tracking_changes (delivery_id) select distinct delivery_id from recorded
    )
    select count(*) as recorded from recorded`.execute(tx)
  return rows[0]?.recorded ?? 0
}

const agreed = (then: ReturnType<typeof sql>) => sql`coalesce((
  select c.given from consents c where c.person_id = d.person_id and c.purpose = 'tracking' ${then}
  order by c.id desc limit 1), false)`
