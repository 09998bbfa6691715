import { DateTime } from 'luxon'
import { instantAtLocalTime, isTimeZone, zoneOfCountry } from '../../lib/time-zones.ts'
import { READER_PHRASES } from '../../platform/http/reader-phrases.ts'

/** ux.md: a pause is for a holiday or a busy term; who wants longer stops the emails. */
const LONGEST_PAUSE_MONTHS = 6

/** The clock that a reader lives by: their own zone, or the one assumed for their country. */
export function zoneOfReader({ time_zone, country_code }: { time_zone: string | null; country_code: string }): string {
  return time_zone !== null && isTimeZone(time_zone) ? time_zone : zoneOfCountry(country_code)
}

/** The first and the last day, `YYYY-MM-DD`, on which a pause may end. */
export function pauseDays(now: Date, zone: string): { first: string; last: string } {
  const today = DateTime.fromJSDate(now, { zone })
  return {
    first: today.plus({ days: 1 }).toFormat('yyyy-MM-dd'),
    last: today.plus({ months: LONGEST_PAUSE_MONTHS }).toFormat('yyyy-MM-dd'),
  }
}

/** The moment at which a pause ends: the first of the day it names. Undefined for a day that is not offered. */
export function endOfPause(day: string, now: Date, zone: string): Date | undefined {
  const { first, last } = pauseDays(now, zone)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || day < first || day > last) return undefined
  try {
    return instantAtLocalTime(day, '00:00', zone)
  } catch {
    return undefined
  }
}

/** Languages to choose from, by tag: those of the programme, those of these pages, and the reader's own. */
export function offeredLanguages(programme: readonly string[], own: string): string[] {
  return [...new Set([...programme, ...Object.keys(READER_PHRASES), own])].toSorted()
}

/** Zones by region, those of the sea and of the whole world left out. */
export function offeredZones(own: string | null): { region: string; zones: { zone: string; place: string }[] }[] {
  const zones = new Set(Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/')))
  if (own !== null) zones.add(own)
  const placed = [...zones].toSorted().map((zone) => {
    const [region = '', ...place] = zone.split('/')
    return { region, zone, place: (place.join(', ') || region).replaceAll('_', ' ') }
  })
  return [...Map.groupBy(placed, ({ region }) => region)].map(([region, of]) => ({
    region,
    zones: of.map(({ zone, place }) => ({ zone, place })),
  }))
}
