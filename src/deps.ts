import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { CONCURRENCY, type Handlers, JOBS, type JobName, type QueueName, type Ring } from './jobs/catalog.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { Conflict, Upstream, wordsOf } from './lib/errors.ts'
import type { TokenKeys } from './lib/tokens.ts'
import { listPendingMigrations, migrate } from './platform/db/migrate.ts'
import { type Database, openDatabase } from './platform/db/open.ts'
import { type EmbeddedDatabase, startEmbeddedPostgres } from './platform/embedded/postgres.ts'
import { readTokenKeys } from './platform/embedded/secret.ts'
import { within } from './platform/http/time-limit.ts'
import { openInstallation } from './platform/installation.ts'
import { openLog } from './platform/log.ts'
import { type JobQueue, openQueue } from './platform/queue/open.ts'
import { repeat } from './platform/queue/repeat.ts'

/** What the service runs on. A function declares the few of these that it needs. */
export interface Deps {
  config: Config
  clock: Clock
  log: Logger
  db: Database['db']
  pool: Database['pool']
  queue: JobQueue
  /** Never fails: a doorbell that cannot be rung now is rung again by a sweep. */
  ring: Ring
  keys: TokenKeys
  databaseUrl: string
  /** Runs the handlers in this process until `stopWork`: the queue's jobs as they ring, the sweeps by our own clock. */
  work(handlers: Handlers, queues?: QueueName[]): Promise<void>
  /** Takes nothing new and waits for what is under way, not longer than STOP_MS. */
  stopWork(): Promise<void>
  close(): Promise<void>
}

export interface OpenOptions {
  clock?: Clock
  log?: Logger
  queuePrefix?: string
  /** What to do with pending migrations: the embedded database always gets them. */
  pending?: 'refuse' | 'apply'
}

const STOP_MS = 6500
const CLOSE_MS = 1000
/** Processes of one compose file start at once: the queue may be a moment late. */
const QUEUE_START_MS = 10_000
const SAME_TROUBLE_MS = 10_000

/**
 * Opens database, queue and keys.
 * @throws Upstream when the database or the queue cannot be reached, Conflict `migrations_pending` with the command to run
 */
export async function openDeps(config: Config, options: OpenOptions = {}): Promise<Deps> {
  const log = options.log ?? openLog(config.logLevel)
  await mkdir(config.dataDir, { recursive: true })
  const stopping = new AbortController()
  const complain = createComplaints(log, stopping.signal)

  const embedded = config.databaseUrl ? undefined : await startEmbeddedPostgres(join(config.dataDir, 'postgres'))
  const databaseUrl = config.databaseUrl ?? (embedded as EmbeddedDatabase).url
  const database = openDatabase(databaseUrl, {
    max: 12,
    onError: (error) => complain(error, 'database connection lost'),
  })
  const stopDatabase = async () => {
    await within(CLOSE_MS, database.close()).catch((error) => complain(error, 'database not closed'))
    await embedded?.stop()
  }

  try {
    await reach(databaseUrl, database)
    if (embedded || options.pending === 'apply') await migrate(database.pool)
    else await refusePending(database)
    // A new database is made known to this machine before it can have anything to send.
    await openInstallation({ db: database.db, dataDir: config.dataDir }).register()
    const keys = await readTokenKeys(config)
    const queue = openQueue({
      redisUrl: config.redisUrl,
      databaseUrl,
      ...(options.queuePrefix === undefined ? {} : { prefix: options.queuePrefix }),
      onError: (error) => complain(error, 'queue'),
    })
    return assemble({
      config,
      clock: options.clock ?? systemClock,
      log,
      complain,
      database,
      queue,
      keys,
      databaseUrl,
      stopping,
      stopDatabase,
    })
  } catch (error) {
    stopping.abort()
    await stopDatabase()
    throw error
  }
}

async function reach(databaseUrl: string, { pool }: Database): Promise<void> {
  try {
    await pool.query('select 1')
  } catch (error) {
    // Never the address: it holds the password.
    throw new Upstream(
      'database_unreachable',
      `The database at ${new URL(databaseUrl).host} cannot be used: ${wordsOf(error)}.`,
      { cause: error, retryable: true },
    )
  }
}

async function refusePending({ pool }: Database): Promise<void> {
  const pending = await listPendingMigrations(pool)
  if (pending.length === 0) return
  throw new Conflict(
    'migrations_pending',
    `The database lacks ${pending.length} migration${pending.length === 1 ? '' : 's'} (${pending.join(', ')}). Run: npm run pairpost -- migrate`,
  )
}

type Complain = (error: unknown, what: string) => void

interface Parts {
  config: Config
  clock: Clock
  log: Logger
  complain: Complain
  database: Database
  queue: JobQueue
  keys: TokenKeys
  databaseUrl: string
  stopping: AbortController
  stopDatabase(): Promise<void>
}

function assemble({
  config,
  clock,
  log,
  complain,
  database,
  queue,
  keys,
  databaseUrl,
  stopping,
  stopDatabase,
}: Parts): Deps {
  const clocks: { stop(): Promise<void> }[] = []

  async function run(handlers: Handlers, job: string, data: unknown): Promise<void> {
    const handle = handlers[job as JobName] as ((input: unknown, signal: AbortSignal) => Promise<void>) | undefined
    // A job of another release: its rows are swept by the release that knows it.
    if (!handle) return log.warn({ job }, 'unknown job')
    await handle(data, stopping.signal)
  }

  async function stopWork(): Promise<void> {
    stopping.abort()
    const ended = Promise.all([queue.stopWork(), ...clocks.map((clock) => clock.stop())])
    await within(STOP_MS, ended).catch((error) => complain(error, 'work did not end in time: the ledger takes it back'))
  }

  return {
    config,
    clock,
    log,
    db: database.db,
    pool: database.pool,
    queue,
    keys,
    databaseUrl,
    async ring(name, input, delayMs) {
      await queue
        .ring(JOBS[name].queue, name, input, delayMs)
        .catch((error) => complain(error, 'doorbell not rung, a sweep will'))
    },
    async work(handlers, queues = ['sending', 'work']) {
      await reachQueue(
        config,
        Promise.all(queues.map((name) => queue.work(name, CONCURRENCY[name], (job, data) => run(handlers, job, data)))),
      )
      for (const [job, { everySeconds }] of Object.entries(JOBS)) {
        if (everySeconds)
          clocks.push(
            repeat(
              everySeconds * 1000,
              () => run(handlers, job, {}),
              (error) => complain(error, job),
            ),
          )
      }
    },
    stopWork,
    async close() {
      await stopWork()
      await within(CLOSE_MS, queue.close()).catch((error) => complain(error, 'queue not closed'))
      await stopDatabase()
    },
  }
}

async function reachQueue({ redisUrl }: Config, begun: Promise<unknown>): Promise<void> {
  try {
    await within(QUEUE_START_MS, begun)
  } catch (error) {
    const where = redisUrl ? `Redis at ${new URL(redisUrl).host}` : 'The queue in the database'
    throw new Upstream('queue_unreachable', `${where} cannot be used: ${wordsOf(error)}.`, {
      cause: error,
      retryable: true,
    })
  }
}

/** Logs trouble with the outside: the same words once in ten seconds, and quietly while the process leaves. */
function createComplaints(log: Logger, leaving: AbortSignal): Complain {
  const said = new Map<string, number>()
  return (error, what) => {
    const key = `${what} ${wordsOf(error)}`
    const isNew = performance.now() - (said.get(key) ?? Number.NEGATIVE_INFINITY) > SAME_TROUBLE_MS
    if (isNew) said.set(key, performance.now())
    log[isNew && !leaving.aborted ? 'warn' : 'debug']({ err: error }, what)
  }
}
