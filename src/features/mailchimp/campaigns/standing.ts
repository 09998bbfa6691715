import type { Db } from '../../../platform/db/open.ts'
import { findCampaignElsewhere, listElsewhereLanguages, recordBegunElsewhere } from '../../campaigns/index.ts'
import { earlier } from './hand-over-deps.ts'
import { listHanded } from './handed-queries.ts'

/**
 * The campaign here has begun when one there has, or when nobody is left for whom one could begin. It is done when nothing of
 * it is Mailchimp's any more: the sweep of deliveries finds that. Cancelled after it began there, it stays cancelled, and has
 * begun all the same: whom it reached is in the reports.
 */
export async function recordStanding(db: Db, campaign_id: number, now: Date): Promise<void> {
  const begun = (await listHanded(db, campaign_id)).filter(({ state }) => state === 'sending' || state === 'sent')
  if (begun.length > 0) {
    // When Mailchimp began, however late that is heard of.
    const at = begun.map(({ sent_at, send_at }) => sent_at ?? send_at ?? now).reduce(earlier, now)
    return recordBegunElsewhere(db, campaign_id, { at, now })
  }
  const campaign = await findCampaignElsewhere(db, campaign_id)
  if (campaign?.state === 'scheduled' && (await listElsewhereLanguages(db, campaign_id)).length === 0)
    await recordBegunElsewhere(db, campaign_id, { at: now, now })
}
