import { requestCancel } from '../../../jobs/long-work.ts'
import { Conflict } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { whileAlone } from '../mirror/lock.ts'
import { findUnfinishedSync } from '../mirror/start-sync.ts'

const WAIT_MS = 10_000

/** Stops the sync that goes on, and does something before another begins. @throws Conflict `mailchimp_busy` */
export async function whileNoSync<Result>(db: Db, run: () => Promise<Result>, waitMs = WAIT_MS): Promise<Result> {
  const sync = await findUnfinishedSync({ db })
  if (sync !== undefined) await requestCancel({ db }, { id: sync })
  const done = await whileAlone(db, { waitMs }, run)
  if (done) return done.result
  throw new Conflict('mailchimp_busy', 'A sync is being stopped. Try again in a minute.')
}
