import { Conflict } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getDelivery, lockForDecision, recordDecision, reopenCampaign } from './delivery-queries.ts'

/**
 * A person decides what we could not know (or lets go what was held): it was accepted after all, or it goes again as
 * the same message, with the same Message-ID. @throws NotFound, Conflict when there is nothing to decide
 */
export async function resolveDelivery(db: Db, input: { id: number; as: 'accepted' | 'resend'; now: Date }) {
  const { id, as } = input
  await db.transaction().execute(async (tx) => {
    const { state, is_test, campaign_id, campaign_state } = await lockForDecision(tx, id)
    if (as === 'resend' && campaign_state === 'cancelled' && !is_test) {
      throw new Conflict('campaign_cancelled', `Delivery ${id} cannot go again: its campaign was cancelled.`)
    }
    if (!(await recordDecision(tx, input))) {
      throw new Conflict('nothing_to_decide', `Delivery ${id} is ${state}: there is nothing to decide.`)
    }
    if (as === 'resend' && !is_test) await reopenCampaign(tx, campaign_id)
  })
  return getDelivery(db, id)
}
