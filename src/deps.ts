import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { JOBS, type Ring } from './jobs/catalog.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { Conflict, Upstream, wordsOf } from './lib/errors.ts'
import type { TokenKeys } from './lib/tokens.ts'
import { type Complain, createComplaints } from './platform/complaints.ts'
import { listPendingMigrations, migrate } from './platform/db/migrate.ts'
import { type Database, openDatabase } from './platform/db/open.ts'
import { startEmbeddedPostgres } from './platform/embedded/postgres.ts'
import { readTokenKeys } from './platform/embedded/secret.ts'
import { within } from './platform/http/time-limit.ts'
import { openInstallation } from './platform/installation.ts'
import { openLog } from './platform/log.ts'
import { type Mailchimp, openMailchimp } from './platform/mailchimp/index.ts'
import { type JobQueue, openQueue } from './platform/queue/open.ts'
import { createWork, type Work } from './work.ts'

/** What the service runs on. A function declares the few of these that it needs. */
export interface Deps extends Work {
  config: Config
  clock: Clock
  log: Logger
  db: Database['db']
  pool: Database['pool']
  queue: JobQueue
  /** Never fails: a doorbell that cannot be rung now is rung again by a sweep. */
  ring: Ring
  keys: TokenKeys
  /** The account of MAILCHIMP_API_KEY; undefined without one. Asked for nothing until it is used. */
  mailchimp: Mailchimp | undefined
  databaseUrl: string
  close(): Promise<void>
}

export interface OpenOptions {
  clock?: Clock
  log?: Logger
  queuePrefix?: string
  /** What to do with pending migrations: the embedded database always gets them. */
  pending?: 'refuse' | 'apply'
}

const CLOSE_MS = 1000

/**
 * Opens database, queue and keys. Does not ask the queue: without it much can be done.
 * @throws Upstream when the database cannot be used, Conflict `migrations_pending` naming the command to run
 */
export async function openDeps(config: Config, options: OpenOptions = {}): Promise<Deps> {
  const log = options.log ?? openLog(config.logLevel)
  await mkdir(config.dataDir, { recursive: true })
  const stopping = new AbortController()
  const complain = createComplaints(log, stopping.signal)
  const { database, databaseUrl, isEmbedded, close: closeDatabase } = await reachDatabase(config, complain)
  try {
    if (isEmbedded || options.pending === 'apply') await migrate(database.pool)
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
    const work = createWork({ log, complain, queue, stopping })
    return {
      ...work,
      config,
      clock: options.clock ?? systemClock,
      log,
      db: database.db,
      pool: database.pool,
      queue,
      keys,
      mailchimp: config.mailchimp && openMailchimp({ db: database.db, log }, config.mailchimp),
      databaseUrl,
      ring: (name, input, delayMs) =>
        queue
          .ring(JOBS[name].queue, name, input, delayMs)
          .catch((error) => complain(error, 'doorbell not rung, a sweep will')),
      async close() {
        await work.stopWork()
        await within(CLOSE_MS, queue.close()).catch((error) => complain(error, 'queue not closed'))
        await closeDatabase()
      },
    }
  } catch (error) {
    stopping.abort()
    await closeDatabase()
    throw error
  }
}

async function reachDatabase(config: Config, complain: Complain) {
  const embedded = config.databaseUrl ? undefined : await startEmbeddedPostgres(join(config.dataDir, 'postgres'))
  const databaseUrl = config.databaseUrl ?? (embedded as { url: string }).url
  const onError = (error: Error) => complain(error, 'database connection lost')
  const database = openDatabase(databaseUrl, { max: 12, onError })
  const close = async () => {
    await within(CLOSE_MS, database.close()).catch((error) => complain(error, 'database not closed'))
    await embedded?.stop()
  }
  try {
    await database.pool.query('select 1')
    return { database, databaseUrl, isEmbedded: embedded !== undefined, close }
  } catch (error) {
    await close()
    // The host alone: the address holds the password.
    const words = `The database at ${new URL(databaseUrl).host} cannot be used: ${wordsOf(error)}.`
    throw new Upstream('database_unreachable', words, { cause: error, retryable: true })
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
