import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** One line of an endpoint's log. */
export interface MessageRow {
  id: number
  type: string
  occurred_at: Date
  state: 'waiting' | 'delivered' | 'failed'
  tries: number
  /** Null when no try is to come. */
  next_try_at: Date | null
  last_status: number | null
  last_words: string | null
  delivered_at: Date | null
}

const COLUMNS = sql`m.id, m.type, m.occurred_at, m.state, m.tries,
  case m.state when 'waiting' then m.next_try_at end as next_try_at, m.last_status, m.last_words, m.delivered_at`

/** The newest first. @param page.before the last id of the page before */
export async function listMessageRows(
  db: DbOrTx,
  page: { endpoint_id: number; before: number | undefined; limit: number },
): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select ${COLUMNS} from webhook_messages m where m.endpoint_id = ${page.endpoint_id}
      and m.id < ${page.before ?? Number.MAX_SAFE_INTEGER} order by m.id desc limit ${page.limit}`.execute(db)
  return rows
}

export async function findMessage(
  db: DbOrTx,
  { endpoint_id, id }: { endpoint_id: number; id: number },
): Promise<MessageRow | undefined> {
  const { rows } = await sql<MessageRow>`
    select ${COLUMNS} from webhook_messages m where m.endpoint_id = ${endpoint_id} and m.id = ${id}`.execute(db)
  return rows[0]
}

/** A message that is being sent. */
export interface ClaimedMessage {
  id: number
  endpoint_id: number
  url: string
  salt: Buffer
  type: string
  payload: unknown
  occurred_at: Date
  tries: number
  /** By the database's clock, as every time of the outbox: the triggers, and all processes, go by one clock. */
  now: Date
}

/**
 * Takes due messages, each endpoint's oldest first, as many as it has room for, and counts the try. `next_try_at` moves
 * on in the same statement: who asks at the same time gets others, and what a lost process had taken is due again then.
 * Disabled endpoints get nothing.
 */
export async function claimDue(
  db: DbOrTx,
  { underWay, mostAtOnce, claimedMs }: { underWay: ReadonlyMap<number, number>; mostAtOnce: number; claimedMs: number },
): Promise<ClaimedMessage[]> {
  const { rows } = await sql<ClaimedMessage>`
    with busy as (
      select * from unnest(${[...underWay.keys()]}::bigint[], ${[...underWay.values()]}::int[]) as b (endpoint_id, count)
    ), room as materialized (
      select e.id, e.url, e.salt, ${mostAtOnce}::int - coalesce(b.count, 0) as free
      from webhook_endpoints e left join busy b on b.endpoint_id = e.id where e.disabled_at is null
    ), due as materialized (
      select d.id from room r cross join lateral (
        select m.id from webhook_messages m
        where m.endpoint_id = r.id and m.state = 'waiting' and m.next_try_at <= clock_timestamp()
        order by m.next_try_at, m.id limit greatest(r.free, 0) for no key update skip locked
      ) d
    )
    update webhook_messages m set tries = m.tries + 1, next_try_at = clock_timestamp() + make_interval(secs => ${claimedMs / 1000})
    from room r where m.id = any(array(select id from due)) and r.id = m.endpoint_id
    returning m.id, m.endpoint_id, r.url, r.salt, m.type, m.payload, m.occurred_at, m.tries, clock_timestamp() as now`.execute(
    db,
  )
  return rows
}

/** A message that nobody but the caller sends, and that is tried once. Undefined when there is no such endpoint. */
export async function insertClaimed(
  db: DbOrTx,
  { endpoint_id, type, at, claimedMs }: { endpoint_id: number; type: string; at: Date; claimedMs: number },
): Promise<ClaimedMessage | undefined> {
  const { rows } = await sql<ClaimedMessage>`
    with endpoint as (select id, url, salt from webhook_endpoints where id = ${endpoint_id}), added as (
      insert into webhook_messages (endpoint_id, type, payload, occurred_at, tries, next_try_at)
      select id, ${type}, '{}', ${at}, 1, clock_timestamp() + make_interval(secs => ${claimedMs / 1000}) from endpoint
      returning *
    ) select a.id, a.endpoint_id, e.url, e.salt, a.type, a.payload, a.occurred_at, a.tries, clock_timestamp() as now
    from added a join endpoint e on e.id = a.endpoint_id`.execute(db)
  return rows[0]
}

interface Tried {
  id: number
  tries: number
  status: number | null
  words: string
}

export async function recordDelivered(db: DbOrTx, { id, status, words }: Tried): Promise<void> {
  await sql`update webhook_messages set state = 'delivered', delivered_at = clock_timestamp(), last_status = ${status},
    last_words = ${words} where id = ${id} and state <> 'delivered'`.execute(db)
}

/**
 * Tried in vain, with the next try after `waitMs`; without one it has failed, and `next_try_at` says when. Nothing is
 * recorded when somebody else has taken the message since.
 */
export async function recordTried(db: DbOrTx, tried: Tried, waitMs: number | undefined): Promise<void> {
  const { id, tries, status, words } = tried
  const state = waitMs === undefined ? 'failed' : 'waiting'
  await sql`update webhook_messages set state = ${state}, last_status = ${status}, last_words = ${words},
    next_try_at = clock_timestamp() + make_interval(secs => ${(waitMs ?? 0) / 1000})
    where id = ${id} and state = 'waiting' and tries = ${tries}`.execute(db)
}

/**
 * Due now, with all tries before it, under its own id. False when it is being sent, or about to be: what is due within
 * the time of a claim may be somebody's.
 */
export async function recordAgain(
  db: DbOrTx,
  { endpoint_id, id, claimedMs }: { endpoint_id: number; id: number; claimedMs: number },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update webhook_messages set state = 'waiting', tries = 0, next_try_at = clock_timestamp(), delivered_at = null
    where endpoint_id = ${endpoint_id} and id = ${id}
      and (state <> 'waiting' or next_try_at > clock_timestamp() + make_interval(secs => ${claimedMs / 1000}))`.execute(
    db,
  )
  return numAffectedRows === 1n
}

/** Also what waits at an endpoint that was disabled all this time. */
export async function forgetMessages(db: DbOrTx, keptMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from webhook_messages where greatest(next_try_at, delivered_at) < clock_timestamp() - make_interval(secs => ${keptMs / 1000})`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}
