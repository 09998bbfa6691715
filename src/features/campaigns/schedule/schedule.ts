import type { Ring } from '../../../jobs/catalog.ts'
import { recordLongWork, ringLongWork } from '../../../jobs/long-work.ts'
import type { Clock } from '../../../lib/clock.ts'
import { Conflict, InvalidInput } from '../../../lib/errors.ts'
import { isSerializationFailure, isUniqueViolation } from '../../../platform/db/faults.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { forecastLastDeparture } from '../../deliveries/index.ts'
import {
  countAudience,
  freezeAudience,
  listAudienceLanguages,
  listAudiencePlaces,
} from '../audience/audience-queries.ts'
import { chooseVariant } from '../content/index.ts'
import { findCampaignFaults } from '../review/audience-facts.ts'
import { ensureCompiled } from '../writing/compiled.ts'
import { lockCampaign, recordScheduled, type ScheduledCampaign } from './schedule-queries.ts'
import { type PlaceTime, planMailchimpSchedule, planSchedule, type ScheduleInput } from './schedule-rules.ts'
import { recordSlug } from './slug.ts'

interface ScheduleDeps {
  db: Db
  clock: Clock
  ring: Ring
  config: { mailFrom: string; publicUrl: string }
}

/** What the officer is told once a campaign is scheduled. */
export interface Scheduled {
  state: string
  recipients: number
  skipped: Record<string, number>
  /** When it begins; through Mailchimp the next quarter of an hour, unless it goes at once. */
  starts_at: Date
  /** When the last of it leaves at best, under the limits and behind what already waits. Null: Mailchimp's to say. */
  last_leaves_at: Date | null
  /** With a local time: the clock that counts in each place, assumed from the country where nobody said it. */
  places?: PlaceTime[]
}

/**
 * Freezes the audience and sets the time. One transaction: a crash leaves either a draft or a whole schedule, and of
 * two who schedule at once, one is told that it is no draft any more.
 * @throws NotFound, Conflict (`not_a_draft`; `audience_changed`, `text_changed` when it is not what the officer was
 * told), InvalidInput for a past time, an empty audience, or a problem in the text (each named)
 */
export async function scheduleCampaign(deps: ScheduleDeps, id: number, input: ScheduleInput): Promise<Scheduled> {
  const now = deps.clock.now()
  const { hand_over, ...answer } = await inOneSnapshot(deps.db, (tx) => freeze(tx, deps, { id, now, ...input }))
  // After the commit: a doorbell that rings too early finds nothing.
  if (hand_over !== undefined) {
    await ringLongWork(deps, hand_over)
    return { ...answer, last_leaves_at: null }
  }
  await deps.ring('sweep-deliveries', {}, Math.max(0, answer.starts_at.getTime() - now.getTime()))
  return { ...answer, last_leaves_at: (await forecastLastDeparture(deps.db, { campaign_id: id, now })) ?? null }
}

async function freeze(tx: DbOrTx, deps: ScheduleDeps, input: ScheduleInput & { id: number; now: Date }) {
  const { id, now, local_time } = input
  const campaign = await lockCampaign(tx, id)
  if (campaign.state !== 'draft') {
    throw new Conflict('not_a_draft', `The campaign is ${campaign.state}; only a draft can be scheduled.`)
  }
  const audience = await countAudience(tx, campaign)
  refuseUnexpected(campaign, audience.recipients, input)
  const byMailchimp = campaign.channel === 'mailchimp'
  const plan = byMailchimp
    ? planMailchimpSchedule(input, now)
    : planSchedule(input, local_time === undefined ? [] : await listAudiencePlaces(tx, campaign), now)
  const faults = await findCampaignFaults({ ...deps, now }, tx, campaign, plan.starts_at)
  if (faults.length > 0) throw new InvalidInput(faults, 'campaign_has_problems')
  const compiled = await ensureCompiled(deps, id, campaign.version, tx)
  const variantOf = (language: string) => chooseVariant(compiled.keys(), language, campaign.language)
  const languages = await listAudienceLanguages(tx, campaign)
  await freezeAudience(tx, campaign, {
    campaign_id: id,
    version: campaign.version,
    languages: Object.fromEntries(languages.map((language) => [language, variantOf(language)])),
    default_language: campaign.language,
    due_at: byMailchimp ? plan.starts_at : plan.send_at,
    places: plan.places,
    channel: campaign.channel,
  })
  await recordSlug(tx, campaign)
  await recordScheduled(tx, id, { plan, local_time, now })
  const hand_over = byMailchimp ? await recordLongWork(tx, HAND_OVER, { campaign_id: id }) : undefined
  const { starts_at, places } = plan
  return {
    hand_over,
    state: 'scheduled',
    ...audience,
    starts_at,
    ...(local_time === undefined ? {} : { places }),
  }
}

/** The kinds of long work that features/mailchimp does with what is in the ledger here. Input: `campaign_id`. */
export const HAND_OVER = 'mailchimp-hand-over'
export const TAKE_BACK = 'mailchimp-take-back'

/** The button said so many people and showed one version of the text: another one is not scheduled in its name. */
function refuseUnexpected(campaign: ScheduledCampaign, recipients: number, input: ScheduleInput): void {
  const { expected_recipients, expected_version } = input
  if (expected_version !== undefined && expected_version !== campaign.version) {
    throw new Conflict('text_changed', 'The text was changed since you looked at it. Look at it again, then schedule.')
  }
  if (expected_recipients !== undefined && expected_recipients !== recipients) {
    const words = `The audience has changed since you looked: ${expected_recipients} then, ${recipients} now.`
    throw new Conflict('audience_changed', `${words} Nothing was scheduled.`)
  }
}

const TRIES = 5

/**
 * Every query of the transaction sees the same people: an import that commits in between cannot make the count, the
 * local hours and the frozen list differ. Who loses a race against another change begins again and sees it.
 */
async function inOneSnapshot<Answer>(db: Db, work: (tx: DbOrTx) => Promise<Answer>): Promise<Answer> {
  for (let left = TRIES; ; left--) {
    try {
      return await db.transaction().setIsolationLevel('repeatable read').execute(work)
    } catch (error) {
      // Two introductions of the same partners at once: the second begins again, and finds them under way.
      if (left <= 1 || !(isSerializationFailure(error) || isUniqueViolation(error))) throw error
    }
  }
}
