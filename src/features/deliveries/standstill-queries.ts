import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Seconds since any process swept, by the database's clock. Null: none ever did. While none sweeps, no mail leaves. */
export async function readSecondsSinceSweep(db: DbOrTx): Promise<number | null> {
  const { rows } = await sql<{ seconds: number | null }>`
    select extract(epoch from clock_timestamp() - swept_at)::float8 as seconds from installation`.execute(db)
  return rows[0]?.seconds ?? null
}

/** What of a campaign waits for a person, by reason. */
export async function countHeld(db: DbOrTx, campaignId: number): Promise<Record<string, number>> {
  const { rows } = await sql<{ held_reason: string; count: number }>`
    select held_reason, count(*) as count from deliveries
    where campaign_id = ${campaignId} and state = 'held' and not is_test group by held_reason`.execute(db)
  return Object.fromEntries(rows.map((row) => [row.held_reason, row.count]))
}
