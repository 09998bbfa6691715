import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import { Conflict, InvalidInput } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { countDeliveries, countSkipped, type DeliveryCounts, forecastLastDeparture, releaseHeld } from '../deliveries/index.ts'
import { countAudience, freezeAudience, listAudienceLanguages, listAudiencePlaces } from './audience-queries.ts'
import { checkWholeCampaign, findCampaignFaults } from './audience-facts.ts'
import { chooseVariant, type Finding } from './content/index.ts'
import { cancelWaiting, lockCampaign, moveCampaign, recordScheduled } from './schedule-queries.ts'
import { planSchedule, type ScheduleInput } from './schedule-rules.ts'
import { ensureCompiled } from './service.ts'

interface ScheduleDeps {
  db: Db
  clock: Clock
  ring: Ring
  config: { mailFrom: string }
}

/** What the officer is told once a campaign is scheduled. */
export interface Scheduled {
  state: string
  recipients: number
  skipped: Record<string, number>
  starts_at: Date
  /** When the last of it leaves at best, under the limits and behind what already waits. */
  last_leaves_at: Date | null
}

/**
 * Freezes the audience and sets the time. One transaction: a crash leaves either a draft or a whole schedule, and of
 * two who schedule at once, one is told that it is no draft any more.
 * @throws Conflict, InvalidInput for a past time, an empty audience, or a problem in the text (each named)
 */
export async function scheduleCampaign(deps: ScheduleDeps, id: number, input: ScheduleInput): Promise<Scheduled> {
  const now = deps.clock.now()
  const answer = await deps.db.transaction().execute(async (tx) => {
    const campaign = await lockCampaign(tx, id)
    if (campaign.state !== 'draft') throw new Conflict('not_a_draft', `The campaign is ${campaign.state}; only a draft can be scheduled.`)
    const plan = planSchedule(input, input.local_time === undefined ? [] : await listAudiencePlaces(tx, campaign), now)
    const faults = await findCampaignFaults({ ...deps, now }, tx, campaign, plan.send_at)
    if (faults.length > 0) throw new InvalidInput(faults, 'campaign_has_problems')
    const compiled = await ensureCompiled(deps, id, campaign.version, tx)
    const audience = await countAudience(tx, campaign)
    await freezeAudience(tx, {
      ...campaign,
      campaign_id: id,
      languages: Object.fromEntries(
        (await listAudienceLanguages(tx, campaign)).map((language) => [language, chooseVariant(compiled.keys(), language, campaign.language)]),
      ),
      default_language: campaign.language,
      due_at: plan.send_at,
      places: plan.places,
    })
    await recordScheduled(tx, id, plan, input.local_time)
    return { ...audience, state: 'scheduled', starts_at: plan.starts_at }
  })
  // After the commit: a doorbell that rings too early finds nothing.
  await deps.ring('sweep-deliveries', {}, Math.max(0, answer.starts_at.getTime() - now.getTime()))
  return { ...answer, last_leaves_at: (await forecastLastDeparture(deps.db, { campaign_id: id, now })) ?? null }
}

export interface CampaignProgress {
  state: string
  counts: DeliveryCounts
  skipped: Record<string, number>
}

/** Nothing more begins within a second; dialogues that are open end by themselves. @throws Conflict */
export async function pauseCampaign({ db }: { db: Db }, id: number): Promise<CampaignProgress> {
  await move(db, id, ['scheduled', 'sending'], () => 'paused')
  return measureCampaign(db, id)
}

/** Goes on, and lets go what was held for being late or restored. @throws Conflict */
export async function resumeCampaign({ db, clock, ring }: Pick<ScheduleDeps, 'db' | 'clock' | 'ring'>, id: number): Promise<CampaignProgress> {
  const now = clock.now()
  await move(db, id, ['paused', 'sending', 'done'], (startsAt) => (startsAt && startsAt > now ? 'scheduled' : 'sending'), (tx) => releaseHeld(tx, id, now))
  await ring('sweep-deliveries', {})
  return measureCampaign(db, id)
}

/** Ends it: what has not begun goes nowhere. @throws Conflict */
export async function cancelCampaign({ db }: { db: Db }, id: number): Promise<CampaignProgress> {
  await move(db, id, ['draft', 'scheduled', 'sending', 'paused'], () => 'cancelled', (tx) => cancelWaiting(tx, id))
  return measureCampaign(db, id)
}

/** Everything that speaks for or against sending a campaign as it is now. @throws NotFound */
export async function listCampaignFindings(deps: Pick<ScheduleDeps, 'db' | 'clock' | 'config'>, id: number): Promise<Finding[]> {
  return deps.db.transaction().execute(async (tx) => {
    const campaign = await lockCampaign(tx, id)
    return checkWholeCampaign({ ...deps, now: deps.clock.now() }, tx, campaign, null)
  })
}

/** Every recipient by state, and those left out by reason. */
export async function measureCampaign(db: Db, id: number): Promise<CampaignProgress> {
  const [campaign, counts, skipped] = await Promise.all([
    db.selectFrom('campaigns').select('state').where('id', '=', id).executeTakeFirstOrThrow(),
    countDeliveries(db, id),
    countSkipped(db, id),
  ])
  return { state: campaign.state, counts, skipped }
}

async function move(
  db: Db,
  id: number,
  from: string[],
  choose: (startsAt: Date | null) => string,
  also: (tx: DbOrTx) => Promise<unknown> = async () => undefined,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const campaign = await lockCampaign(tx, id)
    if (!(await moveCampaign(tx, id, from, choose(campaign.starts_at)))) {
      throw new Conflict('wrong_state', `The campaign is ${campaign.state}; this needs one that is ${from.join(', ')}.`)
    }
    await also(tx)
  })
}
