import { setTimeout as delay } from 'node:timers/promises'
import type { Db } from '../../../platform/db/open.ts'
import { isLockHeld, lockSync, unlockSync } from './lock-queries.ts'

const LOOK_AGAIN_MS = 200

/** Whether we still are the only one; false after the connection that holds the lock was lost. */
export type StillAlone = () => Promise<boolean>

/**
 * Does something that nobody else does at the same time, over all processes: whoever writes to the audience. The lock is its
 * connection's: of a process that was killed it is gone at once.
 * @param waitMs how long to wait for whoever is at it
 * @returns undefined when it was not ours in that time
 */
export async function whileAlone<Result>(
  db: Db,
  { waitMs, signal }: { waitMs: number; signal?: AbortSignal | undefined },
  run: (stillAlone: StillAlone) => Promise<Result>,
): Promise<{ result: Result } | undefined> {
  return db.connection().execute(async (connection) => {
    const until = Date.now() + waitMs
    while (!(await lockSync(connection))) {
      if (Date.now() >= until) return undefined
      await delay(LOOK_AGAIN_MS, undefined, signal ? { signal } : {})
    }
    try {
      return { result: await run(() => isLockHeld(connection).catch(() => false)) }
    } finally {
      // A connection that is lost has let go of it.
      await unlockSync(connection).catch(() => undefined)
    }
  })
}
