import { Conflict } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { lockCampaignForDecision, lockUncertain, recordDecisions } from './decide-queries.ts'
import {
  getDelivery,
  lockForDecision,
  recordDecision,
  recordIntroduced,
  reopenCampaign,
  touchCampaign,
} from './delivery-queries.ts'

/**
 * A person decides what we could not know (or lets go what was held): it was accepted after all, or it goes again as
 * the same message, with the same Message-ID. @throws NotFound, Conflict when there is nothing to decide
 */
export async function resolveDelivery(db: Db, input: { id: number; as: 'accepted' | 'resend'; now: Date }) {
  const { id, as, now } = input
  await db.transaction().execute(async (tx) => {
    const found = await lockForDecision(tx, id)
    const { state, is_test, campaign_id, campaign_state, channel, partnership_id } = found
    if (found.held_reason === 'partner_waits') {
      const words = `Delivery ${id} waits for a decision about their partner's copy. Decide about that one: this one then leaves by itself.`
      throw new Conflict('partner_first', words)
    }
    if (found.held_reason === 'mailchimp') {
      const words = `Delivery ${id} is with Mailchimp: what became of it is known when Mailchimp reports. There is nothing to decide.`
      throw new Conflict('through_mailchimp', words)
    }
    if (as === 'resend' && campaign_state === 'cancelled' && !is_test) {
      throw new Conflict('campaign_cancelled', `Delivery ${id} cannot go again: its campaign was cancelled.`)
    }
    if (as === 'resend' && !is_test) refuseResend(channel)
    if (!(await recordDecision(tx, input))) {
      throw new Conflict('nothing_to_decide', `Delivery ${id} is ${state}: there is nothing to decide.`)
    }
    if (is_test) return
    if (as === 'resend') await reopenCampaign(tx, campaign_id)
    else if (partnership_id !== null) await recordIntroduced(tx, [partnership_id], now)
    await touchCampaign(tx, campaign_id, now)
  })
  return getDelivery(db, id)
}

/** What went through Mailchimp is never sent by ourselves: it may have left there. @throws Conflict */
function refuseResend(channel: string): void {
  if (channel !== 'mailchimp') return
  const words =
    'It went through Mailchimp, which never told whether it left: it does not go again. Say that it arrived, or write to them in a campaign of its own.'
  throw new Conflict('through_mailchimp', words)
}

/**
 * The same for everything of a campaign that is uncertain, at once. @param input.expected how many the person was told
 * of: when there are others by now, nothing is decided. Returns how many were. @throws NotFound, Conflict
 */
export async function resolveUncertain(
  db: Db,
  input: { campaign_id: number; as: 'accepted' | 'resend'; expected: number; now: Date },
): Promise<number> {
  const { campaign_id, as, expected, now } = input
  return db.transaction().execute(async (tx) => {
    const { state, channel } = await lockCampaignForDecision(tx, campaign_id)
    if (as === 'resend') refuseResend(channel)
    if (as === 'resend' && state === 'cancelled') {
      throw new Conflict('campaign_cancelled', 'Nothing of this campaign can go again: it was cancelled.')
    }
    const uncertain = await lockUncertain(tx, campaign_id)
    const ids = uncertain.map((row) => row.id)
    if (ids.length === 0) throw new Conflict('nothing_to_decide', 'Nothing of this campaign is uncertain any more.')
    if (ids.length !== expected) {
      const words = `${ids.length} are uncertain now, not ${expected}. Look at them again before you decide.`
      throw new Conflict('uncertain_changed', words)
    }
    await recordDecisions(tx, { ids, as, now })
    if (as === 'resend') await reopenCampaign(tx, campaign_id)
    else {
      const introductions = uncertain.flatMap((row) => row.partnership_id ?? [])
      await recordIntroduced(tx, introductions, now)
    }
    await touchCampaign(tx, campaign_id, now)
    return ids.length
  })
}
