import type { Logger } from 'pino'
import type { Clock } from '../../lib/clock.ts'
import { Upstream, wordsOf } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { type Grant, grantBudget, lockSender } from './budget-queries.ts'
import { type Begun, beginAttempts, type ClaimedDelivery, countLanes, type EndedAttempt, endAttempts } from './ledger-queries.ts'
import { recordClosed, recordDomainAccepts, recordDomainRefusal, recordOpen } from './sender-queries.ts'

/**
 * Writes the ledger in groups: while one transaction is on its way, the outcomes and intents of all connections
 * gather for the next. Each connection still waits for its own: the outcome of its last dialogue and the intent for
 * its next are written together, so at a crash no connection leaves more than one delivery uncertain.
 */
export interface GroupWriter {
  /**
   * Records how the last dialogue ended and asks leave to begin the next.
   * @throws Upstream when the intent could not be written: the claim is then nobody's, and recovered
   */
  exchange(ended: Ended | undefined, next: ClaimedDelivery | undefined): Promise<Leave>
  /** Resolves when every outcome is written, or after `withinMs`. */
  settle(withinMs: number): Promise<void>
}

export interface Ended extends EndedAttempt {
  domain: string
}

export type Leave =
  | { kind: 'begin'; attempt_id: number }
  /** No budget now: ask again after so long. */
  | { kind: 'wait'; wait_ms: number }
  /** The delivery is not to be sent any more (paused, cancelled, suppressed, taken away), or there was no next. */
  | { kind: 'gone' }

interface Request {
  next: ClaimedDelivery | undefined
  done(leave: Leave): void
  fail(error: Error): void
}

interface WriterDeps {
  db: Db
  clock: Clock
  log: Logger
}

const RETRY_MS = 200

export function createGroupWriter({ db, clock, log }: WriterDeps, run: { worker_id: number; sender_id: number }): GroupWriter {
  let requests: Request[] = []
  /** Outcomes not written yet. They survive a failed transaction: the truth about a dialogue is never dropped. */
  let outcomes: Ended[] = []
  let running: Promise<void> | undefined

  async function flush(): Promise<void> {
    while (requests.length > 0 || outcomes.length > 0) {
      const group = requests
      const ended = outcomes
      requests = []
      outcomes = []
      try {
        const leaves = await writeGroup(group, ended)
        for (const [index, request] of group.entries()) request.done(leaves[index] as Leave)
      } catch (error) {
        log.warn({ err: error }, 'ledger write failed')
        outcomes = [...ended, ...outcomes]
        const failure = new Upstream('ledger_write', `The ledger could not be written: ${wordsOf(error)}`, { cause: error, retryable: true })
        for (const request of group) request.fail(failure)
        await new Promise((done) => setTimeout(done, RETRY_MS))
      }
    }
    running = undefined
  }

  async function writeGroup(group: Request[], ended: Ended[]): Promise<Leave[]> {
    const wanted = group.flatMap(({ next }) => (next ? [next] : []))
    return db.transaction().execute(async (tx) => {
      await endAttempts(tx, ended, clock.now())
      await recordConsequences(ended)
      if (wanted.length === 0) return group.map(() => ({ kind: 'gone' }) as Leave)
      const grant = await grantBudget(tx, await lockSender(tx, run.sender_id), countLanes(wanted))
      const granted = chooseGranted(wanted, grant)
      const begun = await beginAttempts(tx, { ...run, delivery_ids: [...granted] })
      const byId = new Map(begun.map((row) => [row.delivery_id, row]))
      return group.map(({ next }) => leaveFor(next, granted, byId, grant))

      async function recordConsequences(rows: Ended[]): Promise<void> {
        const accepting = [...new Set(rows.filter((row) => row.outcome.state === 'accepted').map((row) => row.domain))]
        if (accepting.length > 0) {
          await recordDomainAccepts(tx, run.sender_id, accepting)
          await recordOpen(tx, run.sender_id)
        }
        for (const { outcome, domain } of rows) {
          if (outcome.close_sender_ms !== undefined) await recordClosed(tx, run.sender_id, outcome.close_sender_ms, outcome.words)
          if (outcome.domain_refuses) await recordDomainRefusal(tx, run.sender_id, domain, outcome.words)
        }
      }
    })
  }

  return {
    exchange(ended, next) {
      if (ended) outcomes.push(ended)
      return new Promise((done, fail) => {
        requests.push({ next, done, fail })
        // The next turn of the loop: connections that finish in this one share the transaction.
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

/** As many ids of each lane as the grant allows, in the order asked. */
function chooseGranted(wanted: ClaimedDelivery[], { granted }: Grant): Set<number> {
  const left = { ...granted }
  return new Set(wanted.filter(({ lane }) => left[lane]-- > 0).map(({ id }) => id))
}

function leaveFor(next: ClaimedDelivery | undefined, granted: Set<number>, begun: Map<number, Begun>, { wait_ms }: Grant): Leave {
  if (!next) return { kind: 'gone' }
  if (!granted.has(next.id)) return { kind: 'wait', wait_ms: Math.max(1, wait_ms[next.lane]) }
  const attempt = begun.get(next.id)?.attempt_id
  return attempt == null ? { kind: 'gone' } : { kind: 'begin', attempt_id: attempt }
}
