import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

/** The one mail account of this release; the tables know several. */
export const SENDER_NAME = 'default'

/**
 * The account's row. SEND_LIMITS from the environment is written when it differs from what the environment said the
 * last time: so a changed variable takes effect at the start, and a change made in between survives a restart.
 */
export async function ensureSender(db: Db, limitsFromEnvironment: string | undefined): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into senders (name, limits, limits_from_env) values (${SENDER_NAME}, ${limitsFromEnvironment ?? ''}, ${limitsFromEnvironment ?? null})
    on conflict (name) do update set
      limits = case when ${limitsFromEnvironment ?? null}::text is distinct from senders.limits_from_env and ${limitsFromEnvironment ?? null}::text is not null
        then excluded.limits else senders.limits end,
      limits_from_env = coalesce(excluded.limits_from_env, senders.limits_from_env)
    returning id`.execute(db)
  return (rows[0] as { id: number }).id
}

export async function findSender(db: DbOrTx) {
  return db.selectFrom('senders').selectAll().where('name', '=', SENDER_NAME).executeTakeFirst()
}

export async function recordLimits(db: Db, limits: string): Promise<void> {
  await db.updateTable('senders').set({ limits }).where('name', '=', SENDER_NAME).execute()
}

/** The provider said "enough": closed for so long, twice as long each time in a row, at most an hour. */
export async function recordClosed(tx: DbOrTx, senderId: number, firstMs: number, words: string): Promise<void> {
  await sql`update senders set
    closed_until = clock_timestamp() + make_interval(secs => least(3600, ${firstMs / 1000} * 2 ^ least(closed_times, 10))),
    closed_words = ${words}, closed_times = closed_times + 1
    where id = ${senderId} and (closed_until is null or closed_until < clock_timestamp())`.execute(tx)
}

/** An accepted message proves the account open again. */
export async function recordOpen(tx: DbOrTx, senderId: number): Promise<void> {
  await sql`update senders set closed_until = null, closed_words = null, closed_times = 0
    where id = ${senderId} and closed_times > 0 and closed_until < clock_timestamp()`.execute(tx)
}

/** The server cannot be used: said in words, tried again later. Returns how often in a row. */
export async function recordTrouble(db: Db, senderId: number, words: string): Promise<number> {
  const { rows } = await sql<{ trouble_times: number }>`
    update senders set trouble_since = coalesce(trouble_since, clock_timestamp()), trouble_words = ${words},
      trouble_times = case when next_try_at > clock_timestamp() then trouble_times else trouble_times + 1 end
    where id = ${senderId} returning trouble_times`.execute(db)
  return (rows[0] as { trouble_times: number }).trouble_times
}

export async function recordNextTry(db: Db, senderId: number, inMs: number): Promise<void> {
  await sql`update senders set next_try_at = clock_timestamp() + make_interval(secs => ${inMs / 1000}) where id = ${senderId}`.execute(db)
}

/** The server answers again. Returns how many seconds it was away, 0 when it was not. */
export async function clearTrouble(db: Db, senderId: number): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    update senders s set trouble_since = null, trouble_words = null, trouble_times = 0, next_try_at = null
    from (select id, trouble_since from senders where id = ${senderId} for update) old
    where s.id = old.id and old.trouble_since is not null
    returning extract(epoch from clock_timestamp() - old.trouble_since)::float8 as seconds`.execute(db)
  return rows[0]?.seconds ?? 0
}

/** Milliseconds until the server may be tried again; 0 when it may be now. */
export async function waitForNextTry(db: Db, senderId: number): Promise<number> {
  const { rows } = await sql<{ wait: number }>`
    select greatest(0, extract(epoch from next_try_at - clock_timestamp()) * 1000)::float8 as wait from senders where id = ${senderId}`.execute(db)
  return rows[0]?.wait ?? 0
}

const REFUSALS_TO_PAUSE = 3
const REFUSALS_TO_STOP = 5

/** One refusal of us as a sender by a domain: a pause after three in a row, a stop after five. */
export async function recordDomainRefusal(tx: DbOrTx, senderId: number, domain: string, words: string): Promise<void> {
  await sql`
    insert into domain_stops as s (sender_id, domain, refusals_in_row, words) values (${senderId}, ${domain}, 1, ${words})
    on conflict on constraint domain_stops_pk do update set
      refusals_in_row = s.refusals_in_row + 1,
      words = excluded.words,
      paused_until = case when s.refusals_in_row + 1 >= ${REFUSALS_TO_PAUSE} then clock_timestamp() + interval '10 minutes' else s.paused_until end,
      stopped_at = case when s.refusals_in_row + 1 >= ${REFUSALS_TO_STOP} then coalesce(s.stopped_at, clock_timestamp()) else s.stopped_at end`.execute(tx)
}

/** An acceptance by the domain ends its row of refusals. */
export async function recordDomainAccepts(tx: DbOrTx, senderId: number, domains: readonly string[]): Promise<void> {
  await sql`delete from domain_stops where sender_id = ${senderId} and domain = any(${domains}) and stopped_at is null`.execute(tx)
}

/** A person lets a stopped domain go on. */
export async function recordDomainRelease(db: Db, domain: string): Promise<void> {
  await db.deleteFrom('domain_stops').where('domain', '=', domain).execute()
}
