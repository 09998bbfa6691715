import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** How many syncs failed since the last that did not. */
export async function countFailedSyncs(db: DbOrTx, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (
      select from jobs failed where kind = 'mailchimp-sync' and state = 'failed'
        and id > coalesce((select max(id) from jobs where kind = 'mailchimp-sync' and state = 'done'), 0)
      limit ${most}) bounded`.execute(db)
  return rows[0]?.count ?? 0
}

/** The sync that waits or goes on, and that nobody has asked to stop. */
export async function findSyncUnderWay(db: DbOrTx): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from jobs
    where kind = 'mailchimp-sync' and state in ('waiting', 'running') and not cancel_requested
    order by id limit 1`.execute(db)
  return rows[0]?.id
}

/** Whether somebody stopped the last sync, and not long ago. */
export async function wasStoppedLately(db: DbOrTx, withinMs: number): Promise<boolean> {
  const { rows } = await sql<{ stopped: boolean }>`
    select state = 'cancelled' and finished_at > clock_timestamp() - make_interval(secs => ${withinMs / 1000}) as stopped
    from jobs where kind = 'mailchimp-sync' order by id desc limit 1`.execute(db)
  return rows[0]?.stopped ?? false
}
