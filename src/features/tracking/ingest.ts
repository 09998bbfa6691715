import type { Logger } from 'pino'
import { isSerializationFailure } from '../../platform/db/faults.ts'
import type { Db } from '../../platform/db/open.ts'
import { within } from '../../platform/http/time-limit.ts'
import { findTarget, insertHits, type NewHit, type Target } from './hit-queries.ts'

/**
 * Records hits in groups: while one insert is on its way, those that come gather for the next. Each waits for the
 * commit of its own row, so what was answered is never lost in a crash. A reader is not held up: with too many
 * waiting, when the insert fails, or when it takes too long, the link is looked up and the answer goes without a
 * record; how many did so is written to the log.
 */
export interface Ingest {
  /** Where the hit leads; undefined when its delivery is gone. Fails only when that cannot be found either. */
  record(hit: NewHit): Promise<Target | undefined>
}

interface IngestDeps {
  db: Db
  log: Logger
}

interface Waiting {
  hit: NewHit
  done(target: Target | undefined): void
  fail(error: unknown): void
}

const MOST_WAITING = 2000
const MOST_TOGETHER = 500
const MOST_WAIT_MS = 2000
const SAY_EVERY_MS = 10_000

export function createIngest(
  { db, log }: IngestDeps,
  { mostWaiting = MOST_WAITING, mostWaitMs = MOST_WAIT_MS } = {},
): Ingest {
  let waiting: Waiting[] = []
  let isRunning = false
  const countLost = createLossLog(log)

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, MOST_TOGETHER)
      waiting = waiting.slice(MOST_TOGETHER)
      try {
        const targets = await insertOnceMore(group.map(({ hit }) => hit))
        for (const [at, { done }] of group.entries()) done(targets[at])
      } catch (error) {
        for (const { fail } of group) fail(error)
      }
    }
    isRunning = false
  }

  /** Two groups of two processes and an erasure may lock in each other's way: the loser goes again. */
  async function insertOnceMore(hits: NewHit[]): Promise<(Target | undefined)[]> {
    try {
      return await insertHits(db, hits)
    } catch (error) {
      if (!isSerializationFailure(error)) throw error
      return insertHits(db, hits)
    }
  }

  function join(hit: NewHit): Promise<Target | undefined> {
    return new Promise((done, fail) => {
      waiting.push({ hit, done, fail })
      if (isRunning) return
      isRunning = true
      // The next turn of the loop: hits that came in this one go together.
      setImmediate(() => void flush())
    })
  }

  return {
    async record(hit) {
      if (waiting.length < mostWaiting) {
        try {
          return await within(mostWaitMs, join(hit))
        } catch (error) {
          countLost(error)
        }
      } else countLost(new Error(`${waiting.length} hits wait to be recorded`))
      return findTarget(db, hit)
    },
  }
}

/** Writes how many were answered without being recorded: the first at once, then what came since, in a line. */
function createLossLog(log: Logger): (error: unknown) => void {
  let lost = 0
  let saidAt = Number.NEGATIVE_INFINITY
  return (error) => {
    lost++
    if (performance.now() - saidAt < SAY_EVERY_MS) return
    log.error({ err: error, unrecorded: lost }, 'clicks were answered without being recorded')
    lost = 0
    saidAt = performance.now()
  }
}
