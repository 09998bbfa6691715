import type { Logger } from 'pino'
import { doublingWait } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import { Upstream, wordsOf } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { openSession, type SmtpSession } from '../../platform/mail/smtp-session.ts'
import type { Ended } from './exchange-queries.ts'
import { createGroupWriter, type GroupWriter } from './group-writer.ts'
import { holdAfterOutage, LATE_SECONDS } from './hold-queries.ts'
import { type ClaimedDelivery, claimDue, giveBack } from './ledger-queries.ts'
import { decideOutcome, faultOutcome } from './outcome.ts'
import { BEAT_EVERY_MS, beat, recordStopped, registerWorker } from './run-queries.ts'
import { clearTrouble, recordNextTry, recordTrouble, waitForNextTry } from './sender-queries.ts'
import { noticeOutage } from './sweep.ts'
import { nameThisMachine } from './this-machine.ts'

/** One message ready to hand over, or why it cannot be made. */
export type Composed = { from: string; to: string; message: Buffer } | { fault: string }

/** Makes the messages of a group of claims: what it reads, it reads once for all of them. */
export type Compose = (claimed: readonly ClaimedDelivery[]) => Promise<(delivery: ClaimedDelivery) => Composed>

export interface SendDeps {
  db: Db
  clock: Clock
  log: Logger
  smtpUrl: string
  smtpConnections: number
  mailDomain: string
  senderId: number
  compose: Compose
  /** Throws when this database is a copy that must not send. Asked at the start and with every beat. */
  assertMaySend(): Promise<void>
}

/** Longer waits for budget end the run; the sweep rings again. */
const LONGEST_WAIT_MS = 3000
/** So many dialogues in a row without a reply are the server's trouble: better stop than make them all uncertain. */
const UNKNOWN_IN_A_ROW = 5
const FIRST_RETRY_MS = 2000
const LONGEST_RETRY_MS = 60_000
/** Claims per connection and turn: few, so that automatic email that comes in between is next. */
const CLAIMS_PER_CONNECTION = 4

/**
 * One sending run: claims what is due and hands it over, until nothing is due, the budget is used up, the server
 * cannot be used, or `signal` asks to stop. Any number of runs may go on at once, in any number of processes.
 */
export async function sendDue(deps: SendDeps, signal: AbortSignal): Promise<void> {
  await deps.assertMaySend()
  await noticeOutage(deps.db, deps.clock.now())
  if ((await waitForNextTry(deps.db, deps.senderId)) > 0) return
  const workerId = await registerWorker(deps.db, nameThisMachine(), process.pid)
  const stop = new AbortController()
  const beating = setInterval(() => {
    // A run that cannot beat is taken for lost: it stops beginning before anybody takes over.
    Promise.all([beat(deps.db, workerId), deps.assertMaySend()]).then(
      ([alive]) => alive || stop.abort(),
      () => stop.abort(),
    )
  }, BEAT_EVERY_MS)
  const run = createRun(deps, workerId, AbortSignal.any([signal, stop.signal]))
  try {
    await run.work()
  } finally {
    clearInterval(beating)
    await run.end()
    await recordStopped(deps.db, workerId).catch((error) => deps.log.warn({ err: error }, 'run not signed off'))
  }
}

function createRun(deps: SendDeps, workerId: number, signal: AbortSignal) {
  const writer: GroupWriter = createGroupWriter(deps, { worker_id: workerId, sender_id: deps.senderId })
  const held: ClaimedDelivery[] = []
  const compose = new Map<number, (delivery: ClaimedDelivery) => Composed>()
  let lanes: ClaimedDelivery['lane'][] = ['automatic', 'campaign']
  let claiming: Promise<void> | undefined
  let sessions = 0
  let unknownInARow = 0
  let over = false
  let awaySeconds = 0

  async function claim(): Promise<void> {
    const claimed = await claimDue(deps.db, {
      worker_id: workerId,
      sender_id: deps.senderId,
      now: deps.clock.now(),
      count: deps.smtpConnections * CLAIMS_PER_CONNECTION,
      lanes,
    })
    if (claimed.length === 0) return
    const composeOne = await deps.compose(claimed)
    for (const delivery of claimed) compose.set(delivery.id, composeOne)
    held.push(...claimed)
  }

  async function next(): Promise<ClaimedDelivery | undefined> {
    while (held.length === 0) {
      if (over || signal.aborted || lanes.length === 0) return undefined
      claiming ??= claim().finally(() => {
        claiming = undefined
      })
      await claiming
      if (held.length === 0) return undefined
    }
    return over || signal.aborted ? undefined : held.shift()
  }

  async function open(): Promise<SmtpSession | undefined> {
    try {
      const session = await openSession(deps.smtpUrl, deps.mailDomain)
      sessions++
      const away = await clearTrouble(deps.db, deps.senderId)
      if (away > LATE_SECONDS) {
        // What became late meanwhile is held, what this run has claimed too: it ends here, and the sweep rings again.
        over = true
        awaySeconds = away
      }
      return session
    } catch (error) {
      if (!(error instanceof Upstream)) throw error
      // A server that takes fewer connections than we would like is no trouble while one of them works.
      if (sessions === 0) await recordServerTrouble(error.message)
      return undefined
    }
  }

  async function recordServerTrouble(words: string): Promise<void> {
    over = true
    const times = await recordTrouble(deps.db, deps.senderId, words)
    await recordNextTry(deps.db, deps.senderId, doublingWait(times, FIRST_RETRY_MS, LONGEST_RETRY_MS))
    deps.log.warn({ words }, 'mail server trouble')
  }

  /** One connection's work: dialogue after dialogue, the outcome of each written with the intent for the next. */
  async function connection(): Promise<void> {
    let session: SmtpSession | undefined
    let ended: Ended | undefined
    let delivery = await next()
    try {
      while (delivery) {
        if (!session?.usable()) {
          if (session) sessions--
          session = await open()
        }
        if (!session || over) break
        const last = ended
        ended = undefined
        const leave = await writer.exchange(last, delivery.id)
        if (leave?.wait_ms != null) {
          if (!(await waitForBudget(delivery, leave.wait_ms))) delivery = await next()
          continue
        }
        if (leave?.attempt_id != null) ended = await handOver(session, delivery, leave.attempt_id)
        compose.delete(delivery.id)
        delivery = undefined
        delivery = await next()
      }
    } finally {
      if (delivery) held.unshift(delivery)
      if (ended) await writer.exchange(ended, undefined).catch(() => undefined)
      if (session) {
        sessions--
        session.close()
      }
    }
  }

  /** True when the same delivery should ask again. */
  async function waitForBudget(delivery: ClaimedDelivery, waitMs: number): Promise<boolean> {
    if (waitMs <= LONGEST_WAIT_MS && !signal.aborted) {
      await sleep(waitMs, signal)
      return !signal.aborted && !over
    }
    // The lane has used its share: the other may go on.
    lanes = lanes.filter((lane) => lane !== delivery.lane)
    const back = [delivery, ...held.filter((other) => other.lane === delivery.lane)]
    held.splice(0, held.length, ...held.filter((other) => other.lane !== delivery.lane))
    await giveBack(
      deps.db,
      workerId,
      back.map(({ id }) => id),
    )
    return false
  }

  async function handOver(session: SmtpSession, delivery: ClaimedDelivery, attemptId: number): Promise<Ended> {
    const finish = (outcome: Ended['outcome']): Ended => ({
      attempt_id: attemptId,
      delivery_id: delivery.id,
      domain: delivery.domain,
      outcome,
    })
    const composed = composeOne(delivery)
    if ('fault' in composed) return finish(faultOutcome(composed.fault))
    const result = await session.deliver(composed, composed.message)
    unknownInARow = result.kind === 'unknown' ? unknownInARow + 1 : 0
    if (result.kind === 'unknown' && unknownInARow >= UNKNOWN_IN_A_ROW && !over) {
      await recordServerTrouble(
        `The mail server ended ${unknownInARow} dialogues in a row without an answer: ${result.words}`,
      )
    }
    return finish(decideOutcome(result, delivery.tries + 1))
  }

  function composeOne(delivery: ClaimedDelivery): Composed {
    try {
      return compose.get(delivery.id)?.(delivery) ?? { fault: 'Its text is missing.' }
    } catch (error) {
      deps.log.error({ err: error, delivery_id: delivery.id }, 'message could not be made')
      return { fault: `The message could not be made: ${wordsOf(error)}` }
    }
  }

  return {
    async work() {
      // As many connections as there is work for: a single confirmation opens one.
      await claim()
      const count = Math.min(deps.smtpConnections, held.length)
      const outcomes = await Promise.allSettled(Array.from({ length: count }, connection))
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed) throw failed.reason
    },
    async end() {
      over = true
      await giveBack(
        deps.db,
        workerId,
        held.map(({ id }) => id),
      ).catch((error) => deps.log.warn({ err: error }, 'claims not given back'))
      if (awaySeconds > 0) await holdAfterOutage(deps.db, { seconds: awaySeconds, now: deps.clock.now() })
      await writer.settle(5000)
    },
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      done()
    }
    const timer = setTimeout(finish, milliseconds)
    signal.addEventListener('abort', finish)
  })
}
