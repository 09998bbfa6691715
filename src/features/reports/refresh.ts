import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import { refreshCampaignFigures } from './engagement/index.ts'
import { refreshRounds } from './rounds/index.ts'

/**
 * The handler of 'refresh-reports': counts anew what has changed, so that nobody who opens a report waits for it. Run by
 * several at once it does no harm: of two that count the same round the second finds nothing to do.
 */
export async function refreshReports(deps: { db: Db; clock: Clock }): Promise<void> {
  await refreshRounds(deps)
  await refreshCampaignFigures(deps)
}
