import type { Clock } from '../lib/clock.ts'

/** A clock that begins in the past, so that a made-up round can live through days, and ends at the present. */
export interface DemoClock extends Clock {
  /** From now on the time is the real one, or the past again. @param days how long ago */
  goTo(days: number): void
}

const DAY_MS = 24 * 3600_000

export function openDemoClock(days: number): DemoClock {
  let ago = days
  return {
    now: () => new Date(Date.now() - ago * DAY_MS),
    goTo(next) {
      ago = next
    },
  }
}
