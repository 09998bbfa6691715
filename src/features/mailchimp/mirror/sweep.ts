import { findAudience } from '../connection/audience-queries.ts'
import type { MailchimpDeps } from '../deps.ts'
import { readChanges } from './people-queries.ts'
import { startSync } from './start-sync.ts'
import { countFailedSyncs, wasStoppedLately } from './sweep-queries.ts'

/** An import or a matching makes many changes: what comes together is written together. */
const QUIET_MS = 20_000
const MOST_WAITING = 500
const DAY_MS = 24 * 3600_000
const MINUTE_MS = 60_000
/** Whoever stopped a sync has a reason: it is not begun again by itself for so long. */
const STOPPED_MS = 3600_000
/** Waits after so many failures in a row: 1, 2, 4 … minutes, an hour at most. */
const MOST_FAILURES = 7

/** Starts a sync when it is time: what changed has waited for a moment, or everybody was not read for a day. */
export async function startDueSync(deps: Pick<MailchimpDeps, 'db' | 'clock' | 'ring' | 'mailchimp'>): Promise<void> {
  if (!deps.mailchimp) return
  const audience = await findAudience(deps.db)
  // What is written there first is somebody's own decision.
  if (!audience?.begun_at) return
  const now = deps.clock.now()
  if (audience.trouble_at) {
    const failures = Math.max(1, await countFailedSyncs(deps.db, MOST_FAILURES))
    const waitMs = Math.min(2 ** (failures - 1) * MINUTE_MS, 60 * MINUTE_MS)
    if (now.getTime() < audience.trouble_at.getTime() + waitMs) return
  }
  const whole = audience.read_at === null || now.getTime() - audience.read_at.getTime() >= DAY_MS
  if (!whole) {
    // By the database's own clock, which noted them.
    const changes = await readChanges(deps.db, MOST_WAITING + 1)
    const waited = changes.oldest ? changes.now.getTime() - changes.oldest.getTime() : 0
    if (changes.count <= MOST_WAITING && waited < QUIET_MS) return
  }
  if (await wasStoppedLately(deps.db, STOPPED_MS)) return
  await startSync(deps, { whole, dry_run: false })
}
