import { DateTime } from 'luxon'

/** Midnights on clocks of `zone` between now and then: 0 today, 1 tomorrow, negative when it is past. */
export function daysUntil(at: Date, now: Date, zone: string): number {
  const day = (date: Date) => DateTime.fromJSDate(date, { zone }).startOf('day')
  return Math.round(day(at).diff(day(now), 'days').days)
}

/** Such as "in 4 days", "tomorrow", "2 days ago". */
export function dueWords(days: number): string {
  if (days === 0) return 'today'
  if (days === 1) return 'tomorrow'
  if (days === -1) return 'yesterday'
  return days > 0 ? `in ${days} days` : `${-days} days ago`
}
