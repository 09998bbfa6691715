import { PairpostError } from '../../../lib/errors.ts'
import type { Mailchimp, MailchimpCampaign } from '../../../platform/mailchimp/shapes.ts'
import { cancelElsewhere, findCampaignElsewhere, listElsewhereLanguages } from '../../campaigns/index.ts'
import { mailchimpOf } from '../deps.ts'
import { insertRows } from './hand-over.ts'
import { after, type HandOverDeps, LOST_MS, type Wanted } from './hand-over-deps.ts'
import { findHandOverAudience, type Handed, listHanded, recordHanded } from './handed-queries.ts'
import { findThere, readGone, readThere } from './read-there.ts'
import { recordStanding } from './standing.ts'

/**
 * Takes a cancelled campaign back. What is a draft or scheduled there is deleted, and only then called cancelled here; what
 * is being sent is stopped where Mailchimp lets us, and stays with it until its report tells who got it.
 *
 * Whoever calls has made sure that it is the only one (oneAtATime).
 * @throws Conflict when there is no key, Upstream when Mailchimp cannot be asked
 */
export async function takeBack(deps: HandOverDeps, { campaign_id, signal }: Wanted): Promise<Handed[]> {
  const { db } = deps
  const campaign = await findCampaignElsewhere(db, campaign_id)
  if (campaign?.state !== 'cancelled') return listHanded(db, campaign_id)
  // By its id it is found without the audience; by its title there is no other way.
  const list_id = (await findHandOverAudience(db))?.list_id ?? ''
  // Long enough ago that it may have been handed over, and this is a restored copy that knows nothing of it.
  const isOld = campaign.frozen_at < after(deps.clock.now(), -LOST_MS)
  if (isOld && deps.mailchimp && list_id !== '') await insertRows(deps, campaign)
  const rows = await listHanded(db, campaign_id)
  const known = new Set(rows.map((row) => row.language))
  const never = (await listElsewhereLanguages(db, campaign_id)).filter((language) => !known.has(language))
  await cancelElsewhere(db, campaign_id, never)
  const open = rows.filter(({ state }) => state !== 'sent' && state !== 'cancelled')
  const troubles: PairpostError[] = []
  for (const row of open) {
    signal?.throwIfAborted()
    // One that does not come back holds up none of the others: each may leave at any moment.
    await takeOneBack(deps, list_id, row).catch(async (error: unknown) => {
      if (!(error instanceof PairpostError)) throw error
      troubles.push(error)
      await recordHanded(db, row, { words: error.message })
    })
  }
  await recordStanding(db, campaign_id, deps.clock.now())
  if (troubles[0]) throw troubles[0]
  return listHanded(db, campaign_id)
}

async function takeOneBack(deps: HandOverDeps, list_id: string, row: Handed): Promise<void> {
  const { db, clock } = deps
  const mailchimp = mailchimpOf(deps)
  let there = row.mailchimp_id === null && list_id === '' ? undefined : await findThere(mailchimp, list_id, row)
  let isDeleted = false
  if (there?.status === 'schedule') there = await attempt(mailchimp, there, 'unscheduleCampaign')
  if (there?.status === 'sending') there = await attempt(mailchimp, there, 'cancelCampaign')
  if (there?.status === 'save' || there?.status === 'paused') {
    await mailchimp.deleteCampaign(there.id)
    isDeleted = true
    there = undefined
  }
  if (there) {
    const { look_at = null, ...standing } = readThere(there, row, clock.now()) ?? {}
    return recordHanded(db, row, { mailchimp_id: there.id, ...standing, look_at })
  }
  const gone = isDeleted ? undefined : readGone(row, clock.now())
  if (gone) return recordHanded(db, row, gone)
  await db.transaction().execute(async (tx) => {
    await cancelElsewhere(tx, row.campaign_id, [row.language])
    await recordHanded(tx, row, { state: 'cancelled', words: null, look_at: null })
  })
}

/**
 * Mailchimp may refuse: it has just begun to send, or the account may not stop what is being sent. Then what it says of the
 * campaign counts. @throws what it said when the campaign waits there still, and would leave at its time
 */
async function attempt(
  mailchimp: Mailchimp,
  { id }: MailchimpCampaign,
  act: 'unscheduleCampaign' | 'cancelCampaign',
): Promise<MailchimpCampaign | undefined> {
  let refusal: PairpostError | undefined
  try {
    await mailchimp[act](id)
  } catch (error) {
    if (!(error instanceof PairpostError)) throw error
    refusal = error
  }
  const there = await findThere(mailchimp, '', { mailchimp_id: id, title: '' })
  if (refusal && there?.status === 'schedule') throw refusal
  return there
}
