import { sql } from 'kysely'
import { campaignShare, parseSendLimits, type SendLimit } from '../../lib/send-limits.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

/** The one mail account of this release; the tables know several. */
const SENDER_NAME = 'default'

/**
 * The account's row. SEND_LIMITS from the environment is written when it differs from what the environment said the
 * last time: so a changed variable takes effect at the start, and a change made in between survives a restart.
 */
export async function ensureSender(db: Db, limitsFromEnvironment: string | undefined): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: number; limits_from_env: string | null }>`
      insert into senders (name) values (${SENDER_NAME}) on conflict (name) do update set name = excluded.name
      returning id, limits_from_env`.execute(tx)
    const { id, limits_from_env } = rows[0] as { id: number; limits_from_env: string | null }
    if (limitsFromEnvironment !== undefined && limitsFromEnvironment !== limits_from_env) {
      await recordLimits(tx, id, limitsFromEnvironment)
      await tx.updateTable('senders').set({ limits_from_env: limitsFromEnvironment }).where('id', '=', id).execute()
    }
    return id
  })
}

export async function findSender(db: DbOrTx) {
  return db.selectFrom('senders').selectAll().where('name', '=', SENDER_NAME).executeTakeFirst()
}

/** The share kept for automatic email; `recordLimits` in the same transaction makes it count. */
export async function recordReserve(tx: DbOrTx, id: number, percent: number): Promise<void> {
  await tx.updateTable('senders').set({ automatic_reserve_percent: percent }).where('id', '=', id).execute()
}

/** Writes the limits in both shapes: as the operator reads them, and as the rows that exchange_attempts counts by. */
export async function recordLimits(tx: DbOrTx, id: number, limits: string): Promise<void> {
  // The sender's row first: an exchange under way holds it until it has counted.
  const { automatic_reserve_percent } = await tx
    .updateTable('senders')
    .set({ limits })
    .where('id', '=', id)
    .returning('automatic_reserve_percent')
    .executeTakeFirstOrThrow()
  await tx.deleteFrom('sender_limits').where('sender_id', '=', id).execute()
  const rows = strictest(parseSendLimits(limits)).map((limit) => ({
    sender_id: id,
    ...limit,
    campaign_count: campaignShare(limit, automatic_reserve_percent),
  }))
  if (rows.length > 0) await tx.insertInto('sender_limits').values(rows).execute()
}

/** Of two limits for one window, the lower holds. */
function strictest(limits: SendLimit[]): SendLimit[] {
  const byWindow = Map.groupBy(limits, ({ seconds }) => seconds)
  return [...byWindow].map(([seconds, same]) => ({ seconds, count: Math.min(...same.map(({ count }) => count)) }))
}

/**
 * The server cannot be used: said in words, and tried again after `firstMs`, twice as long each time in a row, at most
 * `longestMs`. Several connections that fail together are one trouble.
 */
export async function recordTrouble(
  db: Db,
  senderId: number,
  trouble: { words: string; firstMs: number; longestMs: number },
): Promise<void> {
  const { words, firstMs, longestMs } = trouble
  await sql`update senders set trouble_since = coalesce(trouble_since, clock_timestamp()), trouble_words = ${words},
    trouble_times = trouble_times + 1,
    next_try_at = clock_timestamp() + make_interval(secs => least(${longestMs / 1000}, ${firstMs / 1000} * 2 ^ least(trouble_times, 20)))
    where id = ${senderId} and (next_try_at is null or next_try_at <= clock_timestamp())`.execute(db)
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

/** Whether the server was in trouble when last tried, and milliseconds until it may be tried again. */
export async function readTrouble(db: Db, senderId: number): Promise<{ in_trouble: boolean; wait_ms: number }> {
  const { rows } = await sql<{ in_trouble: boolean; wait_ms: number }>`
    select trouble_since is not null as in_trouble,
      coalesce(greatest(0, extract(epoch from next_try_at - clock_timestamp()) * 1000), 0)::float8 as wait_ms
    from senders where id = ${senderId}`.execute(db)
  return rows[0] ?? { in_trouble: false, wait_ms: 0 }
}

/** A person lets a stopped domain go on. */
export async function recordDomainRelease(db: Db, domain: string): Promise<void> {
  await db.deleteFrom('domain_stops').where('domain', '=', domain).execute()
}
