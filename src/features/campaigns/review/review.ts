import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import { forecastDraft } from '../../deliveries/index.ts'
import type { AudienceRule } from '../audience/audience-queries.ts'
import { chooseVariant } from '../content/index.ts'
import {
  type PlaceTime,
  planMailchimpSchedule,
  planSchedule,
  type ScheduleInput,
  zoneOf,
} from '../schedule/schedule-rules.ts'
import type { Channel, Lane } from '../schema.ts'
import { listVariants } from '../writing/queries.ts'
import { type AudienceGroup, listAudienceGroups } from './review-queries.ts'

/** Who a campaign would go to if it were scheduled now. */
export interface AudienceReview {
  recipients: number
  skipped: Record<string, number>
  /** Recipients by the language they read, the most first, with the text that they get. */
  languages: { language: string; variant: string; people: number }[]
  /** Where they live, by the clock that counts for them, the most first. */
  zones: { zone: string; people: number }[]
  places: { country_code: string; time_zone: string | null; people: number }[]
}

/** The campaign as far as a review asks: a campaign's row has all of it. */
export type ReviewedCampaign = AudienceRule & { id: number; version: number; language: string }

export async function reviewAudience(db: Db, campaign: ReviewedCampaign): Promise<AudienceReview> {
  const [groups, variants] = await Promise.all([
    listAudienceGroups(db, campaign),
    listVariants(db, campaign.id, campaign.version),
  ])
  const written = variants.map((variant) => variant.language)
  const recipients = groups.filter((group) => group.skipped_reason === null)
  const left = groups.filter((group) => group.skipped_reason !== null)
  return {
    recipients: totalOf(recipients),
    skipped: Object.fromEntries(sumBy(left, (group) => group.skipped_reason as string)),
    languages: sumBy(recipients, (group) => group.language).map(([language, people]) => ({
      language,
      variant: chooseVariant(written, language, campaign.language),
      people,
    })),
    zones: sumBy(recipients, zoneOf).map(([zone, people]) => ({ zone, people })),
    places: sumBy(recipients, ({ country_code, time_zone }) => `${country_code}\t${time_zone ?? ''}`).map(
      ([place, people]) => {
        const [country_code = '', time_zone = ''] = place.split('\t')
        return { country_code, time_zone: time_zone === '' ? null : time_zone, people }
      },
    ),
  }
}

/** When it would leave. */
export interface PlanReview {
  send_at: Date
  starts_at: Date
  hold_until: Date | null
  /** When the last leaves at best, under the limits and behind what already waits. Null: for nobody, or Mailchimp's to say. */
  last_leaves_at: Date | null
  /** With a local time: when it is due on each clock, the earliest first. Empty without. */
  zones: { zone: string; due_at: Date; people: number }[]
}

/** @throws InvalidInput for a time that is past, unreadable, or more than a year away, or that Mailchimp cannot keep */
export async function reviewPlan(
  { db, clock }: { db: Db; clock: Clock },
  input: { lane: Lane; channel?: Channel; audience: AudienceReview; schedule: ScheduleInput },
): Promise<PlanReview> {
  const now = clock.now()
  if (input.channel === 'mailchimp') {
    const { send_at, starts_at, hold_until } = planMailchimpSchedule(input.schedule, now)
    return { send_at, starts_at, hold_until, last_leaves_at: null, zones: [] }
  }
  const { places, recipients } = input.audience
  const local = input.schedule.local_time !== undefined
  const { send_at, starts_at, hold_until, places: times } = planSchedule(input.schedule, local ? places : [], now)
  const peopleOf = new Map(places.map((place) => [keyOf(place), place.people]))
  const timed = times.map((time) => ({ ...time, people: peopleOf.get(keyOf(time)) ?? 0 }))
  const due = local
    ? timed.map(({ due_at, people }) => ({ at: due_at, count: people }))
    : [{ at: starts_at, count: recipients }]
  const outlook = await forecastDraft(db, { lane: input.lane, now, due })
  return { send_at, starts_at, hold_until, last_leaves_at: outlook?.last ?? null, zones: byZone(timed) }
}

function byZone(times: (PlaceTime & { people: number })[]): PlanReview['zones'] {
  const zones = new Map<string, PlanReview['zones'][number]>()
  for (const { zone, due_at, people } of times) {
    const before = zones.get(zone)
    zones.set(zone, { zone, due_at, people: people + (before?.people ?? 0) })
  }
  return [...zones.values()].sort((a, b) => a.due_at.getTime() - b.due_at.getTime() || b.people - a.people)
}

const keyOf = (place: { country_code: string; time_zone: string | null }) =>
  `${place.country_code}\t${place.time_zone ?? ''}`
const totalOf = (groups: AudienceGroup[]) => groups.reduce((sum, { count }) => sum + count, 0)

function sumBy(groups: AudienceGroup[], keyOfGroup: (group: AudienceGroup) => string): [string, number][] {
  const sums = new Map<string, number>()
  for (const group of groups) sums.set(keyOfGroup(group), (sums.get(keyOfGroup(group)) ?? 0) + group.count)
  return [...sums].sort(([a, most], [b, least]) => least - most || (a < b ? -1 : 1))
}
