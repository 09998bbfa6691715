import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import type { Hit, HitCount } from './rules.ts'

const COUNTING_LOCK = 0x48495453

/** A hit with the campaign that it is of. */
export interface CampaignHit extends Hit {
  campaign_id: number
}

/**
 * Waits until nobody else counts, until the transaction ends: two who count the same delivery would each write what
 * they saw, and who reads a figure must not find that another has its changes in hand and has not written yet.
 */
export async function lockCounting(tx: DbOrTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${COUNTING_LOCK})`.execute(tx)
}

/** The last change there is now; undefined when there is none. */
export async function findLastChange(db: Db): Promise<number | undefined> {
  const { last } = await db
    .selectFrom('tracking_changes')
    .select(({ fn }) => fn.max('id').as('last'))
    .executeTakeFirstOrThrow()
  return last ?? undefined
}

/** Takes changes away, the oldest first: they come back when the transaction does not commit. */
export async function takeChanges(
  tx: DbOrTx,
  { until, limit }: { until: number; limit: number },
): Promise<number[] | undefined> {
  const { rows } = await sql<{ delivery_id: number }>`
    delete from tracking_changes where id in (
      select id from tracking_changes where id <= ${until} order by id limit ${limit} for update skip locked
    ) returning delivery_id`.execute(tx)
  return rows.length === 0 ? undefined : [...new Set(rows.map(({ delivery_id }) => delivery_id))]
}

const HIT = sql`h.id, h.delivery_id, d.campaign_id, coalesce(h.link_key, '') as link_key, h.at, h.method, h.agent,
  coalesce(encode(h.network, 'hex'), '') as network`

/** All hits of these deliveries. */
export async function listHitsOfDeliveries(tx: DbOrTx, deliveryIds: readonly number[]): Promise<CampaignHit[]> {
  const { rows } = await sql<CampaignHit>`
    select ${HIT} from tracking_hits h join deliveries d on d.id = h.delivery_id
    where h.delivery_id = any(${deliveryIds}::bigint[]) and not d.is_test`.execute(tx)
  return rows
}

export async function listHitsOfCampaign(tx: DbOrTx, campaignId: number): Promise<CampaignHit[]> {
  const { rows } = await sql<CampaignHit>`
    select ${HIT} from deliveries d join tracking_hits h on h.delivery_id = d.id
    where d.campaign_id = ${campaignId} and not d.is_test`.execute(tx)
  return rows
}

/** A network and program, and a stretch of time. */
export interface Stretch extends Pick<Hit, 'network' | 'agent'> {
  from: Date
  until: Date
}

/** Hits of the campaigns in these stretches, each found by its network and time (`tracking_hits_network_idx`). */
export async function listHitsIn(
  tx: DbOrTx,
  { campaign_ids, stretches }: { campaign_ids: readonly number[]; stretches: readonly Stretch[] },
): Promise<CampaignHit[]> {
  const column = <Name extends keyof Stretch>(name: Name) => stretches.map((one) => one[name])
  const { rows } = await sql<CampaignHit>`
    select ${HIT}
    from unnest(${column('network')}::text[], ${column('agent')}::text[], ${column('from')}::timestamptz[], ${column('until')}::timestamptz[])
      as t (network, agent, starts, ends)
    cross join lateral (
      select * from tracking_hits f
      where f.network = decode(t.network, 'hex') and f.at between t.starts and t.ends and f.agent = t.agent
      offset 0
    ) h
    join deliveries d on d.id = h.delivery_id
    where d.campaign_id = any(${campaign_ids}::bigint[]) and not d.is_test`.execute(tx)
  return rows
}

/** How many links each campaign has. */
export async function countLinks(tx: DbOrTx, campaignIds: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await sql<{ campaign_id: number; links: number }>`
    select campaign_id, count(*) as links from campaign_links where campaign_id = any(${campaignIds}::bigint[])
    group by campaign_id`.execute(tx)
  return new Map(rows.map(({ campaign_id, links }) => [campaign_id, links]))
}

/** Campaigns of which there is a hit. */
export async function listCampaignsWithHits(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.id from campaigns c
    where exists (select from deliveries d join tracking_hits h on h.delivery_id = d.id where d.campaign_id = c.id)
    order by c.id`.execute(db)
  return rows.map(({ id }) => id)
}

/**
 * Writes the counts of deliveries, and only rows that are not so yet: each one written makes a campaign's figures be
 * made anew. A delivery that is erased meanwhile is left out.
 * @param counts all that there are of each delivery in it
 */
export async function writeCounts(tx: DbOrTx, counts: readonly HitCount[]): Promise<void> {
  if (counts.length === 0) return
  const column = <Name extends keyof HitCount>(name: Name) => counts.map((count) => count[name])
  const wanted = sql`
    wanted as materialized (
      select * from unnest(${column('delivery_id')}::bigint[], ${column('link_key')}::text[], ${column('human')}::int[],
        ${column('machine')}::int[], ${column('first_at')}::timestamptz[]) as w (delivery_id, link_key, human, machine, first_at)
    )`
  await sql`
    with ${wanted}
    delete from delivery_hits k
    where k.delivery_id in (select delivery_id from wanted)
      and not exists (select from wanted w where w.delivery_id = k.delivery_id and w.link_key = k.link_key)`.execute(tx)
  await sql`
    with ${wanted}, here as materialized (
      select w.* from wanted w join deliveries d on d.id = w.delivery_id
      where not exists (
        select from delivery_hits k where k.delivery_id = w.delivery_id and k.link_key = w.link_key
          and (k.human, k.machine, k.first_at) is not distinct from (w.human, w.machine, w.first_at)
      )
      order by d.id for key share of d
    )
    insert into delivery_hits (delivery_id, link_key, human, machine, first_at)
    select delivery_id, link_key, human, machine, first_at from here
    on conflict (delivery_id, link_key) do update
      set human = excluded.human, machine = excluded.machine, first_at = excluded.first_at`.execute(tx)
}
