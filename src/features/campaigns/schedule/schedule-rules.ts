import { InvalidInput } from '../../../lib/errors.ts'
import { instantAtLocalTime, isTimeZone, zoneOfCountry } from '../../../lib/time-zones.ts'

/** When a campaign is asked to leave. */
export interface ScheduleInput {
  /** An instant, or "now". With `local_time` only its date counts, as it is written. */
  at: string
  /** Each recipient's own clock, such as 09:00. */
  local_time?: string
  /** How long nothing leaves yet, so that it can be cancelled (0). */
  hold_seconds?: number
  /** What the officer was told: nothing is scheduled when it is not so any more. */
  expected_recipients?: number
  expected_version?: number
}

/** Where some of the recipients live. */
export interface Place {
  country_code: string
  /** A zone of their own, or null: then their country's is assumed. */
  time_zone: string | null
}

export interface PlaceTime extends Place {
  /** The zone whose clock counts: their own, or the one where most people of the country live. */
  zone: string
  due_at: Date
}

export interface SchedulePlan {
  send_at: Date
  hold_until: Date | null
  /** The first moment at which anything may leave. */
  starts_at: Date
  /** Empty without a local time. */
  places: PlaceTime[]
}

/** "At 14:03" typed at 14:04 means now; older than that is a mistake. */
const PAST_GRACE_MS = 5 * 60_000
const DAY_MS = 86_400_000
const FURTHEST_MS = 366 * DAY_MS
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/**
 * Turns the wish into due times. A local hour that is over where somebody lives, or falls into the hold, comes there
 * on the next day.
 * @throws InvalidInput for a time that is past, unreadable, or more than a year away
 */
export function planSchedule(input: ScheduleInput, places: readonly Place[], now: Date): SchedulePlan {
  const { send_at, day } = readInstant(input, now)
  const hold_until = input.hold_seconds ? new Date(now.getTime() + input.hold_seconds * 1000) : null
  const earliest = hold_until ?? now
  const { local_time } = input
  if (local_time === undefined || places.length === 0) {
    return { send_at, hold_until, starts_at: later(send_at, earliest), places: [] }
  }
  const due = places.map((place) => {
    const zone = zoneOf(place)
    return { ...place, zone, due_at: firstAtLocalTime(day, local_time, zone, earliest) }
  })
  return {
    send_at,
    hold_until,
    starts_at: new Date(Math.min(...due.map(({ due_at }) => due_at.getTime()))),
    places: due,
  }
}

/** A hand-over to Mailchimp takes a moment: what is to leave sooner than that leaves a quarter later. */
const HAND_OVER_MS = 5 * 60_000
const QUARTER_MS = 15 * 60_000

/**
 * The same for Mailchimp, where campaigns leave on a quarter of an hour (actions/schedule in its API), or at once: never
 * earlier than was asked for.
 * @throws InvalidInput as planSchedule, and for a local time
 */
export function planMailchimpSchedule(input: ScheduleInput, now: Date): SchedulePlan {
  if (input.local_time !== undefined) {
    const message = 'cannot be kept by Mailchimp: everybody gets it at one moment. Leave it out.'
    throw new InvalidInput([{ field: 'local_time', message }])
  }
  const plan = planSchedule(input, [], now)
  if (input.at === 'now' && plan.hold_until === null) return plan
  const earliest = Math.max(plan.starts_at.getTime(), now.getTime() + HAND_OVER_MS)
  const starts_at = new Date(Math.ceil(earliest / QUARTER_MS) * QUARTER_MS)
  return { ...plan, starts_at }
}

function readInstant({ at, local_time }: ScheduleInput, now: Date): { send_at: Date; day: string } {
  const today = dayOf(now)
  if (at === 'now') return { send_at: now, day: today }
  const day = INSTANT.exec(at)?.[1]
  const instant = day === undefined || !isDay(day) ? Number.NaN : Date.parse(at)
  const fault = (message: string) => new InvalidInput([{ field: 'at', message }])
  if (day === undefined || Number.isNaN(instant)) {
    throw fault('must be "now" or an instant with its zone, such as 2016-03-03T09:00:00Z')
  }
  // The hour of today at which the wish was written does not matter when everybody's own clock does.
  const isPast = instant < now.getTime() - PAST_GRACE_MS && !(local_time !== undefined && day >= today)
  if (isPast) throw fault(`${at} is past`)
  if (instant > now.getTime() + FURTHEST_MS) throw fault('is more than a year away')
  return { send_at: later(new Date(instant), now), day }
}

export function zoneOf({ country_code, time_zone }: Place): string {
  // A zone that this release of the zone data does not know is worth less than the country's.
  return time_zone !== null && isTimeZone(time_zone) ? time_zone : zoneOfCountry(country_code)
}

/** The first day, from `day` on, on which the local hour is not over yet. */
function firstAtLocalTime(day: string, time: string, zone: string, earliest: Date): Date {
  for (let start = Date.parse(`${day}T00:00:00Z`); ; start += DAY_MS) {
    const instant = instantAtLocalTime(dayOf(new Date(start)), time, zone)
    if (instant >= earliest) return instant
  }
}

const dayOf = (date: Date) => date.toISOString().slice(0, 10)
/** 30 February is no day: Date.parse would take it for 1 March. */
const isDay = (day: string) =>
  !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) && dayOf(new Date(`${day}T00:00:00Z`)) === day
const later = (a: Date, b: Date) => (a > b ? a : b)
