const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Waits before each new try of a deferred delivery (mail.md, "Retry schedule"). */
const RETRY_WAITS = [1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR]

/** Milliseconds until the next try, or undefined when the schedule is used up. @param tries tries made so far, ≥ 1 */
export function retryWait(tries: number): number | undefined {
  return RETRY_WAITS[tries - 1]
}
