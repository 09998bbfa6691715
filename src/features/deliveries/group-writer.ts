import type { Logger } from 'pino'
import type { Clock } from '../../lib/clock.ts'
import { Upstream, wordsOf } from '../../lib/errors.ts'
import { isDatabaseAway, isSerializationFailure } from '../../platform/db/faults.ts'
import type { Db } from '../../platform/db/open.ts'
import { type Ended, exchangeAttempts, type Leave } from './exchange-queries.ts'
import type { ClaimedDelivery } from './ledger-queries.ts'

/**
 * Writes the ledger in groups: while one exchange is on its way, the outcomes and intents of all connections gather
 * for the next. Each connection still waits for its own: the outcome of its last dialogue and the intent for its next
 * are written together, so at a crash no connection leaves more than one delivery uncertain.
 */
export interface GroupWriter {
  /**
   * Records how the last dialogue ended and asks leave to begin the next; `undefined` when there is no next.
   * @throws Upstream when the intent could not be written: the claim is then nobody's, and recovered
   */
  exchange(ended: Ended | undefined, next: Wanted | undefined): Promise<Leave | undefined>
  /** Resolves when every outcome is written, or after `withinMs`. */
  settle(withinMs: number): Promise<void>
}

/** A claim whose dialogue is to begin. */
export type Wanted = Pick<ClaimedDelivery, 'id' | 'partnership_id'>

interface Request {
  next: Wanted | undefined
  done(leave: Leave | undefined): void
  fail(error: Error): void
}

interface WriterDeps {
  db: Db
  clock: Clock
  log: Logger
}

const RETRY_MS = 200

export function createGroupWriter(
  { db, clock, log }: WriterDeps,
  run: { worker_id: number; sender_id: number },
): GroupWriter {
  let requests: Request[] = []
  /** Outcomes not written yet. They survive a failed exchange: the truth about a dialogue is never dropped. */
  let outcomes: Ended[] = []
  let running: Promise<void> | undefined

  async function flush(): Promise<void> {
    while (requests.length > 0 || outcomes.length > 0) {
      const group = requests
      const ended = outcomes
      requests = []
      outcomes = []
      try {
        const wanted = group.flatMap(({ next }) => (next === undefined ? [] : [next]))
        const introduces = wanted.some(({ partnership_id }) => partnership_id !== null)
        const ids = wanted.map(({ id }) => id)
        const leaves = await exchangeAttempts(db, run, ended, ids, clock.now(), introduces)
        const byId = new Map(leaves.map((leave) => [leave.delivery_id, leave]))
        for (const { next, done } of group) done(next === undefined ? undefined : byId.get(next.id))
      } catch (error) {
        log.warn({ err: error }, 'ledger write failed')
        // Rolled back for standing in another's way: the same again.
        if (isSerializationFailure(error)) {
          requests = [...group, ...requests]
          outcomes = [...ended, ...outcomes]
          continue
        }
        if (isDatabaseAway(error)) outcomes = [...ended, ...outcomes]
        else await writeOneByOne(ended)
        const failure = new Upstream('ledger_write', `The ledger could not be written: ${wordsOf(error)}`, {
          cause: error,
          retryable: true,
        })
        for (const request of group) request.fail(failure)
        await new Promise((done) => setTimeout(done, RETRY_MS))
      }
    }
    running = undefined
  }

  /** One outcome that cannot be written must not take the others with it. */
  async function writeOneByOne(ended: Ended[]): Promise<void> {
    for (const one of ended) {
      const plain = { ...one, outcome: { ...one.outcome, words: 'The words of the server could not be kept.' } }
      await exchangeAttempts(db, run, [one], [], clock.now())
        .catch(() => exchangeAttempts(db, run, [plain], [], clock.now()))
        .catch((error) => log.error({ err: error, delivery_id: one.delivery_id }, 'outcome lost: it becomes uncertain'))
    }
  }

  return {
    exchange(ended, next) {
      if (ended) outcomes.push(ended)
      return new Promise((done, fail) => {
        requests.push({ next, done, fail })
        // The next turn of the loop: connections that finish in this one share the exchange.
        running ??= new Promise<void>((turn) => setImmediate(turn)).then(flush)
      })
    },
    async settle(withinMs) {
      if (!running) return
      let timer: NodeJS.Timeout | undefined
      await Promise.race([running, new Promise((done) => (timer = setTimeout(done, withinMs)))])
      clearTimeout(timer)
    },
  }
}
