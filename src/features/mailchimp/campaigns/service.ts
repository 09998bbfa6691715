import { recordLongWork, ringLongWork } from '../../../jobs/long-work.ts'
import { Conflict, NotFound } from '../../../lib/errors.ts'
import { findCampaignElsewhere, HAND_OVER } from '../../campaigns/index.ts'
import type { MailchimpDeps } from '../deps.ts'
import { after, isWanted, LOST_MS } from './hand-over-deps.ts'
import { type Handed, listHanded, recordAgain } from './handed-queries.ts'

/** A campaign at Mailchimp, one for each language; empty for one that is not handed over. */
export function listHandedOver(
  { db }: Pick<MailchimpDeps, 'db'>,
  { campaign_id }: { campaign_id: number },
): Promise<Handed[]> {
  return listHanded(db, campaign_id)
}

/**
 * Tries again what failed, once it is mended: at its time, or at once when that is past. Returns the id of the job.
 * @throws NotFound, Conflict `nothing_to_hand_over`
 */
export async function handOverAgain(
  { db, clock, ring }: Pick<MailchimpDeps, 'db' | 'clock' | 'ring'>,
  { campaign_id }: { campaign_id: number },
): Promise<number> {
  const now = clock.now()
  const job_id = await db.transaction().execute(async (tx) => {
    const campaign = await findCampaignElsewhere(tx, campaign_id)
    if (!campaign) throw new NotFound(`Campaign ${campaign_id} at Mailchimp`)
    const again = isWanted(campaign) ? await recordAgain(tx, campaign_id, { now, look_at: after(now, LOST_MS) }) : 0
    if (again === 0)
      throw new Conflict(
        'nothing_to_hand_over',
        `The campaign is ${campaign.state}, and nothing of it has failed at Mailchimp: there is nothing to hand over again.`,
      )
    return recordLongWork(tx, HAND_OVER, { campaign_id })
  })
  await ringLongWork({ ring }, job_id)
  return job_id
}
