import { InvalidInput } from '../../lib/errors.ts'
import { instantAtLocalTime, zoneOfCountry } from '../../lib/time-zones.ts'
import type { PlaceDue } from './audience-queries.ts'

/** When a campaign is asked to leave. */
export interface ScheduleInput {
  /** An instant, or "now". With `local_time`, only its date (in UTC) is used. */
  at: string
  /** Each recipient's own clock, such as 09:00. */
  local_time?: string
  /** How long nothing leaves yet, so that it can be cancelled (0). */
  hold_seconds?: number
}

export interface SchedulePlan {
  send_at: Date
  hold_until: Date | null
  /** The first moment at which anything may leave. */
  starts_at: Date
  places: PlaceDue[]
}

type Place = Omit<PlaceDue, 'due_at'>

/** "At 14:03" typed at 14:04 means now; older than that is a mistake. */
const PAST_GRACE_MS = 5 * 60_000
const FURTHEST_MS = 366 * 86_400_000

/**
 * Turns the wish into due times. A local hour that is already over where somebody lives comes there on the next day.
 * @throws InvalidInput for a time that is past, unreadable, or more than a year away
 */
export function planSchedule(input: ScheduleInput, places: readonly Place[], now: Date): SchedulePlan {
  const send_at = readInstant(input.at, now)
  const hold_until = input.hold_seconds ? new Date(now.getTime() + input.hold_seconds * 1000) : null
  const due = places.map((place) => ({
    ...place,
    due_at: input.local_time === undefined ? send_at : localInstant(send_at, input.local_time, place, now),
  }))
  const first = Math.min(...due.map((place) => place.due_at.getTime()))
  const starts_at = new Date(Math.max(Number.isFinite(first) ? first : send_at.getTime(), hold_until?.getTime() ?? 0))
  return { send_at, hold_until, starts_at, places: due }
}

function readInstant(at: string, now: Date): Date {
  if (at === 'now') return now
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(at) ? Date.parse(at) : Number.NaN
  const fault = (message: string) => new InvalidInput([{ field: 'at', message }])
  if (Number.isNaN(instant)) throw fault('must be "now" or an instant with its zone, such as 2016-03-03T09:00:00Z')
  if (instant < now.getTime() - PAST_GRACE_MS) throw fault(`${at} is past`)
  if (instant > now.getTime() + FURTHEST_MS) throw fault('is more than a year away')
  return new Date(Math.max(instant, now.getTime()))
}

function localInstant(sendAt: Date, localTime: string, place: Place, now: Date): Date {
  const zone = place.time_zone ?? zoneOfCountry(place.country_code)
  const day = sendAt.toISOString().slice(0, 10)
  const first = instantAtLocalTime(day, localTime, zone)
  if (first >= now) return first
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
  return instantAtLocalTime(next, localTime, zone)
}
