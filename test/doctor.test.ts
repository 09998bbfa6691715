import { expect, onTestFinished, test } from 'vitest'
import { type Config, parseConfig } from '../src/config.ts'
import { runDoctor } from '../src/doctor.ts'
import { cloneDatabase } from './support/database.ts'
import { makeDataDir, SETTINGS } from './support/pairpost.ts'
import { freePort } from './support/ports.ts'
import { makeSelfSignedCertificate } from './support/sink/certificate.ts'
import { type SinkOptions, startSink } from './support/sink/sink.ts'

/** What the doctor says, and whether all is well. */
async function ask(environment: Record<string, string> = {}): Promise<{ well: boolean; text: string }> {
  const database = await cloneDatabase()
  onTestFinished(() => database.drop())
  const config: Config = parseConfig({
    ...SETTINGS,
    DATABASE_URL: database.url,
    DATA_DIR: await makeDataDir(),
    ...environment,
  })
  const lines: string[] = []
  const timeouts = { connectMs: 2000, greetingMs: 200, replyMs: 2000 }
  const well = await runDoctor(config, { print: (line) => lines.push(line), timeouts })
  return { well, text: lines.join('\n') }
}

async function openSink(options: SinkOptions = {}) {
  const sink = await startSink(options)
  onTestFinished(() => sink.close())
  return sink
}

/** Where the readers of mail that leaves this machine would find us. */
const PUBLIC_URL = 'https://programme.example'

test('all is well: every part is named, each in a line', async () => {
  const { well, text } = await ask()
  expect(text.split('\n').every((line) => line.startsWith('✓ '))).toBe(true)
  for (const part of ['Configuration', 'Database', 'Queue', 'Fence', 'Limits', 'Mail', 'DKIM'])
    expect(text).toContain(`✓ ${part}: `)
  expect(well).toBe(true)
})

test('a mail server that takes us is well', async () => {
  const sink = await openSink({ auth: { user: 'iln', pass: 'right' } })
  const { well, text } = await ask({ SMTP_URL: sink.url.replace('//', '//iln:right@'), PUBLIC_URL })
  expect(text).toContain(`✓ Mail: 127.0.0.1:${sink.port} takes us.`)
  expect(well).toBe(true)
  expect(sink.messages()).toEqual([])
})

test('a wrong password is told with the words of the server, never with the password', async () => {
  const sink = await openSink({ auth: { user: 'iln', pass: 'right' } })
  const { well, text } = await ask({ SMTP_URL: sink.url.replace('//', '//iln:guessed@'), PUBLIC_URL })
  expect(text).toMatch(/✗ Mail: The mail server 127\.0\.0\.1:\d+ refused the user name or password: 535 5\.7\.8/)
  expect(text).not.toContain('guessed')
  expect(well).toBe(false)
})

const certificate = makeSelfSignedCertificate()
test.skipIf(!certificate)('a certificate that signs itself is told', async () => {
  const sink = await openSink({ tls: certificate as { key: string; cert: string } })
  const { well, text } = await ask({ SMTP_URL: sink.url, PUBLIC_URL })
  expect(text).toMatch(/✗ Mail: .* did not show a certificate we can trust: .*self-signed/)
  expect(well).toBe(false)
})

test('a server that never greets is told within its time', async () => {
  const sink = await openSink({ greeting: 'no-greeting' })
  const { well, text } = await ask({ SMTP_URL: sink.url, PUBLIC_URL })
  expect(text).toMatch(/✗ Mail: .* took the connection but never greeted/)
  expect(well).toBe(false)
})

test('a port where nobody listens is told', async () => {
  const { well, text } = await ask({ SMTP_URL: `smtp://127.0.0.1:${await freePort()}`, PUBLIC_URL })
  expect(text).toMatch(/✗ Mail: .* cannot be reached: .*ECONNREFUSED/)
  expect(well).toBe(false)
})

test('links that lead to this machine are told when mail leaves it', async () => {
  const sink = await openSink()
  const { well, text } = await ask({ SMTP_URL: sink.url })
  expect(text).toContain('✗ PUBLIC_URL is http://localhost:3000')
  expect(well).toBe(false)
})

test('a database that cannot be reached is told without its password, and the rest is still looked at', async () => {
  const port = await freePort()
  const { well, text } = await ask({ DATABASE_URL: `postgres://iln:guessed@127.0.0.1:${port}/x` })
  expect(text).toMatch(new RegExp(`✗ Database: The database at 127.0.0.1:${port} cannot be used: .*ECONNREFUSED`))
  expect(text).not.toContain('guessed')
  expect(text).toContain('✓ Mail: ')
  expect(well).toBe(false)
})

test('a Redis that does not answer is told', async () => {
  const port = await freePort()
  const { well, text } = await ask({ REDIS_URL: `redis://127.0.0.1:${port}` })
  expect(text).toContain(`✗ Queue: Redis at 127.0.0.1:${port} does not answer`)
  expect(well).toBe(false)
})

test('a signing key that is no key is told', async () => {
  const { well, text } = await ask({
    DKIM_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----\\nnonsense',
    DKIM_SELECTOR: 'mail',
  })
  expect(text).toContain('✗ DKIM: The key of DKIM_PRIVATE_KEY cannot be used')
  expect(well).toBe(false)
})

test('before the first start there is no database to look at, and none is made', async () => {
  const { well, text } = await ask({ DATABASE_URL: '' })
  expect(text).toContain('✓ Database: an embedded PostgreSQL, which the first start makes.')
  expect(well).toBe(true)
})
