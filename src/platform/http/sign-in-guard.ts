import { createHash } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'

const MOST_FAILURES = 100
const WINDOW_MS = 60_000
const MOST_REMEMBERED = 10_000

/**
 * Slows down who tries tokens: after 100 unknown tokens from one address within a minute, no other token of that
 * address is looked up until the minute is over. A token that this process has already seen working still is, so
 * that a stranger behind the same proxy cannot lock out the programme's own scripts. Calls without any token are
 * refused without being counted: they try nothing.
 */
export function signInGuard({ clock }: { clock: Clock }) {
  const failures = new Map<string, { count: number; endsAt: number }>()
  const seenWorking = new Set<string>()
  const digest = (token: string) => createHash('sha256').update(token).digest('base64')

  return {
    /** Whole seconds until this address may try this token, or undefined when it may now. */
    waitFor(address: string, token: string): number | undefined {
      const failed = failures.get(address)
      const left = failed ? failed.endsAt - clock.now().getTime() : 0
      if (!failed || left <= 0 || failed.count < MOST_FAILURES || seenWorking.has(digest(token))) return undefined
      return Math.ceil(left / 1000)
    },
    recordFailure(address: string): void {
      const now = clock.now().getTime()
      const failed = failures.get(address)
      if (failed && failed.endsAt > now) {
        failed.count++
        return
      }
      if (failures.size >= MOST_REMEMBERED) failures.clear()
      failures.set(address, { count: 1, endsAt: now + WINDOW_MS })
    },
    recordSuccess(token: string): void {
      if (seenWorking.size >= MOST_REMEMBERED) seenWorking.clear()
      seenWorking.add(digest(token))
    },
  }
}
