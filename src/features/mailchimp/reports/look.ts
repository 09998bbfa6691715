const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** How long a report is looked at how often, from the sending on; after the last it never changes for us. */
const LOOKS = [
  { until_ms: DAY_MS, every_ms: 15 * MINUTE_MS },
  { until_ms: 7 * DAY_MS, every_ms: HOUR_MS },
  { until_ms: 30 * DAY_MS, every_ms: DAY_MS },
] as const

/** A day on, for the last of them. */
const LAST_TRY_MS = 31 * DAY_MS

/** When a report is to be pulled next: every 15 minutes in the first day, hourly for a week, daily to day 30; then null. */
export function nextLook(sentAt: Date, now: Date): Date | null {
  const age = now.getTime() - sentAt.getTime()
  const look = LOOKS.find(({ until_ms }) => age < until_ms)
  return look ? new Date(now.getTime() + look.every_ms) : null
}

/** When it is tried again after Mailchimp was away (`isAway`) or gave no report; null: it is too late for that. */
export function nextTry(sentAt: Date | null, now: Date, isAway: boolean): Date | null {
  if (sentAt && now.getTime() - sentAt.getTime() > LAST_TRY_MS) return null
  return new Date(now.getTime() + (isAway ? 5 * MINUTE_MS : HOUR_MS))
}
