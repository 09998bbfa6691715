import { sql } from 'kysely'
import { parseSendLimits, type SendLimit } from '../../src/lib/send-limits.ts'
import type { Db } from '../../src/platform/db/open.ts'
import { countsByRecipient, violations, worstWindow } from '../support/sink/analyse.ts'
import type { SinkMessage } from '../support/sink/event.ts'

/** A worker process that was killed, or a moment at which every open dialogue was broken (pid undefined). */
export interface Blow {
  pid: number | undefined
  at: number
}

export interface Verdict {
  recipients: number
  states: Record<string, number>
  blows: number
  /** What is wrong, in words; empty when everything holds. */
  faults: string[]
  worst: string[]
}

interface Row {
  address: string
  state: string
  attempts: { pid: number; taken_at: number; outcome: string | null }[]
}

/** Longest time between a blow and the intent of a dialogue that it broke: a dialogue takes well under that. */
const DIALOGUE_MS = 20_000
/** Longest time that an exchange takes on a busy machine. */
const EXCHANGE_MS = 2000

/** Limits in force for messages that arrive from a moment on; what arrived before counts in their windows. */
export interface Rule {
  limits: string
  since?: number
}

/** Holds the ledger against what the server saw. */
export async function judge(
  db: Db,
  messages: SinkMessage[],
  campaignId: number,
  rules: Rule[],
  blows: Blow[],
  connections: number,
): Promise<Verdict> {
  const rows = await listRows(db, campaignId)
  const taken = countsByRecipient(messages)
  const faults: string[] = []
  const states: Record<string, number> = {}
  for (const { address, state, attempts } of rows) {
    states[state] = (states[state] ?? 0) + 1
    const seen = taken.get(address) ?? 0
    if (seen > 1) faults.push(`${address} got the message ${seen} times`)
    if (state === 'accepted' && seen === 0) faults.push(`${address} is accepted, but the server never took it`)
    if (seen > 0 && !['accepted', 'uncertain'].includes(state))
      faults.push(`${address} was taken by the server, but is ${state}`)
    if (!['accepted', 'uncertain', 'rejected', 'deferred', 'skipped'].includes(state))
      faults.push(`${address} is left ${state}`)
    const last = attempts.at(-1)
    if (state === 'uncertain' && !(last && blows.some((blow) => breaks(blow, last)))) {
      faults.push(`${address} is uncertain, but no dialogue of its was open at a kill`)
    }
  }
  // A blow to every process at once (the server away) may meet the same one several times.
  if (blows.every(({ pid }) => pid !== undefined)) faults.push(...findExcess(rows, connections))
  const known = new Set(rows.map((row) => row.address))
  for (const address of taken.keys()) if (!known.has(address)) faults.push(`${address} is nobody's, yet got a message`)
  for (const { limits, since } of rules) {
    for (const { limit, moment, count } of violations(messages, parseSendLimits(limits), since)) {
      faults.push(`${count} messages within ${limit.seconds} s by ${moment}, ${limit.count} are allowed`)
    }
  }
  return {
    recipients: rows.length,
    states,
    blows: blows.length,
    faults,
    worst: rules.flatMap(({ limits, since }) =>
      parseSendLimits(limits).map((limit) => describeWorst(messages, limit, since)),
    ),
  }
}

/**
 * Whether the blow fell into the attempt. An exchange that was on its way when its process died is still carried out
 * by the database: such an intent is a little younger than the kill.
 */
function breaks({ pid, at }: Blow, attempt: { pid: number; taken_at: number }): boolean {
  const age = at - attempt.taken_at
  return (pid === undefined || pid === attempt.pid) && age > -EXCHANGE_MS && age < DIALOGUE_MS
}

/** No connection leaves more than one: so many at most for each process that was killed. */
function findExcess(rows: Row[], connections: number): string[] {
  const uncertain = rows.flatMap(({ state, attempts }) => (state === 'uncertain' ? [attempts.at(-1)?.pid] : []))
  return [...Map.groupBy(uncertain, (pid) => pid)]
    .filter(([, same]) => same.length > connections)
    .map(([pid, same]) => `process ${pid} left ${same.length} uncertain with ${connections} connections`)
}

function describeWorst(messages: SinkMessage[], { count, seconds }: SendLimit, since?: number): string {
  const times = messages.flatMap(({ dot_at }) => (dot_at === null ? [] : [dot_at]))
  return `${worstWindow(times, seconds, since).count} of ${count} in ${seconds} s`
}

async function listRows(db: Db, campaignId: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select d.address, d.state, coalesce((
      select json_agg(json_build_object('pid', w.pid, 'taken_at', extract(epoch from a.taken_at) * 1000, 'outcome', a.outcome) order by a.id)
      from attempts a join workers w on w.id = a.worker_id where a.delivery_id = d.id), '[]') as attempts
    from deliveries d where d.campaign_id = ${campaignId} and not d.is_test`.execute(db)
  return rows
}
