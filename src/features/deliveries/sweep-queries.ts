import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

/**
 * Seconds since the last sweep of any process: while no sweep ran, no mail left. The row stays locked until the
 * transaction ends: another process's sweep waits until what an outage made late is held.
 */
export async function recordSweep(tx: DbOrTx): Promise<number> {
  const { rows } = await sql<{ seconds: number | null }>`
    update installation i set swept_at = clock_timestamp() from (select swept_at from installation for update) old
    returning extract(epoch from clock_timestamp() - old.swept_at)::float8 as seconds`.execute(tx)
  return rows[0]?.seconds ?? 0
}

/** How much of these lanes may be sent now, at most `most`. */
export async function countDue(db: Db, input: { lanes: string[]; now: Date; most: number }): Promise<number> {
  const { lanes, now, most } = input
  if (lanes.length === 0) return 0
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (
      (select from campaigns c join deliveries d on d.campaign_id = c.id
        where c.state = 'sending' and c.channel = 'email' and c.lane = any(${lanes}) and not d.is_test
          and d.state in ('queued', 'deferred') and d.due_at <= ${now}
          -- as claimDue does: what it passes over is not rung for
          and not exists (select from domain_stops s where s.domain = d.domain
            and (s.stopped_at is not null or s.paused_until > clock_timestamp())) limit ${most})
      union all
      (select from deliveries where is_test and state in ('queued', 'deferred') and due_at <= ${now} limit ${most})
    ) due`.execute(db)
  return Math.min(most, rows[0]?.count ?? 0)
}
