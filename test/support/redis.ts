import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './ports.ts'
import { getProgram } from './programs.ts'

export interface TestRedis {
  url: string
  /** Loses everything, as an operator's FLUSHALL would. */
  flush(): Promise<void>
  /** Ends the server; `start` brings it back on the same port, with what its append-only file kept. */
  stopServer(): Promise<void>
  startServer(): Promise<void>
  /** Ends the server and removes its folder. */
  stop(): Promise<void>
}

/**
 * A real Redis on a free port in a folder of its own. Call only under `test.skipIf(isMissing('redis-server'))`.
 * @param options.appendOnly keep what was written over a restart, as in production (default: no)
 */
export async function startRedis(options: { appendOnly?: boolean } = {}): Promise<TestRedis> {
  const program = getProgram('redis-server')
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}/0`
  let server: ChildProcess | undefined

  const startServer = async () => {
    server = spawn(
      program,
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
        ...['--appendonly', options.appendOnly ? 'yes' : 'no', '--maxmemory-policy', 'noeviction'],
      ],
      { stdio: 'ignore' },
    )
    await answers(url)
  }
  const stopServer = async () => {
    const running = server
    server = undefined
    if (!running || running.exitCode !== null) return
    const ended = once(running, 'exit')
    running.kill('SIGTERM')
    await ended
  }

  await startServer()
  return {
    url,
    startServer,
    stopServer,
    flush: async () => {
      const client = new Redis(url)
      await client.flushall()
      client.disconnect()
    },
    stop: async () => {
      await stopServer()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until the server answers: ioredis tries again by itself. */
async function answers(url: string): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 })
  client.on('error', () => undefined)
  await client.ping()
  client.disconnect()
}
