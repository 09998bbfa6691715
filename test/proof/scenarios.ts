import { sql } from 'kysely'
import { measureCampaign, scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { makeProgramme } from '../support/programme.ts'
import { openStage, type Stage } from './stage.ts'
import { type Blow, judge, type Verdict } from './verdict.ts'

export interface ScenarioOptions {
  redis: boolean
  recipients: number
  limits: string
  /** Kill -9 a random worker after each so many milliseconds, from 0.3 to 1.7 of it; undefined: never. */
  killEveryMs?: number
  /** Kills in all; afterwards the workers are left alone. */
  kills?: number
  /** What else happens in mid-campaign, once a third of it has left. */
  meanwhile?: (stage: Stage, blows: Blow[]) => Promise<void>
  /** The limits to judge by, when they change in mid-campaign. */
  judgeBy?: string
  random?: () => number
  say?: (line: string) => void
}

const WORKERS = 3
const CONNECTIONS = 5
const POLL_MS = 250
const LONGEST_MS = 15 * 60_000

/** One campaign from schedule to its end, with blows on the way, and the verdict over it. */
export async function playScenario(options: ScenarioOptions): Promise<Verdict> {
  const { say = () => undefined, random = Math.random } = options
  const stage = await openStage({ ...options, workers: WORKERS, connections: CONNECTIONS })
  const blows: Blow[] = []
  try {
    const { deps } = stage
    const campaign = await makeProgramme(deps.db, options.recipients)
    await scheduleCampaign(deps, campaign, { at: 'now' })
    const over = new AbortController()
    const killing = options.killEveryMs === undefined ? undefined : killWorkers(stage, blows, { ...options, random, signal: over.signal, killEveryMs: options.killEveryMs })
    let happened = options.meanwhile === undefined
    let said = 0
    const began = Date.now()
    for (;;) {
      const progress = await measureCampaign(deps.db, campaign).catch(() => undefined)
      if (progress?.state === 'done') break
      if (Date.now() - began > LONGEST_MS) throw new Error(`not done after 15 minutes: ${JSON.stringify(progress?.counts)}`)
      if (progress && !happened && progress.counts.accepted > options.recipients / 3) {
        happened = true
        await options.meanwhile?.(stage, blows)
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
    const limits = options.judgeBy ?? options.limits
    return await judge(deps.db, messages, campaign, limits === '' ? undefined : limits, blows)
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

async function killWorkers(stage: Stage, blows: Blow[], { killEveryMs, kills = Number.POSITIVE_INFINITY, random, signal }: Killing): Promise<void> {
  while (!signal.aborted && blows.length < kills) {
    await new Promise((done) => setTimeout(done, killEveryMs * (0.3 + 1.4 * random())))
    if (signal.aborted) return
    const place = Math.floor(random() * stage.workers.length)
    const victim = stage.workers[place]
    if (!victim) return
    blows.push({ pid: victim.pid, at: await victim.kill() })
    stage.workers[place] = stage.startWorker()
  }
}

/** The queue loses everything it knew. */
export async function flushRedis(stage: Stage): Promise<void> {
  await stage.redis?.flush()
}

/** The database goes down and comes back: every open dialogue is broken off from its ledger. */
export async function restartPostgres(stage: Stage, blows: Blow[]): Promise<void> {
  await stage.restartPostgres()
  blows.push({ pid: undefined, at: Date.now() })
}

/** The mail server is away: connections refused, open ones broken. */
export function sinkAway(seconds: number) {
  return async (stage: Stage, blows: Blow[]): Promise<void> => {
    blows.push({ pid: undefined, at: Date.now() + 200 })
    await stage.sink.order('away')
    await new Promise((done) => setTimeout(done, seconds * 1000))
    await stage.sink.order('back')
  }
}

/** Somebody lowers the limits. What had left before counts in the new windows. */
export function lowerLimits(limits: string) {
  return async (stage: Stage): Promise<void> => {
    const { changeLimits } = await import('../../src/features/deliveries/sender-service.ts')
    await changeLimits(stage.deps.db, limits)
  }
}

/** A copy of the database is started beside, with a folder of its own and with ours. It must not send. */
export async function startCopy(stage: Stage): Promise<void> {
  const url = new URL(stage.environment.DATABASE_URL as string)
  await copyDatabase(stage, 'copied')
  url.pathname = '/copied'
  const folders = [stage.environment.DATA_DIR as string, `${stage.environment.DATA_DIR}-of-the-copy`]
  const beside = folders.map((folder) => stage.startWorker({ DATABASE_URL: url.href, DATA_DIR: folder, REDIS_URL: '' }))
  await new Promise((done) => setTimeout(done, 8000))
  await Promise.all(beside.map((worker) => worker.end()))
}

/** `create database … template` wants nobody else connected: the workers are ended, and started again after. */
async function copyDatabase(stage: Stage, name: string): Promise<void> {
  await Promise.all(stage.workers.map((worker) => worker.end()))
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(stage.deps.db)
  const { default: pg } = await import('pg')
  const url = new URL(stage.environment.DATABASE_URL as string)
  url.pathname = '/postgres'
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'pairpost'`)
  await admin.query(`create database ${name} template pairpost`)
  await admin.end()
  for (const place of stage.workers.keys()) stage.workers[place] = stage.startWorker()
}
