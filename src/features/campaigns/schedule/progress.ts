import type { Ring } from '../../../jobs/catalog.ts'
import { recordLongWork, ringLongWork } from '../../../jobs/long-work.ts'
import type { Clock } from '../../../lib/clock.ts'
import { Conflict } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { countDeliveries, countSkipped, type DeliveryCounts, releaseHeld } from '../../deliveries/index.ts'
import { TAKE_BACK } from './schedule.ts'
import {
  cancelWaiting,
  getScheduledCampaign,
  lockCampaign,
  recordState,
  type ScheduledCampaign,
} from './schedule-queries.ts'

/** Where a campaign stands: every recipient by state, and those left out by reason. */
export interface CampaignProgress {
  state: string
  counts: DeliveryCounts
  skipped: Record<string, number>
}

/** @throws NotFound */
export async function measureCampaign(db: Db, id: number): Promise<CampaignProgress> {
  const [{ state }, counts, skipped] = await Promise.all([
    getScheduledCampaign(db, id),
    countDeliveries(db, id),
    countSkipped(db, id),
  ])
  return { state, counts, skipped }
}

interface ChangeDeps {
  db: Db
  clock: Clock
  ring: Ring
}

/** Nothing more begins within a second; dialogues that are open end by themselves. @throws NotFound, Conflict */
export async function pauseCampaign(
  { db, clock }: Pick<ChangeDeps, 'db' | 'clock'>,
  id: number,
): Promise<CampaignProgress> {
  return change(db, id, async (tx, campaign) => {
    refuseHandedOver(campaign, 'It cannot be paused there. Cancel it instead: what has not left then stays here.')
    allow(campaign, ['scheduled', 'sending'])
    await recordState(tx, id, 'paused', clock.now())
  })
}

/**
 * Goes on, and lets go what was held for being late, restored or refused. A campaign that is not paused can be
 * resumed when something of it is held. @throws NotFound, Conflict
 */
export async function resumeCampaign({ db, clock, ring }: ChangeDeps, id: number): Promise<CampaignProgress> {
  const now = clock.now()
  const progress = await change(db, id, async (tx, campaign) => {
    refuseHandedOver(campaign, 'Nothing of it waits here: if it is stuck there, hand it over again.')
    allow(campaign, ['paused', 'scheduled', 'sending', 'done'])
    const released = await releaseHeld(tx, id, now)
    if (campaign.state !== 'paused' && released === 0) {
      throw new Conflict('nothing_to_resume', `The campaign is ${campaign.state}, and nothing of it is held.`)
    }
    await recordState(tx, id, campaign.starts_at && campaign.starts_at > now ? 'scheduled' : 'sending', now)
  })
  await ring('sweep-deliveries', {})
  return progress
}

/**
 * Ends it: what has not begun goes nowhere. What Mailchimp has is taken back by work of its own: until that is done, or
 * Mailchimp has told what left, nothing of it is called cancelled.
 * @throws NotFound, Conflict
 */
export async function cancelCampaign({ db, clock, ring }: ChangeDeps, id: number): Promise<CampaignProgress> {
  let takeBack: number | undefined
  const progress = await change(db, id, async (tx, campaign) => {
    if (campaign.automatic_key !== null)
      throw new Conflict('not_a_campaign', 'Automatic email is not cancelled: switch it off.')
    allow(campaign, ['draft', 'scheduled', 'sending', 'paused'])
    await recordState(tx, id, 'cancelled', clock.now())
    await cancelWaiting(tx, id)
    const isHandedOver = campaign.channel === 'mailchimp' && campaign.frozen_at !== null
    if (isHandedOver) takeBack = await recordLongWork(tx, TAKE_BACK, { campaign_id: id })
  })
  if (takeBack !== undefined) await ringLongWork({ ring }, takeBack)
  return progress
}

async function change(
  db: Db,
  id: number,
  act: (tx: DbOrTx, campaign: ScheduledCampaign) => Promise<void>,
): Promise<CampaignProgress> {
  await db.transaction().execute(async (tx) => act(tx, await lockCampaign(tx, id)))
  return measureCampaign(db, id)
}

function refuseHandedOver({ channel, frozen_at }: ScheduledCampaign, words: string): void {
  if (channel === 'mailchimp' && frozen_at !== null)
    throw new Conflict('through_mailchimp', `The campaign goes through Mailchimp. ${words}`)
}

function allow(campaign: ScheduledCampaign, states: string[]): void {
  if (states.includes(campaign.state)) return
  throw new Conflict('wrong_state', `The campaign is ${campaign.state}; this needs one that is ${states.join(', ')}.`)
}
