/**
 * `npm run bench`: how fast topic 1 is handed over, with the ledger, beside a bare nodemailer pool that keeps no record
 * at all; same messages, same sink, same run. `-- --sizes 1000,5000` for other numbers of recipients.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { migrate } from '../src/platform/db/migrate.ts'
import { openDatabase } from '../src/platform/db/open.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.ts'
import { freePort } from '../test/support/ports.ts'
import { makeProgramme } from '../test/support/programme.ts'
import { findProgram } from '../test/support/programs.ts'
import { startRedis } from '../test/support/redis.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '5000,1000,10000,100000' },
    connections: { type: 'string', default: '10' },
  },
})
const sizes = values.sizes.split(',').map(Number)
const run = promisify(execFile)

interface Figures {
  side: string
  recipients: number
  messages_per_second: number
  ratio: number
  cpu_ms_per_message: number
  peak_mb: number
  freeze_ms: number | undefined
}

interface Measured {
  messages: number
  seconds: number
  cpu_ms: number
  peak_mb: number
  freeze_ms?: number
}

const folder = await mkdtemp(join(tmpdir(), 'pairpost-bench-'))
await chmod(folder, 0o711)
const sink = await startSinkProgram()
const postgres = await startEmbeddedPostgres(join(folder, 'postgres'))
const redis = findProgram('redis-server') ? await startRedis() : undefined
const database = openDatabase(postgres.url, { max: 4, onError: () => undefined })
const figures: Figures[] = []
try {
  await migrate(database.pool)
  for (const recipients of sizes) {
    // The opponent before and after: the machine's mood is averaged out.
    const bare = [await runBare(recipients)]
    const ours = redis ? [{ side: 'Pairpost, Redis', measured: await runPairpost(recipients, redis.url) }] : []
    ours.push({ side: 'Pairpost, Postgres', measured: await runPairpost(recipients) })
    if (recipients <= 10_000) bare.push(await runBare(recipients))
    const reference = bare.reduce((sum, { messages, seconds }) => sum + messages / seconds, 0) / bare.length
    add('bare nodemailer pool', recipients, bare[0] as Measured, reference)
    for (const { side, measured } of ours) add(side, recipients, measured, reference)
  }
} finally {
  await database.close()
  await redis?.stop()
  await postgres.stop()
  sink.process.kill()
  await rm(folder, { recursive: true, force: true })
}
console.log(
  `\nsink: ${sink.name}; ${values.connections} connections; limits off; one worker; the bare pool's rate is the mean of its runs\n`,
)
console.table(figures)
await writeFile('bench.json', `${JSON.stringify({ sink: sink.name, figures }, null, 2)}\n`)

function add(
  side: string,
  recipients: number,
  { messages, seconds, cpu_ms, peak_mb, freeze_ms }: Measured,
  reference: number,
): void {
  const rate = side.startsWith('bare') ? reference : messages / seconds
  figures.push({
    side,
    recipients,
    messages_per_second: Math.round(rate),
    ratio: round(rate / reference, 2),
    cpu_ms_per_message: round(cpu_ms / messages, 2),
    peak_mb: Math.round(peak_mb),
    freeze_ms: freeze_ms === undefined ? undefined : Math.round(freeze_ms),
  })
  console.log(`${recipients} ${side}: ${Math.round(rate)} messages/s, ${round(rate / reference, 2)} ×`)
}

async function runBare(recipients: number): Promise<Measured> {
  return runSide('nodemailer-side.ts', [sink.url, String(recipients), values.connections], {})
}

async function runPairpost(recipients: number, redisUrl?: string): Promise<Measured> {
  const campaign = await makeProgramme(database.db, recipients)
  const measured = await runSide('pairpost-side.ts', [String(campaign)], {
    DATABASE_URL: postgres.url,
    SMTP_URL: sink.url,
    SMTP_CONNECTIONS: values.connections,
    MAIL_DOMAIN: 'pairpost.example',
    PUBLIC_URL: 'https://pairpost.example',
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'error',
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  })
  if (measured.messages !== recipients) throw new Error(`${measured.messages} of ${recipients} were accepted`)
  return measured
}

async function runSide(file: string, args: string[], environment: Record<string, string>): Promise<Measured> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, file), ...args], {
    env: { PATH: process.env.PATH, ...environment },
    maxBuffer: 1 << 24,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Measured
}

/** postfix's smtp-sink where it is installed, else the tests' own. */
async function startSinkProgram(): Promise<{ name: string; url: string; process: ChildProcess }> {
  const port = await freePort()
  const program = findProgram('smtp-sink')
  // smtp-sink refuses to run as root without a user to become.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = program
    ? spawn(program, [...user, '-c', `127.0.0.1:${port}`, '1024'], { stdio: 'ignore' })
    : spawn(process.execPath, [join(import.meta.dirname, '../test/support/sink/sink.ts'), '--port', String(port)], {
        stdio: ['pipe', 'ignore', 'inherit'],
      })
  await new Promise((done) => setTimeout(done, 500))
  return {
    name: program ? 'postfix smtp-sink' : 'the tests’ own sink',
    url: `smtp://127.0.0.1:${port}`,
    process: child,
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
