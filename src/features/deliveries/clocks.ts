import { BEAT_EVERY_MS, LOST_AFTER_SECONDS } from './run-queries.ts'

/** Two clocks: one stands still while a machine sleeps, the other may be set. */
export interface Clocks {
  monotonic: number
  wall: number
}

/** A process that stood still for longer may have been taken for lost: it does not begin what it had leave to. */
const STALE_MS = LOST_AFTER_SECONDS * 1000 - BEAT_EVERY_MS

export const readClocks = (): Clocks => ({ monotonic: performance.now(), wall: Date.now() })

export function isStale(asked: Clocks): boolean {
  const now = readClocks()
  return Math.max(now.monotonic - asked.monotonic, now.wall - asked.wall) > STALE_MS
}
