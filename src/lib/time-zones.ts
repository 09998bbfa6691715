import { getCountry } from 'countries-and-timezones'
import { IANAZone } from 'luxon'

/** For countries with several zones: the one where most people live. An assumption, to be stated where it is used. */
const MOST_PEOPLED: Record<string, string> = {
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  FM: 'Pacific/Chuuk',
  GL: 'America/Nuuk',
  ID: 'Asia/Jakarta',
  KI: 'Pacific/Tarawa',
  KZ: 'Asia/Almaty',
  MH: 'Pacific/Majuro',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PF: 'Pacific/Tahiti',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Gaza',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kyiv',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
  VN: 'Asia/Ho_Chi_Minh',
  XK: 'Europe/Belgrade',
}

const FALLBACK = 'UTC'
const DAY = 86_400_000
const MINUTE = 60_000

/** The IANA zone we assume for somebody of whom only the country is known; UTC where nobody lives. */
export function zoneOfCountry(code: string): string {
  const assumed = MOST_PEOPLED[code]
  if (assumed) return assumed
  // The library names what the country's own zone is now linked to; the clock is the same.
  return getCountry(code)?.timezones[0] ?? FALLBACK
}

export function isTimeZone(zone: string): boolean {
  return IANAZone.isValidZone(zone)
}

/**
 * The instant at which clocks in `zone` show this date and time. A time that daylight saving skips: the first instant
 * after the gap. A time that comes twice: its first occurrence. @param date `YYYY-MM-DD` @param time `HH:MM`
 * @throws RangeError for a date, time or zone that does not exist
 */
export function instantAtLocalTime(date: string, time: string, zone: string): Date {
  const wall = wallClock(date, time)
  if (!IANAZone.isValidZone(zone)) throw new RangeError(`"${zone}" is not a time zone`)
  const offsetAt = (instant: number) => IANAZone.create(zone).offset(instant) * MINUTE
  // Offsets a day and a half either way enclose every change, also of a zone that moves over the date line.
  const offsets = [offsetAt(wall - 1.5 * DAY), offsetAt(wall + 1.5 * DAY)]
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => a - b)
  for (const instant of candidates) {
    if (instant + offsetAt(instant) === wall) return new Date(instant)
  }
  return new Date(firstAfterGap(candidates as [number, number], offsetAt))
}

/** The change of offset lies between the two candidates: found by halving. */
function firstAfterGap([early, late]: [number, number], offsetAt: (instant: number) => number): number {
  let before = early
  let after = late
  const old = offsetAt(before)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === old) before = middle
    else after = middle
  }
  return after
}

function wallClock(date: string, time: string): number {
  const wall = /^\d{4}-\d{2}-\d{2}$/.test(date) && /^([01]\d|2[0-3]):[0-5]\d$/.test(time)
  const instant = wall ? Date.parse(`${date}T${time}:00Z`) : Number.NaN
  // Date.parse takes 30 February for 1 March: what does not come back the same is no date.
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(date))
    throw new RangeError(`"${date} ${time}" is not a date and a time such as 2016-01-31 09:00`)
  return instant
}
