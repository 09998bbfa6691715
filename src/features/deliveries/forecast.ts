import type { SendLimit } from '../../lib/send-limits.ts'

/** When mail that waits will leave, at best: a forecast from the limits, what they have used, and what is due when. */
export interface ForecastInput {
  limits: readonly SendLimit[]
  now: Date
  /** When past messages left, within the longest window. */
  used: readonly Date[]
  /** When the mail that waits is due, this campaign and all before it. */
  due: readonly Date[]
  /** What the server takes without limits, messages a second: measured, else an assumption. */
  per_second: number
}

/**
 * The moment at which the last of `due` leaves. Walks them in order; each leaves at the first moment at which it is
 * due, the server is free, and every window has room: `count` messages back must be a window's length ago.
 */
export function forecastLast(input: ForecastInput): Date {
  const left = input.used.map((date) => date.getTime()).sort((a, b) => a - b)
  const due = input.due.map((date) => date.getTime()).sort((a, b) => a - b)
  const gap = 1000 / input.per_second
  let at = input.now.getTime()
  for (const wanted of due) {
    at = Math.max(at + (left.length > 0 ? gap : 0), wanted)
    for (const { count, seconds } of input.limits) {
      const before = left[left.length - count]
      if (before !== undefined) at = Math.max(at, before + seconds * 1000)
    }
    left.push(at)
  }
  return new Date(at)
}
