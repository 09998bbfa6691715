import { IANAZone } from 'luxon'
import { isTimeZone, zoneOfCountry } from '../../../lib/time-zones.ts'

const DAY_MINUTES = 1440

/** What clocks are ahead of UTC in January and in July, in minutes: summer time differs between the hemispheres. */
export interface ClockOffsets {
  january: number
  july: number
}

/**
 * The offsets at which somebody lives. As true as the machine's time-zone data, which is why they are packed once for a
 * run and not found out again by every worker.
 * @param zone IANA, or null for the one assumed for the country @param year of which the rules hold
 */
export function clockOffsetsOf(zone: string | null, country: string, year: number): ClockOffsets {
  const name = zone !== null && isTimeZone(zone) ? zone : zoneOfCountry(country)
  const inMonth = (month: number) => Math.round(IANAZone.create(name).offset(Date.UTC(year, month, 15)))
  return { january: inMonth(0), july: inMonth(6) }
}

export function writeOffsets({ january, july }: ClockOffsets): string {
  return `${january} ${july}`
}

/** What writeOffsets wrote. */
export function readOffsets(text: string): ClockOffsets {
  const [january = 0, july = 0] = text.split(' ').map(Number)
  return { january, july }
}

/**
 * Minutes of a day at which both are awake, from `fromHour` to `toHour` of their own clocks: January's and July's added,
 * so that no half minute is lost.
 */
export function minutesAwakeTogether(a: ClockOffsets, b: ClockOffsets, fromHour: number, toHour: number): number {
  const awake = (toHour - fromHour) * 60
  return overlap(a.january - b.january, awake) + overlap(a.july - b.july, awake)
}

/** Two equal stretches of the day, one later than the other by `difference`: they may meet at both ends. */
function overlap(difference: number, awake: number): number {
  const later = ((difference % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
  return Math.max(0, awake - later) + Math.max(0, awake - (DAY_MINUTES - later))
}
