import type { Clock } from '../../src/lib/clock.ts'

/** A clock that stands still until it is turned. */
export function testClock(
  start = '2016-03-01T09:00:00Z',
): Clock & { set(instant: string): void; advance(milliseconds: number): void } {
  let now = Date.parse(start)
  return {
    now: () => new Date(now),
    set: (instant) => {
      now = Date.parse(instant)
    },
    advance: (milliseconds) => {
      now += milliseconds
    },
  }
}
