import { setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Clock } from '../../lib/clock.ts'
import { InvalidInput, NotFound, Upstream, wordsOf } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { openSession, type SmtpSession } from '../../platform/mail/smtp-session.ts'
import { type Clocks, readClocks } from './clocks.ts'
import type { Ended, Leave } from './exchange-queries.ts'
import { createGroupWriter } from './group-writer.ts'
import { handOver } from './hand-over.ts'
import { holdAfterOutage, LATE_SECONDS } from './hold-queries.ts'
import { type ClaimedDelivery, claimDue, giveBack } from './ledger-queries.ts'
import { faultOutcome, isServerTrouble } from './outcome.ts'
import { beat } from './run-queries.ts'
import { clearTrouble, recordTrouble } from './sender-queries.ts'

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
const TROUBLE_IN_A_ROW = 5
const FIRST_RETRY_MS = 2000
const LONGEST_RETRY_MS = 60_000
/** Claims per connection and turn: few, so that automatic email that comes in between is next. */
const CLAIMS_PER_CONNECTION = 4

/** The connections of one run, and what they share. */
export function createSendingRun(deps: SendDeps, run: { workerId: number; inTrouble: boolean }, signal: AbortSignal) {
  const { workerId } = run
  const writer = createGroupWriter(deps, { worker_id: workerId, sender_id: deps.senderId })
  const held: ClaimedDelivery[] = []
  const composers = new Map<number, (delivery: ClaimedDelivery) => Composed>()
  const running = new Set<Promise<void>>()
  /** Campaigns whose messages cannot be made now: they must not keep the others waiting. */
  const passedOver: number[] = []
  let lanes: ClaimedDelivery['lane'][] = ['automatic', 'campaign']
  let claiming: Promise<void> | undefined
  let failure: unknown
  let sessions = 0
  let troubleInARow = 0
  let inTrouble = run.inTrouble
  let awaySeconds = 0
  let over = false

  const stopped = () => over || signal.aborted

  async function claim(): Promise<void> {
    for (;;) {
      const claimed = await claimDue(deps.db, {
        worker_id: workerId,
        sender_id: deps.senderId,
        now: deps.clock.now(),
        count: deps.smtpConnections * CLAIMS_PER_CONNECTION,
        lanes,
        except: passedOver,
      })
      for (const [campaignId, group] of Map.groupBy(claimed, (delivery) => delivery.campaign_id)) {
        await prepare(campaignId, group)
      }
      if (claimed.length === 0 || held.length > 0) break
    }
    grow()
  }

  async function prepare(campaignId: number, group: ClaimedDelivery[]): Promise<void> {
    try {
      const compose = await deps.compose(group)
      for (const delivery of group) composers.set(delivery.id, compose)
      held.push(...group)
    } catch (error) {
      if (error instanceof InvalidInput || error instanceof NotFound) {
        const fault = `The message could not be made: ${error.message}`
        for (const delivery of group) composers.set(delivery.id, () => ({ fault }))
        held.push(...group)
        return
      }
      deps.log.error({ err: error, campaign_id: campaignId }, 'messages could not be made')
      passedOver.push(campaignId)
      await release(group)
    }
  }

  /** As many connections as there is work for; one while it is not known whether the server is well. */
  function grow(): void {
    const most = inTrouble ? 1 : deps.smtpConnections
    const wanted = Math.min(most, running.size + held.length)
    while (running.size < wanted && !stopped()) {
      const one: Promise<void> = connection()
        .catch((error) => {
          failure ??= error
          over = true
        })
        .finally(() => running.delete(one))
      running.add(one)
    }
  }

  async function next(): Promise<ClaimedDelivery | undefined> {
    while (held.length === 0) {
      if (stopped() || lanes.length === 0) return undefined
      claiming ??= claim().finally(() => {
        claiming = undefined
      })
      await claiming
      if (held.length === 0) return undefined
    }
    return stopped() ? undefined : held.shift()
  }

  /** One connection's work: dialogue after dialogue, the outcome of each written with the intent for the next. */
  async function connection(): Promise<void> {
    const line = createLine()
    let ended: Ended | undefined
    let delivery = await next()
    try {
      while (delivery && !stopped() && (await line.open())) {
        const last = ended
        ended = undefined
        const asked = readClocks()
        const leave = await writer.exchange(last, delivery)
        if (leave?.wait_ms != null) {
          const same = await (leave.waits_for_partner ? letOthersPass : waitForBudget)(delivery, leave.wait_ms)
          if (same) continue
          delivery = undefined
          delivery = await next()
          continue
        }
        if (leave?.attempt_id != null) ended = await begin(line, delivery, leave, asked)
        composers.delete(delivery.id)
        delivery = undefined
        delivery = await next()
      }
    } finally {
      if (delivery) held.unshift(delivery)
      if (ended) await writer.exchange(ended, undefined).catch(() => undefined)
      line.close()
    }
  }

  /** A connection that is opened when it is needed, and again when the server has closed it. */
  function createLine() {
    let session: SmtpSession | undefined
    const close = () => {
      if (session) sessions--
      session?.close()
      session = undefined
    }
    return {
      close,
      async open(): Promise<SmtpSession | undefined> {
        if (session?.usable()) return session
        close()
        try {
          session = await openSession(deps.smtpUrl, deps.mailDomain)
          sessions++
        } catch (error) {
          if (!(error instanceof Upstream)) throw error
          // A server that takes fewer connections than we would like is no trouble while one of them works.
          if (sessions === 0) await recordServerTrouble(error.message)
        }
        return session
      },
    }
  }

  async function begin(
    line: ReturnType<typeof createLine>,
    delivery: ClaimedDelivery,
    leave: Leave,
    asked: Clocks,
  ): Promise<Ended> {
    const { id: delivery_id, domain, partnership_id } = delivery
    const finish = (outcome: Ended['outcome']): Ended => ({
      ...{ attempt_id: leave.attempt_id as number, delivery_id, domain, partnership_id, outcome },
    })
    const composed = composeOne(delivery)
    if ('fault' in composed) return finish(faultOutcome(composed.fault))
    const { result, outcome } = await handOver(
      { open: line.open, isStillOurs: () => beat(deps.db, workerId) },
      { ...composed, try_first: leave.try_first ?? [], tries: delivery.tries + 1, asked },
    )
    if (isServerTrouble(result)) await noteTrouble(result.words)
    else await noteWell()
    return finish(outcome)
  }

  function composeOne(delivery: ClaimedDelivery): Composed {
    try {
      return composers.get(delivery.id)?.(delivery) ?? { fault: 'Its text is missing.' }
    } catch (error) {
      deps.log.error({ err: error, delivery_id: delivery.id }, 'message could not be made')
      return { fault: `The message could not be made: ${wordsOf(error)}` }
    }
  }

  async function noteTrouble(words: string): Promise<void> {
    troubleInARow++
    if (over || troubleInARow < (inTrouble ? 1 : TROUBLE_IN_A_ROW)) return
    await recordServerTrouble(`The mail server ended ${troubleInARow} dialogues in a row without taking one: ${words}`)
  }

  /** The server answers: what trouble there was is over. */
  async function noteWell(): Promise<void> {
    troubleInARow = 0
    if (!inTrouble) return
    inTrouble = false
    const away = await clearTrouble(deps.db, deps.senderId)
    if (away > LATE_SECONDS) {
      // What became late meanwhile is held, what this run has claimed too: it ends here, and the sweep rings again.
      awaySeconds = away
      over = true
    }
    grow()
  }

  async function recordServerTrouble(words: string): Promise<void> {
    over = true
    await recordTrouble(deps.db, deps.senderId, { words, firstMs: FIRST_RETRY_MS, longestMs: LONGEST_RETRY_MS })
    deps.log.warn({ words }, 'mail server trouble')
  }

  /** Its partner's dialogue is open: what else is claimed goes first. */
  async function letOthersPass(delivery: ClaimedDelivery, waitMs: number): Promise<boolean> {
    await setTimeout(waitMs, undefined, { signal }).catch(() => undefined)
    held.push(delivery)
    return false
  }

  /** True when the same delivery should ask again. */
  async function waitForBudget(delivery: ClaimedDelivery, waitMs: number): Promise<boolean> {
    if (waitMs <= LONGEST_WAIT_MS && !signal.aborted) {
      await setTimeout(waitMs, undefined, { signal }).catch(() => undefined)
      return !stopped()
    }
    // The lane has used its share: the other may go on.
    lanes = lanes.filter((lane) => lane !== delivery.lane)
    const back = [delivery, ...held.filter((other) => other.lane === delivery.lane)]
    held.splice(0, held.length, ...held.filter((other) => other.lane !== delivery.lane))
    await release(back)
    return false
  }

  async function release(group: readonly ClaimedDelivery[]): Promise<void> {
    await giveBack(
      deps.db,
      workerId,
      group.map(({ id }) => id),
    )
  }

  return {
    async work(): Promise<void> {
      await claim()
      while (running.size > 0) await Promise.race(running)
      if (failure) throw failure
    },
    async end(): Promise<void> {
      over = true
      await release(held).catch((error) => deps.log.warn({ err: error }, 'claims not given back'))
      if (awaySeconds > 0) await holdAfterOutage(deps.db, { seconds: awaySeconds, now: deps.clock.now() })
      await writer.settle(5000)
    },
  }
}
