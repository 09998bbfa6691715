import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** An endpoint as everybody who may see it sees it: without what its secret is made from. */
export interface EndpointRow {
  id: number
  url: string
  types: string[]
  created_by: string
  created_at: Date
  disabled_at: Date | null
  disabled_why: string | null
  /** Messages that are still tried. */
  waiting: number
  failed: number
  last_delivered_at: Date | null
}

const SELECT = sql`
  select e.id, e.url, e.types, e.created_by, e.created_at, e.disabled_at, e.disabled_why,
    count(m.id) filter (where m.state = 'waiting') as waiting, count(m.id) filter (where m.state = 'failed') as failed,
    max(m.delivered_at) as last_delivered_at
  from webhook_endpoints e left join webhook_messages m on m.endpoint_id = e.id`

export async function listEndpointRows(db: DbOrTx): Promise<EndpointRow[]> {
  return (await sql<EndpointRow>`${SELECT} group by e.id order by e.id`.execute(db)).rows
}

export async function findEndpoint(db: DbOrTx, id: number): Promise<EndpointRow | undefined> {
  return (await sql<EndpointRow>`${SELECT} where e.id = ${id} group by e.id`.execute(db)).rows[0]
}

/** Those that a machine has disabled, and nobody has looked at since. */
export async function listDisabledEndpoints(
  db: DbOrTx,
  stoppedWhy: string,
): Promise<{ id: number; url: string; disabled_at: Date; disabled_why: string }[]> {
  const { rows } = await sql<{ id: number; url: string; disabled_at: Date; disabled_why: string }>`
    select id, url, disabled_at, disabled_why from webhook_endpoints
    where disabled_at is not null and disabled_why <> ${stoppedWhy} order by disabled_at`.execute(db)
  return rows
}

export interface NewEndpoint {
  url: string
  types: readonly string[]
  salt: Buffer
  created_by: string
  created_at: Date
}

/** Its id, or why there is none: too many, or one with this address already. Two at once come one after the other. */
export async function insertEndpoint(
  tx: DbOrTx,
  endpoint: NewEndpoint,
  most: number,
): Promise<number | 'full' | 'known'> {
  const { url, types, salt, created_by, created_at } = endpoint
  await sql`lock table webhook_endpoints in share row exclusive mode`.execute(tx)
  const { rows: present } = await sql<{ url: string }>`select url from webhook_endpoints`.execute(tx)
  if (present.some((one) => one.url === url)) return 'known'
  if (present.length >= most) return 'full'
  const { rows } = await sql<{ id: number }>`
    insert into webhook_endpoints (url, types, salt, created_by, created_at)
    values (${url}, ${types}::text[], ${salt}, ${created_by}, ${created_at}) returning id`.execute(tx)
  return (rows[0] as { id: number }).id
}

/** False when there is none. */
export async function recordTypes(db: DbOrTx, id: number, types: readonly string[]): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update webhook_endpoints set types = ${types}::text[] where id = ${id}`.execute(db)
  return numAffectedRows === 1n
}

/** What waits stays, and goes on when the endpoint is enabled. Disabled before, it keeps its first reason. */
export async function recordDisabled(db: DbOrTx, id: number, why: string): Promise<void> {
  await sql`update webhook_endpoints set disabled_at = clock_timestamp(), disabled_why = ${why}
    where id = ${id} and disabled_at is null`.execute(db)
}

/**
 * News comes again, what waited is tried from the beginning, and how long it has been failing counts from now.
 * @param triedForMs how long the tries of a failed message took, at least (`listFailingSince`)
 */
export async function recordEnabled(tx: DbOrTx, id: number, triedForMs: number): Promise<void> {
  const { numAffectedRows } = await sql`update webhook_endpoints set disabled_at = null, disabled_why = null
    where id = ${id} and disabled_at is not null`.execute(tx)
  if (numAffectedRows === 0n) return
  await sql`
    update webhook_messages set tries = case state when 'waiting' then 0 else tries end,
      next_try_at = clock_timestamp() + case state when 'waiting' then interval '0' else make_interval(secs => ${triedForMs / 1000}) end
    where endpoint_id = ${id} and state in ('waiting', 'failed')`.execute(tx)
}

/** With its messages. False when there is none. */
export async function deleteEndpoint(db: DbOrTx, id: number): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('webhook_endpoints').where('id', '=', id).executeTakeFirst()
  return numDeletedRows === 1n
}

/**
 * Disables endpoints that took nothing since the first try of a message that has used up all of its tries, when that was
 * so long ago. Of such a message `next_try_at` is its last try. Returns their ids.
 */
export async function disableFailing(
  db: DbOrTx,
  rule: { tries: number; triedForMs: number; failingMs: number; why: string },
): Promise<number[]> {
  const { tries, triedForMs, failingMs, why } = rule
  const tried = sql`make_interval(secs => ${triedForMs / 1000})`
  const { rows } = await sql<{ id: number }>`
    update webhook_endpoints e set disabled_at = clock_timestamp(), disabled_why = ${why}
    from (select endpoint_id, max(delivered_at) as last_delivered_at from webhook_messages group by endpoint_id) taken
    where taken.endpoint_id = e.id and e.disabled_at is null and exists (
      select from webhook_messages m where m.endpoint_id = e.id and m.state = 'failed' and m.tries >= ${tries}
        and m.next_try_at - ${tried} <= clock_timestamp() - make_interval(secs => ${failingMs / 1000})
        and (taken.last_delivered_at is null or taken.last_delivered_at < m.next_try_at - ${tried}))
    returning e.id`.execute(db)
  return rows.map(({ id }) => id)
}
