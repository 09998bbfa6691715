/**
 * A worker as far as Mailchimp goes: `fork('process.ts', [DATABASE_URL, BASE_URL, KEY])`. It does what it is ordered, answers,
 * and ends itself with -9 where an order says so; or is killed at any moment.
 */
import pg from 'pg'
import {
  mailchimpWork,
  settleMailchimpEvents,
  startSync,
  sweepMailchimp,
} from '../../../src/features/mailchimp/index.ts'
import type { Ring } from '../../../src/jobs/catalog.ts'
import { longWorkHandlers } from '../../../src/jobs/long-work.ts'
import { tokenKeys } from '../../../src/lib/tokens.ts'
import { openDatabase } from '../../../src/platform/db/open.ts'
import { openLog } from '../../../src/platform/log.ts'
import { openMailchimp } from '../../../src/platform/mailchimp/index.ts'

export interface Order {
  /** A whole sync, one of what changed, or what a worker does every 30 seconds. */
  work: 'whole' | 'changes' | 'sweep'
  /** The clock of the journey goes so far ahead. */
  aheadMs: number
  /** Ends just before its n-th statement, or just after the n-th answer of Mailchimp to a write came. */
  end?: { before: 'statement'; count: number } | { after: 'answer'; count: number } | undefined
}

export interface Report {
  /** Unexpected faults: those of calls are none. */
  fault?: string
}

const SECRET = 'a secret that only the tests have: 32+'
const [databaseUrl = '', baseUrl = '', apiKey = ''] = process.argv.slice(2)
let aheadMs = 0
let [statements, answers] = [0, 0]

const die = () => process.kill(process.pid, 'SIGKILL')
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  if (--statements === 0) die()
  return query.apply(this, args)
} as never
const ask = globalThis.fetch
globalThis.fetch = async (...args: Parameters<typeof fetch>) => {
  const answer = await ask(...args)
  if (args[1]?.method !== 'GET' && --answers === 0) die()
  return answer
}

const clock = { now: () => new Date(Date.now() + aheadMs) }
const { db } = openDatabase(databaseUrl, { max: 10, onError: () => undefined })
const faults: string[] = []
// What is logged as an error is one that nobody expected.
const log = openLog('error', { write: (line) => void faults.push(line) })
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms / 50))
const mailchimp = openMailchimp({ db, log }, { apiKey, baseUrl }, { timeoutMs: 1500, slotMs: 2500, wait })
const under = new Set<Promise<unknown>>()
const run = (work: Promise<unknown>) => {
  const noted = work.catch((error: unknown) => void faults.push(String(error))).finally(() => under.delete(noted))
  under.add(noted)
}
const ring: Ring = async (name, input) => {
  // As the queue does it: not before whoever rings has gone on.
  setImmediate(() => {
    if (name === 'run-long-work') run(jobs['run-long-work'](input as { job_id: number }, new AbortController().signal))
    if (name === 'settle-mailchimp-events') run(settleMailchimpEvents(deps))
  })
}
const config = {
  ...{ publicUrl: 'http://localhost', mailFrom: 'programme@localhost.example' },
  mailchimp: { listId: undefined, webhookSecret: undefined },
}
const deps = { db, clock, ring, log, keys: tokenKeys([SECRET]), config, mailchimp }
const jobs = longWorkHandlers(deps, mailchimpWork(deps))

async function obey({ work, end, ...order }: Order): Promise<Report> {
  aheadMs = order.aheadMs
  statements = end && 'before' in end ? end.count : 0
  answers = end && 'after' in end ? end.count : 0
  faults.length = 0
  await jobs['sweep-long-work']({}, new AbortController().signal)
  if (work === 'sweep') await sweepMailchimp(deps)
  else await startSync(deps, { whole: work === 'whole', dry_run: false })
  do await new Promise((turn) => setTimeout(turn, 1))
  while (under.size > 0)
  return faults.length > 0 ? { fault: faults.join('\n') } : {}
}

process.on('message', (order: Order) => {
  void obey(order)
    .catch((error: unknown) => ({ fault: String(error) }))
    .then((report) => process.send?.(report))
})
process.on('disconnect', () => process.exit(0))
process.send?.({})
