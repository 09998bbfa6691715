/** The stage of the proof: a real PostgreSQL, a real Redis when asked for, a sink and worker processes that die. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseConfig } from '../../src/config.ts'
import { type Deps, openDeps } from '../../src/deps.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { parseLog } from '../support/sink/analyse.ts'
import type { SinkMessage } from '../support/sink/event.ts'

export interface Stage {
  deps: Deps
  redis: TestRedis | undefined
  sink: SinkProcess
  /** Worker processes by place; each is killed and started again by itself. */
  workers: WorkerProcess[]
  environment: Record<string, string>
  restartPostgres(): Promise<void>
  startWorker(environment?: Record<string, string>): WorkerProcess
  close(): Promise<void>
}

export interface WorkerProcess {
  pid: number
  startedAt: number
  kill(): Promise<number>
  end(): Promise<void>
}

export interface SinkProcess {
  url: string
  order(line: string): Promise<void>
  /** Ends the sink and gives everything it noted. */
  read(): Promise<SinkMessage[]>
}

export interface StageOptions {
  redis: boolean
  workers: number
  limits: string
  connections: number
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-proof-'))
  // PostgreSQL runs as a user of its own when we are root: it must reach the folder.
  await chmod(folder, 0o711)
  const postgresFolder = join(folder, 'postgres')
  let postgres = await startEmbeddedPostgres(postgresFolder)
  const port = Number(new URL(postgres.url).port)
  const redis = options.redis ? await startRedis() : undefined
  const sink = await startSinkProcess(join(folder, 'sink.log'))
  const environment = {
    DATABASE_URL: postgres.url,
    SMTP_URL: sink.url,
    SMTP_CONNECTIONS: String(options.connections),
    SEND_LIMITS: options.limits,
    DATA_DIR: join(folder, 'data'),
    MAIL_DOMAIN: 'pairpost.example',
    LOG_LEVEL: 'fatal',
    SECRET_KEY: 'a key that only the proof ever uses.',
    ...(redis ? { REDIS_URL: redis.url } : {}),
  }
  const deps = await openDeps(parseConfig(environment), { pending: 'apply' })
  const startWorker = (extra: Record<string, string> = {}) => spawnWorker({ ...environment, ...extra })
  const workers = Array.from({ length: options.workers }, () => startWorker())
  return {
    deps,
    redis,
    sink,
    workers,
    environment,
    startWorker,
    async restartPostgres() {
      await postgres.stop()
      postgres = await startEmbeddedPostgres(postgresFolder, [], port)
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.end()))
      await deps.close()
      await redis?.stop()
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function spawnWorker(environment: Record<string, string>): WorkerProcess {
  const child = spawn(process.execPath, ['src/cli.ts', 'worker'], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const running = () => child.exitCode === null && child.signalCode === null
  return {
    pid: child.pid as number,
    startedAt: Date.now(),
    async kill() {
      const at = Date.now()
      child.kill('SIGKILL')
      await ended
      return at
    },
    async end() {
      if (running()) child.kill('SIGTERM')
      await ended
    },
  }
}

async function startSinkProcess(log: string): Promise<SinkProcess> {
  const child: ChildProcess = spawn(process.execPath, ['test/support/sink/sink.ts', '--port', '0', '--log', log], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  const said = async () => String((await lines.next()).value)
  const port = (await said()).split(' ')[1]
  return {
    url: `smtp://127.0.0.1:${port}`,
    async order(line) {
      child.stdin?.write(`${line}\n`)
      await said()
    },
    async read() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      return parseLog(await readFile(log, 'utf8'))
    },
  }
}
