import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { CONCURRENCY, type Handlers, JOBS, type JobName, type QueueName, type Ring } from './jobs/catalog.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { Conflict } from './lib/errors.ts'
import type { TokenKeys } from './lib/tokens.ts'
import { listPendingMigrations, migrate } from './platform/db/migrate.ts'
import { type Database, openDatabase } from './platform/db/open.ts'
import { type EmbeddedDatabase, startEmbeddedPostgres } from './platform/embedded/postgres.ts'
import { readTokenKeys } from './platform/embedded/secret.ts'
import { openLog } from './platform/log.ts'
import { openInstallation } from './platform/installation.ts'
import { type JobQueue, openQueue } from './platform/queue/open.ts'

/** What the service runs on. A function declares the few of these that it needs. */
export interface Deps {
  config: Config
  clock: Clock
  log: Logger
  db: Database['db']
  pool: Database['pool']
  queue: JobQueue
  ring: Ring
  keys: TokenKeys
  databaseUrl: string
  /** Runs the handlers in this process until `close`. */
  work(handlers: Handlers, queues?: QueueName[]): Promise<void>
  close(): Promise<void>
}

export interface OpenOptions {
  clock?: Clock
  log?: Logger
  queuePrefix?: string
  /** What to do with pending migrations: the embedded database always gets them. */
  pending?: 'refuse' | 'apply'
  /** A command that may run beside the service: it must not end the service's embedded database. */
  besideService?: boolean
}

/**
 * Opens database, queue and keys. @throws Conflict `migrations_pending` naming the command to run
 */
export async function openDeps(config: Config, options: OpenOptions = {}): Promise<Deps> {
  const log = options.log ?? openLog(config.logLevel)
  const clock = options.clock ?? systemClock
  await mkdir(config.dataDir, { recursive: true })

  const embedded: EmbeddedDatabase | undefined = config.databaseUrl
    ? undefined
    : await startEmbeddedPostgres(join(config.dataDir, 'postgres'))
  const databaseUrl = config.databaseUrl ?? (embedded as EmbeddedDatabase).url
  const database = openDatabase(databaseUrl, {
    max: 12,
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  })
  const stopDatabase = async () => {
    await database.close()
    if (!(options.besideService && embedded?.foundRunning)) await embedded?.stop()
  }

  try {
    if (embedded || options.pending === 'apply') await migrate(database.pool)
    else await refusePending(database)
    // A new database is made known to this machine before it can have anything to send.
    await openInstallation({ db: database.db, dataDir: config.dataDir }).register()
    const keys = await readTokenKeys(config)
    const queue = openQueue({
      redisUrl: config.redisUrl,
      databaseUrl,
      ...(options.queuePrefix === undefined ? {} : { prefix: options.queuePrefix }),
      onError: (error) => log.warn({ err: error }, 'queue'),
    })
    return assemble({ config, clock, log, database, queue, keys, databaseUrl, stopDatabase })
  } catch (error) {
    await stopDatabase()
    throw error
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

interface Parts {
  config: Config
  clock: Clock
  log: Logger
  database: Database
  queue: JobQueue
  keys: TokenKeys
  databaseUrl: string
  stopDatabase(): Promise<void>
}

function assemble({ config, clock, log, database, queue, keys, databaseUrl, stopDatabase }: Parts): Deps {
  const stopping = new AbortController()
  return {
    config,
    clock,
    log,
    db: database.db,
    pool: database.pool,
    queue,
    keys,
    databaseUrl,
    ring: (name, input, delayMs) => queue.ring(JOBS[name].queue, name, input, delayMs),
    async work(handlers, queues = ['sending', 'work']) {
      for (const [name, rule] of Object.entries(JOBS)) {
        if (rule.everySeconds) await queue.ringEvery(rule.queue, name, rule.everySeconds)
      }
      for (const name of queues) {
        await queue.work(name, CONCURRENCY[name], async (job, data) => {
          const handle = handlers[job as JobName] as
            | ((input: unknown, signal: AbortSignal) => Promise<void>)
            | undefined
          // A job of another release: its rows are swept by the release that knows it.
          if (!handle) return log.warn({ job }, 'unknown job')
          await handle(data, stopping.signal)
        })
      }
    },
    async close() {
      stopping.abort()
      await queue.close()
      await stopDatabase()
    },
  }
}
