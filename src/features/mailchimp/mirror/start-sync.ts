import { recordLongWork, ringLongWork } from '../../../jobs/long-work.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { getAudience } from '../connection/audience.ts'
import { recordBegun } from '../connection/audience-queries.ts'
import { type MailchimpDeps, mailchimpOf } from '../deps.ts'
import { lockSyncStart } from './lock-queries.ts'
import { findSyncUnderWay } from './sweep-queries.ts'
import type { SyncInput } from './sync.ts'

const SYNC = 'mailchimp-sync'

/** The sync that waits or goes on; one that was asked to stop is none. */
export function findUnfinishedSync({ db }: { db: DbOrTx }): Promise<number | undefined> {
  return findSyncUnderWay(db)
}

/**
 * Starts a sync, unless one waits or goes on: then it is that one's id that is returned, whatever it was asked for. The first
 * that is no dry run lets the sweep write from then on.
 * @throws Conflict `mailchimp_off`, `mailchimp_not_connected`
 */
export async function startSync(
  deps: Pick<MailchimpDeps, 'db' | 'clock' | 'ring' | 'mailchimp'>,
  input: SyncInput,
): Promise<number> {
  mailchimpOf(deps)
  const job_id = await deps.db.transaction().execute(async (tx) => {
    await getAudience(tx)
    if (!input.dry_run) await recordBegun(tx, deps.clock.now())
    return recordSync(tx, input)
  })
  await ringLongWork(deps, job_id)
  return job_id
}

/** Within the caller's transaction; then `ringLongWork`. */
export async function recordSync(tx: DbOrTx, { whole, dry_run }: SyncInput): Promise<number> {
  await lockSyncStart(tx)
  return (await findUnfinishedSync({ db: tx })) ?? (await recordLongWork(tx, SYNC, { whole, dry_run }))
}
