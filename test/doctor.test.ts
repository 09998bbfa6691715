import { expect, onTestFinished, test } from 'vitest'
import { type Config, parseConfig } from '../src/config.ts'
import { runDoctor } from '../src/doctor.ts'
import { openDatabase } from '../src/platform/db/open.ts'
import { cloneDatabase } from './support/database.ts'
import { openTestMailchimp } from './support/mailchimp.ts'
import { makeDataDir, SETTINGS } from './support/pairpost.ts'
import { freePort } from './support/ports.ts'
import { makeSelfSignedCertificate } from './support/sink/certificate.ts'
import { type SinkOptions, startSink } from './support/sink/sink.ts'

/** What the doctor says, and whether all is well. */
async function ask(
  environment: Record<string, string> = {},
  prepare: (url: string) => Promise<void> = async () => undefined,
): Promise<{ well: boolean; text: string }> {
  const database = await cloneDatabase()
  onTestFinished(() => database.drop())
  await prepare(database.url)
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

const MAILCHIMP_API_KEY = 'fake-us1'

/** An audience that is connected, as far as the database knows. */
function connected(list_id: string, fields: Record<string, string>, webhook_id: string | null = null) {
  return async (url: string) => {
    const { db, close } = openDatabase(url, { max: 1, onError: () => undefined })
    const names = { list_name: 'Programme', account_name: 'ILN', connected_by: 'staff 1' }
    const row = { list_id, ...names, fields: JSON.stringify(fields), states: ['confirmed'], webhook_id }
    await db
      .insertInto('mailchimp_audience')
      .values({ ...row, connected_at: new Date() })
      .execute()
    await close()
  }
}

test('without a key nothing is said of Mailchimp', async () => {
  expect((await ask()).text).not.toContain('Mailchimp')
})

test('a Mailchimp account that is well: its name, and that no audience is connected', async () => {
  const fake = await openTestMailchimp({ account_name: 'ILN' })
  const { well, text } = await ask({ MAILCHIMP_API_KEY, MAILCHIMP_BASE_URL: fake.baseUrl })
  expect(text).toContain('✓ Mailchimp: the key opens the account "ILN".')
  expect(text).toContain('✓ Mailchimp: no audience is connected. Choose one under Settings, Mailchimp.')
  expect(well).toBe(true)
  expect(fake.writes).toBe(0)
})

test('a wrong Mailchimp key is told, and never shown', async () => {
  const fake = await openTestMailchimp()
  const { well, text } = await ask({ MAILCHIMP_API_KEY: 'guessed0123-us1', MAILCHIMP_BASE_URL: fake.baseUrl })
  expect(text).toMatch(/✗ Mailchimp: Mailchimp \(127\.0\.0\.1:\d+\) does not know the key\. Make a new one/)
  expect(text).not.toContain('guessed0123')
  expect(well).toBe(false)
})

test('a Mailchimp audience that is not there is told', async () => {
  const fake = await openTestMailchimp()
  const environment = { MAILCHIMP_API_KEY, MAILCHIMP_BASE_URL: fake.baseUrl, MAILCHIMP_LIST_ID: 'bbbbbbbbbb' }
  const { well, text } = await ask(environment)
  expect(text).toContain('✗ Mailchimp: there is no audience bbbbbbbbbb in this account.')
  expect(well).toBe(false)
})

test('a Mailchimp field of another type is told, one that is to be made is not at fault', async () => {
  const fake = await openTestMailchimp()
  const prepare = connected(fake.list_id, { given_name: 'FNAME', round: 'BIRTHDAY', state: 'STATE' })
  const { well, text } = await ask({ MAILCHIMP_API_KEY, MAILCHIMP_BASE_URL: fake.baseUrl }, prepare)
  expect(text).toContain('✓ Mailchimp: the audience "Programme" (0 subscribed) is connected.')
  expect(text).toContain('✗ Mailchimp: the field BIRTHDAY (round) holds a birthday and no text.')
  expect(text).toContain('✓ Mailchimp: the field STATE (state) is not there yet; the next sync makes it.')
  expect(text).toContain('✓ Mailchimp: no people are written there before the first sync.')
  expect(text).not.toContain('FNAME')
  expect(well).toBe(false)
})

test('a Mailchimp webhook that was removed is told', async () => {
  const fake = await openTestMailchimp()
  const prepare = connected(fake.list_id, { given_name: 'FNAME' }, 'gone')
  const { well, text } = await ask({ MAILCHIMP_API_KEY, MAILCHIMP_BASE_URL: fake.baseUrl }, prepare)
  expect(text).toContain('✗ Mailchimp: its webhook was removed there')
  expect(well).toBe(false)
})

test('Mailchimp that answers with a page, or not at all, is told', async () => {
  const fake = await openTestMailchimp()
  fake.faults.always('*', 'html')
  const html = await ask({ MAILCHIMP_API_KEY, MAILCHIMP_BASE_URL: fake.baseUrl })
  expect(html.text).toMatch(/✗ Mailchimp: Mailchimp \(.*\) cannot be reached: it answered 503 without the JSON/)
  const port = await freePort()
  const nobody = await ask({ MAILCHIMP_API_KEY, MAILCHIMP_BASE_URL: `http://127.0.0.1:${port}/3.0` })
  expect(nobody.text).toMatch(/✗ Mailchimp: .*ECONNREFUSED/)
  expect(html.well || nobody.well).toBe(false)
})
