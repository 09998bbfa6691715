import type { ReportClass, ReportRecipient } from '../../../platform/mail/incoming/index.ts'

/** A bounce as it is kept. */
export interface PastBounce {
  class: string | null
  at: Date
}

const DAY_MS = 86_400_000
/** Mailman's habit: what went well for so long begins anew. */
const STALE_MS = 7 * DAY_MS
/** At so many points an address gets no more mail. */
export const SCORE_THRESHOLD = 5

/**
 * Points of one bounce, as Mailman counts: an address that may be gone 1, trouble that may pass ½. What was refused for
 * what was in it or for where it came from is our fault or our provider's, and never the address's (mail.md).
 */
export function pointsOf(bounce: Pick<PastBounce, 'class'>): number {
  switch (bounce.class as ReportClass | null) {
    case 'hard':
      return 1
    case 'soft':
    case 'full':
    case 'unknown':
      return 0.5
    default:
      return 0
  }
}

/** What has come together for an address: the worst bounce of each day, as long as none is more than a week after the last. */
export function scoreBounces(bounces: readonly PastBounce[]): number {
  let score = 0
  let last: { day: string; points: number; at: number } | undefined
  for (const bounce of bounces.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const points = pointsOf(bounce)
    if (points === 0) continue
    const at = bounce.at.getTime()
    const day = bounce.at.toISOString().slice(0, 10)
    if (last && at - last.at > STALE_MS) {
      score = 0
      last = undefined
    }
    if (last?.day === day) {
      score += Math.max(0, points - last.points)
      last = { day, points: Math.max(points, last.points), at }
    } else {
      score += points
      last = { day, points, at }
    }
  }
  return score
}

/**
 * Whether a report says that just this address does not exist. One about another address, such as where somebody's mail
 * was forwarded to, says nothing certain about ours.
 */
export function suppressesAtOnce(recipient: ReportRecipient, ourAddress: string): boolean {
  return recipient.suppress && (recipient.address === null || recipient.address === ourAddress)
}
