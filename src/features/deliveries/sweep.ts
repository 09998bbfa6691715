import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'
import { holdAfterOutage, holdStoppedDomains } from './hold-queries.ts'
import { recoverLost, signOffGone } from './run-queries.ts'
import { isGone, nameThisMachine } from './this-machine.ts'

/**
 * What the ledger needs every few seconds, whoever does it: outages noticed, lost runs taken back, mail for domains
 * that refuse us held. Each step may run twice, and at once in two processes. Returns how much is due, at most `most`.
 */
export async function sweepLedger(db: Db, input: { sender_id: number; now: Date; most: number }): Promise<number> {
  const away = await recordSweep(db)
  if (away > 0) await holdAfterOutage(db, { seconds: away, now: input.now })
  await signOffGone(db, nameThisMachine(), isGone)
  await recoverLost(db)
  await holdStoppedDomains(db, input.sender_id)
  return countDue(db, input.now, input.most)
}

/** Seconds since the last sweep of any process: while no sweep ran, no mail left. */
async function recordSweep(db: Db): Promise<number> {
  const { rows } = await sql<{ seconds: number | null }>`
    update installation i set swept_at = clock_timestamp() from (select swept_at from installation for update) old
    returning extract(epoch from clock_timestamp() - old.swept_at)::float8 as seconds`.execute(db)
  return rows[0]?.seconds ?? 0
}

async function countDue(db: Db, now: Date, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (
      (select from campaigns c join deliveries d on d.campaign_id = c.id
        where c.state = 'sending' and d.state in ('queued', 'deferred') and d.due_at <= ${now} limit ${most})
      union all
      (select from deliveries where is_test and state in ('queued', 'deferred') and due_at <= ${now} limit ${most})
    ) due`.execute(db)
  return rows[0]?.count ?? 0
}
