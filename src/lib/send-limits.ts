/**
 * Sending limits as an operator writes them: `14/1s,2000/24h` is at most 14 messages in any second and 2,000 in any
 * 24 hours. Empty: no limit.
 */
export interface SendLimit {
  count: number
  seconds: number
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const
const LONGEST_SECONDS = 31 * 86_400

/** @throws RangeError with a sentence that names the faulty part */
export function parseSendLimits(text: string): SendLimit[] {
  const limits = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const match = /^([1-9]\d{0,8})\/([1-9]\d{0,6})([smhd])$/.exec(part)
      if (!match) throw new RangeError(`"${part}" is not a limit such as 14/1s, 90/1m, 500/1h or 2000/24h`)
      const seconds = Number(match[2]) * UNIT_SECONDS[match[3] as keyof typeof UNIT_SECONDS]
      if (seconds > LONGEST_SECONDS) throw new RangeError(`"${part}": the longest window is 31 days`)
      return { count: Number(match[1]), seconds }
    })
  return limits.sort((a, b) => a.seconds - b.seconds)
}

/** The limits in one canonical line, shortest window first. */
export function formatSendLimits(limits: readonly SendLimit[]): string {
  return limits.map(({ count, seconds }) => `${count}/${seconds}s`).join(',')
}

/**
 * What a campaign may use of a limit, so that automatic email always finds room: the reserve is held back from
 * windows of a day and longer (product.md, "a reserved share of the day").
 */
export function campaignShare(limit: SendLimit, reservePercent: number): number {
  if (limit.seconds < UNIT_SECONDS.d) return limit.count
  return Math.max(1, limit.count - Math.ceil((limit.count * reservePercent) / 100))
}
