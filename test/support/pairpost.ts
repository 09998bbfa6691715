import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { endLeftPostgres } from '../../src/platform/embedded/postgres.ts'
import { TEST_TOKEN } from './deps.ts'
import { eventually } from './eventually.ts'

/** A process of ours, as an operator starts it. */
export interface PairpostProcess {
  pid: number
  out(): string
  err(): string
  /** @throws Error when it ends first */
  says(pattern: RegExp): Promise<RegExpExecArray>
  signal(signal: NodeJS.Signals): void
  /** Its exit code when it has ended; -1 after a signal that it did not handle. */
  ended: Promise<number>
}

/** `pairpost …args` with these settings and no others. Killed when the test ends. */
export function startPairpost(args: string[], environment: Record<string, string>): PairpostProcess {
  const child = spawn(process.execPath, ['src/cli.ts', ...args], {
    env: { PATH: process.env.PATH, HOME: tmpdir(), NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  let isOver = false
  const ended = new Promise<number>((done) =>
    child.on('close', (code) => {
      isOver = true
      done(code ?? -1)
    }),
  )
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    pid: child.pid as number,
    out: () => said.out,
    err: () => said.err,
    ended,
    signal: (signal) => child.kill(signal),
    says: (pattern) =>
      eventually(`${args.join(' ')} says ${pattern}`, () => {
        const found = pattern.exec(said.out + said.err)
        if (!found && isOver)
          throw new Error(`${args.join(' ')} ended without saying ${pattern}:\n${said.out}${said.err}`)
        return found ?? undefined
      }),
  }
}

/** The same, to its end. */
export async function runPairpost(args: string[], environment: Record<string, string> = {}) {
  const running = startPairpost(args, environment)
  const code = await running.ended
  return { code, out: running.out(), err: running.err() }
}

/** A folder for DATA_DIR, removed when the test ends, with the database that a killed process may have left there. */
export async function makeDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-data-'))
  onTestFinished(async () => {
    await endLeftPostgres(join(folder, 'postgres'))
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}

/** What every process of a test has. */
export const SETTINGS = {
  API_TOKEN: TEST_TOKEN,
  SECRET_KEY: 'a secret that only the tests have: 32+',
  MAIL_DOMAIN: 'programme.example',
  LOG_LEVEL: 'warn',
}
