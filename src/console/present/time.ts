import { DateTime } from 'luxon'

/** A moment for `<time>`: `iso` for programs, `text` for people. */
export interface PresentedTime {
  iso: string
  text: string
}

/** Such as "3 March 2016, 09:00", on the clock of `zone`. */
export function presentTime(at: Date, zone: string): PresentedTime {
  return { iso: at.toISOString(), text: inZone(at, zone).toFormat('d LLLL yyyy, HH:mm') }
}

/** Such as "1 March 2016". @param day `YYYY-MM-DD` */
export function presentDay(day: string): string {
  return DateTime.fromISO(day, { zone: 'utc', locale: 'en-GB' }).toFormat('d LLLL yyyy')
}

/** Such as "Sydney (UTC+11)", at that moment: summer time moves it. */
export function presentZone(zone: string, at: Date): string {
  const there = inZone(at, zone)
  const [place = zone] = zone.split('/').slice(-1)
  const offset = there.offset === 0 ? 'UTC' : `UTC${there.toFormat('Z').replace(/:00$/, '')}`
  return there.zoneName === 'UTC' || zone === 'UTC' ? 'UTC' : `${place.replaceAll('_', ' ')} (${offset})`
}

function inZone(at: Date, zone: string): DateTime {
  const there = DateTime.fromJSDate(at, { zone }).setLocale('en-GB')
  // A zone that this release of the zone data does not know.
  return there.isValid ? there : DateTime.fromJSDate(at, { zone: 'utc' }).setLocale('en-GB')
}
