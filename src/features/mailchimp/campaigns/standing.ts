import type { Db } from '../../../platform/db/open.ts'
import { listElsewhereLanguages, recordBegunElsewhere } from '../../campaigns/index.ts'
import { listHanded } from './handed-queries.ts'

/**
 * The campaign here has begun when one there has, or when nobody is left for whom one could begin. It is done when nothing of
 * it is Mailchimp's any more: the sweep of deliveries finds that.
 */
export async function recordStanding(db: Db, campaign_id: number, now: Date): Promise<void> {
  const rows = await listHanded(db, campaign_id)
  const begun = rows.some(({ state }) => state === 'sending' || state === 'sent')
  if (begun || (await listElsewhereLanguages(db, campaign_id)).length === 0)
    await recordBegunElsewhere(db, campaign_id, now)
}
