import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Upstream, wordsOf } from '../../lib/errors.ts'
import { findPostgresPrograms, type PostgresPrograms } from './programs.ts'

/** A PostgreSQL of our own in a folder, for a programme that configures nothing. */
export interface EmbeddedDatabase {
  url: string
  /** Says that this process needs it no more. The last one to leave ends the server. */
  stop(): Promise<void>
}

const USER = 'pairpost'
const DATABASE = 'pairpost'
/** Spells POST: held in share by every process that uses the server, alone by the one that ends it. */
const PRESENCE_LOCK = 0x504f5354
/** A server that was killed recovers before it answers. */
const START_SECONDS = 120
const END_MS = 6000
/** PostgreSQL's codes (appendix A): the database exists, also when two made it at once. */
const ALREADY_THERE = new Set(['42P04', '23505'])

/**
 * The PostgreSQL that lives in `folder`: made on the first start (about 1 s), found again when it runs already (another
 * process of ours, or one that was killed and left it). It listens on loopback only, and belongs to no process: a
 * Ctrl-C in a terminal, which reaches all programs there, does not take it away in the middle of a dialogue. Two
 * processes may start it at once: PostgreSQL's own lock file decides, and the other finds it running.
 * @param flags extra flags of the server, for tests
 * @param port a free one when left out
 * @throws Upstream when it does not start
 */
export async function startEmbeddedPostgres(
  folder: string,
  flags: string[] = [],
  port?: number,
): Promise<EmbeddedDatabase> {
  const deadline = Date.now() + START_SECONDS * 1000
  let fault: unknown
  for (let failures = 0; failures < 3 && Date.now() < deadline; ) {
    try {
      const running = await findRunning(folder)
      const presence = running && (await takePresence(folder, running.port))
      if (presence)
        return { url: await urlOf(folder, running.port, DATABASE), stop: () => leave(folder, running, presence) }
    } catch (error) {
      // It is starting, or on its way out.
      fault = error
    }
    if (await findRunning(folder)) {
      await sleep(50)
      continue
    }
    try {
      await start(folder, flags, port ?? (await freePort()))
    } catch (error) {
      fault = error
      failures++
    }
  }
  throw new Upstream('embedded_database', `The embedded PostgreSQL in ${folder} did not start: ${wordsOf(fault)}`, {
    cause: fault,
    retryable: false,
  })
}

/** Ends what a killed process left running in `folder`, if anything. */
export async function endLeftPostgres(folder: string): Promise<void> {
  const running = await findRunning(folder)
  if (running) await endServer(folder, running.pid)
}

const passwordFile = (folder: string) => join(folder, 'pairpost.password')

async function urlOf(folder: string, port: number, database: string): Promise<string> {
  return `postgres://${USER}:${await readFile(passwordFile(folder), 'utf8')}@127.0.0.1:${port}/${database}`
}

async function start(folder: string, flags: string[], port: number): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  const programs = await findPostgresPrograms(dirname(folder))
  if (!existsSync(join(folder, 'PG_VERSION'))) await makeCluster(programs, folder)
  // log_min_messages: what goes wrong with a statement is told to who asked; the file would only grow.
  const settings = ['listen_addresses=127.0.0.1', 'max_connections=200', 'shared_buffers=128MB', 'log_min_messages=log']
  const options = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`), ...flags].join(' ')
  const log = join(folder, 'server.log')
  try {
    await programs.run(programs.pg_ctl, [
      'start',
      '--wait',
      `--timeout=${START_SECONDS}`,
      '-D',
      folder,
      '-l',
      log,
      '-o',
      options,
    ])
  } catch (error) {
    const said = await readFile(log, 'utf8').catch(() => '')
    throw new Error(`${wordsOf(error)} ${said.trim().split('\n').slice(-4).join(' ')}`.trim(), { cause: error })
  }
}

/** Made beside its place and moved there whole: a cluster whose making was interrupted would never start. */
async function makeCluster(programs: PostgresPrograms, folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}.new-`)
  const secret = `${draft}.password`
  try {
    await writeFile(secret, randomBytes(16).toString('hex'), { mode: 0o600 })
    if (programs.owner) for (const path of [draft, secret]) await chown(path, programs.owner.uid, programs.owner.gid)
    const access = [`--username=${USER}`, '--auth=password', `--pwfile=${secret}`]
    await programs.run(programs.initdb, [`--pgdata=${draft}`, ...access, '--encoding=UTF8', '--locale=C'])
    await rename(secret, passwordFile(draft))
    await rename(draft, folder)
  } catch (error) {
    // Another process was faster: its cluster is as good.
    if (!existsSync(join(folder, 'PG_VERSION'))) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
    await rm(secret, { force: true })
  }
}

/**
 * A connection that is kept open to say "I am here"; PostgreSQL notices when its process is killed. Undefined when
 * somebody is ending the server just now. @throws while the server starts or ends
 */
async function takePresence(folder: string, port: number): Promise<pg.Client | undefined> {
  const client = await connect(folder, port)
  const { rows } = await client.query('select pg_try_advisory_lock_shared($1) as here', [PRESENCE_LOCK])
  if (rows[0].here) {
    await makeDatabase(client)
    return client
  }
  await client.end()
  return undefined
}

async function makeDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
  if (rowCount) return
  await client.query(`create database ${DATABASE}`).catch((error: { code?: string }) => {
    if (!ALREADY_THERE.has(error.code ?? '')) throw error
  })
}

async function leave(folder: string, running: { pid: number; port: number }, presence: pg.Client): Promise<void> {
  await presence.end().catch(() => undefined)
  const client = await connect(folder, running.port).catch(() => undefined)
  // It ended under us.
  if (!client) return
  const { rows } = await client.query('select pg_try_advisory_lock($1) as last', [PRESENCE_LOCK])
  // While we hold the lock, nobody new settles in.
  if (rows[0].last) await endServer(folder, running.pid)
  await client.end().catch(() => undefined)
}

async function connect(folder: string, port: number): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: await urlOf(folder, port, 'postgres'),
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    application_name: 'pairpost-presence',
  })
  // The server may end under it.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** PostgreSQL's lock file: its process id on line 1, its port on line 4. One whose process is gone is removed. */
async function findRunning(folder: string): Promise<{ pid: number; port: number } | undefined> {
  const lock = join(folder, 'postmaster.pid')
  const lines = (await readFile(lock, 'utf8').catch(() => '')).split('\n')
  if (lines.length < 4) return undefined
  const pid = Number(lines[0])
  if (await isPostgres(pid)) return { pid, port: Number(lines[3]) }
  await rm(lock, { force: true })
  return undefined
}

/** After a restart of a machine or a container another program may have its number. Without /proc any living one counts. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!isRunning(pid)) return false
  if (!existsSync('/proc/self/cmdline')) return true
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('postgres')
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, nothing committed is lost. */
async function endServer(folder: string, pid: number): Promise<void> {
  if (isRunning(pid)) process.kill(pid, 'SIGINT')
  for (let waited = 0; existsSync(join(folder, 'postmaster.pid')) && waited < END_MS; waited += 20) await sleep(20)
}

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.on('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
