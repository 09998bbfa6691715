import pg from 'pg'
import { measureCampaign, scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { changeLimits } from '../../src/features/deliveries/sender-service.ts'
import { makeProgramme } from '../support/programme.ts'
import { openStage, type Stage } from './stage.ts'
import { type Blow, judge, type Rule, type Verdict } from './verdict.ts'

export interface ScenarioOptions {
  redis: boolean
  recipients: number
  limits: string
  /** Kill -9 a random worker after each so many milliseconds, from 0.3 to 1.7 of it; undefined: never. */
  killEveryMs?: number
  /** Kills in all; afterwards the workers are left alone. */
  kills?: number
  /** What else happens in mid-campaign, once a third of it has left. */
  meanwhile?: Meanwhile
  random?: () => number
  say?: (line: string) => void
}

/** May give a rule that holds from then on. */
type Meanwhile = (stage: Stage, blows: Blow[]) => Promise<Rule | undefined>

const WORKERS = 3
const CONNECTIONS = 5
const POLL_MS = 250
const LONGEST_MS = 15 * 60_000

/** One campaign from schedule to its end, with blows on the way, and the verdict over it. */
export async function playScenario(options: ScenarioOptions): Promise<Verdict> {
  const { say = () => undefined, random = Math.random } = options
  const stage = await openStage({ ...options, workers: WORKERS, connections: CONNECTIONS })
  const blows: Blow[] = []
  const rules: Rule[] = [{ limits: options.limits }]
  try {
    const { deps } = stage
    const campaign = await makeProgramme(deps.db, options.recipients)
    await scheduleCampaign(deps, campaign, { at: 'now' })
    const over = new AbortController()
    const killing =
      options.killEveryMs === undefined
        ? undefined
        : killWorkers(stage, blows, { ...options, random, signal: over.signal, killEveryMs: options.killEveryMs })
    let happened = options.meanwhile === undefined
    let said = 0
    const began = Date.now()
    for (;;) {
      const progress = await measureCampaign(deps.db, campaign).catch(() => undefined)
      if (progress?.state === 'done') break
      if (Date.now() - began > LONGEST_MS)
        throw new Error(`not done after 15 minutes: ${JSON.stringify(progress?.counts)}`)
      if (progress && !happened && progress.counts.accepted > options.recipients / 3) {
        happened = true
        const rule = await options.meanwhile?.(stage, blows)
        if (rule) rules.push(rule)
      }
      if (progress && Date.now() - said > 10_000) {
        said = Date.now()
        say(`  ${progress.counts.accepted} accepted, ${progress.counts.uncertain} uncertain, ${blows.length} blows`)
      }
      await new Promise((done) => setTimeout(done, POLL_MS))
    }
    over.abort()
    await killing
    await Promise.all(stage.workers.map((worker) => worker.end()))
    const messages = await stage.sink.read()
    return await judge(deps.db, messages, campaign, rules, blows, CONNECTIONS)
  } finally {
    await stage.close()
  }
}

interface Killing {
  killEveryMs: number
  kills?: number
  random(): number
  signal: AbortSignal
}

async function killWorkers(
  stage: Stage,
  blows: Blow[],
  { killEveryMs, kills = Number.POSITIVE_INFINITY, random, signal }: Killing,
): Promise<void> {
  while (!signal.aborted && blows.length < kills) {
    await new Promise((done) => setTimeout(done, killEveryMs * (0.3 + 1.4 * random())))
    if (signal.aborted) return
    const place = Math.floor(random() * stage.workers.length)
    const victim = stage.workers[place]
    if (!victim) return
    // Most kills go to a process that has begun to send; a fresh one is killed at its start now and then.
    if (random() < 0.8 && !(await hasBegun(stage, victim.pid))) continue
    blows.push({ pid: victim.pid, at: await victim.kill() })
    stage.workers[place] = stage.startWorker()
  }
}

async function hasBegun({ deps }: Stage, pid: number): Promise<boolean> {
  const run = await deps.db.selectFrom('workers').select('id').where('pid', '=', pid).limit(1).executeTakeFirst()
  return run !== undefined
}

/** The queue loses everything it knew. */
export async function flushRedis(stage: Stage): Promise<undefined> {
  await stage.redis?.flush()
}

/** The database goes down and comes back: every open dialogue is broken off from its ledger. */
export async function restartPostgres(stage: Stage, blows: Blow[]): Promise<undefined> {
  await stage.restartPostgres()
  blows.push({ pid: undefined, at: Date.now() })
}

/** The mail server is away: connections refused, open ones broken. */
export function sinkAway(seconds: number) {
  return async (stage: Stage, blows: Blow[]): Promise<undefined> => {
    blows.push({ pid: undefined, at: Date.now() + 200 })
    await stage.sink.order('away')
    await new Promise((done) => setTimeout(done, seconds * 1000))
    await stage.sink.order('back')
  }
}

/** Dialogues that had leave to begin before a change of the limits may still arrive so much later. */
const UNDER_WAY_MS = 1000

/** Somebody lowers the limits. What had left before counts in the new windows. */
export function lowerLimits(limits: string): Meanwhile {
  return async (stage) => {
    await changeLimits(stage.deps.db, { limits })
    return { limits, since: Date.now() + UNDER_WAY_MS }
  }
}

/** A copy of the database is started beside, with a folder of its own and with ours. It must not send. */
export async function startCopy(stage: Stage): Promise<undefined> {
  const url = new URL(stage.environment.DATABASE_URL as string)
  url.pathname = '/copied'
  const waiting = await copyDatabase(stage, url)
  const folders = [stage.environment.DATA_DIR as string, `${stage.environment.DATA_DIR}-of-the-copy`]
  const beside = folders.map((folder) => stage.startWorker({ DATABASE_URL: url.href, DATA_DIR: folder, REDIS_URL: '' }))
  await new Promise((done) => setTimeout(done, 8000))
  await Promise.all(beside.map((worker) => worker.end()))
  if (waiting === 0) throw new Error('nothing waited in the copy, so it proved nothing')
  const still = await countWaiting(url)
  if (still !== waiting) throw new Error(`${waiting - still} of ${waiting} deliveries left the copy`)
}

/** `create database … template` wants nobody else connected. Returns how many deliveries wait in the copy. */
async function copyDatabase(stage: Stage, copy: URL): Promise<number> {
  await Promise.all(stage.workers.map((worker) => worker.end()))
  const url = new URL(copy)
  url.pathname = '/postgres'
  await query(url, `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'pairpost'`)
  await query(url, `create database ${copy.pathname.slice(1)} template pairpost`)
  for (const place of stage.workers.keys()) stage.workers[place] = stage.startWorker()
  return countWaiting(copy)
}

async function countWaiting(url: URL): Promise<number> {
  const rows = await query(
    url,
    `select count(*)::int as count from deliveries where state in ('queued', 'claimed', 'deferred')`,
  )
  return (rows[0] as { count: number }).count
}

async function query(url: URL, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows
}
