const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How long ago something was, such as "just now", "12 minutes ago", "3 days ago". */
export function presentAge(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime()
  if (ms < MINUTE_MS) return 'just now'
  if (ms < HOUR_MS) return count(ms / MINUTE_MS, 'minute')
  if (ms < DAY_MS) return count(ms / HOUR_MS, 'hour')
  return count(ms / DAY_MS, 'day')
}

function count(amount: number, unit: string): string {
  const whole = Math.floor(amount)
  return `${whole} ${unit}${whole === 1 ? '' : 's'} ago`
}
