import type { SendLimit } from '../../../src/lib/send-limits.ts'
import type { SinkMessage } from './event.ts'

/** The messages of a sink's log. A last line that was cut off is an error: the log is read when its sink has ended. */
export function parseLog(text: string): SinkMessage[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SinkMessage)
    .filter(({ event }) => event === 'message')
}

/** How often each recipient's message was taken: 1 is right, 2 is a duplicate; addresses in lower case. */
export function countsByRecipient(messages: readonly SinkMessage[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { taken, rcpt } of messages) {
    if (!taken) continue
    for (const address of rcpt) counts.set(address.toLowerCase(), (counts.get(address.toLowerCase()) ?? 0) + 1)
  }
  return counts
}

/**
 * The most messages in any rolling window (t - seconds, t]: two that are exactly `seconds` apart are never in one.
 * @param times milliseconds, in any order @param since only windows that end at or after this moment are looked at
 */
export function worstWindow(
  times: readonly number[],
  seconds: number,
  since = Number.NEGATIVE_INFINITY,
): { count: number; until: number | undefined } {
  const sorted = [...times].sort((a, b) => a - b)
  let first = 0
  let worst: { count: number; until: number | undefined } = { count: 0, until: undefined }
  for (const [last, until] of sorted.entries()) {
    // The difference of two near times is exact in floating point; a time less the window would be rounded.
    while (until - (sorted[first] as number) >= seconds * 1000) first++
    if (until >= since && last - first + 1 > worst.count) worst = { count: last - first + 1, until }
  }
  return worst
}

/** The three moments a receiving server could judge by. */
export const MOMENTS = ['mail_at', 'data_at', 'dot_at'] as const

export interface Violation {
  limit: SendLimit
  moment: (typeof MOMENTS)[number]
  count: number
  /** End of the worst window, milliseconds since 1970. */
  until: number
}

/** The limits that were broken, judged at each moment over every dialogue that reached DATA (mail.md, "Sending" 4). */
export function violations(
  messages: readonly SinkMessage[],
  limits: readonly SendLimit[],
  since?: number,
): Violation[] {
  const counted = messages.filter(({ data_at }) => data_at !== null)
  return limits.flatMap((limit) =>
    MOMENTS.flatMap((moment) => {
      const times = counted.map((message) => message[moment]).filter((time) => time !== null)
      const { count, until } = worstWindow(times, limit.seconds, since)
      return count > limit.count && until !== undefined ? [{ limit, moment, count, until }] : []
    }),
  )
}
