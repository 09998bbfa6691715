import { DateTime } from 'luxon'
import type { AudienceReview, Campaign, PlanReview } from '../../features/campaigns/index.ts'
import { type PresentedTime, presentTime, presentZone } from '../present/time.ts'
import type { When } from './when.ts'
import { people } from './wording.ts'

/** View model of the part of the review that says when it leaves, with the button. */
export interface PresentedPlan {
  id: number
  button: string
  expected: number
  version: number
  said: string
  /** The same moment on several clocks. */
  times: { zone: string; people: string; at: PresentedTime }[]
  /** With a local hour: each clock, the earliest first. */
  hours: { zone: string; people: string; at: PresentedTime; own: PresentedTime }[]
  hours_left: string
  held: string
  last: PresentedTime | null
  own_zone: string
}

const LARGEST = 3
const HOURS_SHOWN = 40

export function presentPlan(
  input: {
    id: number
    version: number
    channel?: Campaign['channel']
    audience: AudienceReview
    when: When
    plan: PlanReview | undefined
  },
  { zone, now }: { zone: string; now: Date },
): PresentedPlan {
  const { audience, channel = 'email', when, plan } = input
  const shown = plan?.zones.slice(0, HOURS_SHOWN) ?? []
  const more = (plan?.zones.length ?? 0) - shown.length
  const isLocal = when.choice === 'local'
  return {
    id: input.id,
    button:
      channel === 'mailchimp'
        ? handOverText(audience.recipients, plan, { zone, now })
        : buttonText(audience.recipients, when, plan, { zone, now }),
    expected: audience.recipients,
    version: input.version,
    said: when.said,
    times: plan && !isLocal ? timesOf(plan.starts_at, audience, zone) : [],
    hours: shown.map((one) => ({
      zone: presentZone(one.zone, one.due_at),
      people: people(one.people),
      at: presentTime(one.due_at, one.zone),
      own: presentTime(one.due_at, zone),
    })),
    hours_left: more > 0 ? `and ${more} more clocks, each at the same hour` : '',
    held: heldText(channel, plan),
    last: channel === 'email' && plan?.last_leaves_at ? presentTime(plan.last_leaves_at, zone) : null,
    own_zone: presentZone(zone, plan?.starts_at ?? now),
  }
}

/** On my clock, in UTC, and where most of the recipients live. Each clock once. */
function timesOf(at: Date, { zones }: AudienceReview, own: string): PresentedPlan['times'] {
  const largest = zones.slice(0, LARGEST)
  const counted = new Map(zones.map((one) => [one.zone, one.people]))
  const all = [own, 'UTC', ...largest.map((one) => one.zone)]
  return [...new Set(all)].map((zone) => ({
    zone: presentZone(zone, at),
    people: counted.has(zone) ? people(counted.get(zone) as number) : '',
    at: presentTime(at, zone),
  }))
}

function buttonText(
  recipients: number,
  { choice, time, day, schedule }: When,
  plan: PlanReview | undefined,
  { zone, now }: { zone: string; now: Date },
): string {
  const whom = `Schedule for ${people(recipients)}`
  if (choice === 'now') return `${whom} now`
  if (!schedule || !plan) return whom
  if (choice === 'local')
    return `${whom} on ${shortDay(DateTime.fromISO(day, { zone: 'utc' }), now)}, ${time} where they live`
  const there = DateTime.fromJSDate(plan.send_at, { zone })
  return `${whom} on ${shortDay(there, now)}, ${there.toFormat('HH:mm')} ${presentZone(zone, plan.send_at)}`
}

/** Of Mailchimp the moment counts at which it leaves there, which is a quarter of an hour. */
function handOverText(recipients: number, plan: PlanReview | undefined, { zone, now }: { zone: string; now: Date }) {
  const whom = `Hand over to Mailchimp for ${people(recipients)}`
  if (!plan) return whom
  const there = DateTime.fromJSDate(plan.starts_at, { zone })
  return `${whom}, for ${shortDay(there, now)}, ${there.toFormat('HH:mm')} ${presentZone(zone, plan.starts_at)}`
}

function heldText(channel: Campaign['channel'], plan: PlanReview | undefined): string {
  if (!plan) return ''
  if (channel === 'mailchimp')
    return 'Mailchimp sends on quarters of an hour. Until then you can take it back; whoever is not subscribed there does not get it.'
  return plan.hold_until ? 'Nothing leaves in the first two minutes: until then you can take it back.' : ''
}

/** Such as "3 March"; with the year when it is another one. */
function shortDay(day: DateTime, now: Date): string {
  const sameYear = day.year === DateTime.fromJSDate(now, { zone: day.zoneName ?? 'utc' }).year
  return day.setLocale('en-GB').toFormat(sameYear ? 'd LLLL' : 'd LLLL yyyy')
}
