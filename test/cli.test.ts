import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../src/platform/db/open.ts'
import { openApi } from './support/api.ts'
import { cloneDatabase } from './support/database.ts'
import { PATIENCE } from './support/eventually.ts'
import { makeDataDir, runPairpost, SETTINGS, startPairpost } from './support/pairpost.ts'
import { freePort } from './support/ports.ts'

async function freshDatabase(): Promise<string> {
  const database = await cloneDatabase()
  onTestFinished(() => database.drop())
  return database.url
}

/** A clone with nothing in it. */
async function emptyDatabase(): Promise<string> {
  const url = await freshDatabase()
  const { pool, close } = openDatabase(url, { max: 1, onError: () => undefined })
  await pool.query('drop schema public cascade')
  await pool.query('create schema public')
  await close()
  return url
}

test.each([
  [['dance'], 'There is no command dance'],
  [[], 'Which command?'],
  [['start', 'now'], 'start takes no now'],
  [['doctor', '--loud'], "Unknown option '--loud'"],
  [['token', 'create', '--role', 'king', '--name', 'me'], 'token create needs --role and --name'],
  [['token', 'make', '--role', 'director', '--name', 'me'], 'token create needs --role and --name'],
])('%j is answered with the usage on stderr and 2', async (args, words) => {
  const { code, out, err } = await runPairpost(args)
  expect(err.split('\n')[0]).toContain(words)
  expect(err).toContain('pairpost <command>')
  expect(out).toBe('')
  expect(code).toBe(2)
})

test('--help is answered on stdout', async () => {
  const { code, out } = await runPairpost(['--help'])
  expect(out).toContain('token create --role R --name N')
  expect(out).toContain('match --scores FILE')
  expect(code).toBe(0)
})

test.each(['start', 'doctor', 'migrate'])(
  '%s names every bad setting at once, without their values',
  async (command) => {
    const { code, out, err } = await runPairpost([command], {
      PORT: 'three thousand',
      SMTP_URL: 'hush://hush',
      SEND_LIMITS: 'many',
      SECRET_KEY: 'hush',
    })
    expect(err.split('\n')[0]).toBe('The configuration has 4 faults:')
    for (const key of ['PORT', 'SMTP_URL', 'SEND_LIMITS', 'SECRET_KEY'])
      expect(err).toMatch(new RegExp(`^ {2}${key}\\b`, 'm'))
    expect(err).not.toContain('hush')
    expect(out).toBe('')
    expect(code).toBe(1)
  },
)

test('a database that lacks migrations is refused with the command that brings them, which then does', async () => {
  const settings = { ...SETTINGS, DATABASE_URL: await emptyDatabase(), DATA_DIR: await makeDataDir() }
  const refused = await runPairpost(['worker'], settings)
  expect(refused.err).toMatch(/^The database lacks \d+ migrations \(0001_.*\)\. Run: npm run pairpost -- migrate\n$/)
  expect(refused.code).toBe(1)

  const applied = await runPairpost(['migrate'], settings)
  expect(applied.out).toMatch(/^Applied 0001_\S+, .*\.\n$/)
  expect(applied.code).toBe(0)
  expect((await runPairpost(['migrate'], settings)).out).toBe('The database is up to date.\n')
  expect((await runPairpost(['doctor'], settings)).code).toBe(0)
})

test('a database that cannot be reached is one line, without its password', async () => {
  const port = await freePort()
  const { code, err } = await runPairpost(['start'], {
    ...SETTINGS,
    DATABASE_URL: `postgres://me:hush@127.0.0.1:${port}/x`,
    DATA_DIR: await makeDataDir(),
  })
  expect(err).toMatch(new RegExp(`^The database at 127\\.0\\.0\\.1:${port} cannot be used: .*ECONNREFUSED.*\\n$`))
  expect(err).not.toContain('hush')
  expect(code).toBe(1)
})

test('a Redis that cannot be reached is one line', async () => {
  const port = await freePort()
  const settings = {
    ...SETTINGS,
    LOG_LEVEL: 'fatal',
    DATABASE_URL: await freshDatabase(),
    DATA_DIR: await makeDataDir(),
  }
  const { code, err } = await runPairpost(['worker'], { ...settings, REDIS_URL: `redis://127.0.0.1:${port}` })
  expect(err).toMatch(new RegExp(`^Redis at 127\\.0\\.0\\.1:${port} cannot be used: .*\\n$`))
  expect(code).toBe(1)
})

test('a port that is taken is one line', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const { port } = other.address() as { port: number }
  const settings = {
    ...SETTINGS,
    DATABASE_URL: await freshDatabase(),
    DATA_DIR: await makeDataDir(),
    PORT: String(port),
  }
  const { code, err } = await runPairpost(['start'], settings)
  expect(err).toBe(`Port ${port} of 127.0.0.1 is taken by another program. End it, or set PORT to another number.\n`)
  expect(code).toBe(1)
})

test('doctor says in lines what is set, and ends with 1 when something would fail', async () => {
  const settings = { ...SETTINGS, DATABASE_URL: await freshDatabase(), DATA_DIR: await makeDataDir() }
  const well = await runPairpost(['doctor'], settings)
  expect(well.out).toMatch(/^✓ Configuration: /)
  expect(well.code).toBe(0)
  const ill = await runPairpost(['doctor'], { ...settings, SMTP_URL: `smtp://127.0.0.1:${await freePort()}` })
  expect(ill.out).toMatch(/^✗ Mail: /m)
  expect(ill.code).toBe(1)
})

test('inbound with nowhere to get mail from says what to set', async () => {
  const { code, err } = await runPairpost(['inbound'], { DATA_DIR: await makeDataDir() })
  expect(err).toMatch(/^There is nothing to receive: set INBOUND_SMTP_PORT.*\n$/)
  expect(code).toBe(1)
})

test(
  'start says where it listens, in its first lines; tokens are made beside it and after it',
  async () => {
    const port = await freePort()
    const settings = { ...SETTINGS, DATA_DIR: await makeDataDir(), PORT: String(port) }
    const service = startPairpost(['start'], settings)
    await service.says(/^API: /m)
    expect(service.out().split('\n').slice(0, 2)).toEqual([
      `Pairpost listens on http://127.0.0.1:${port}`,
      `No SMTP_URL is set: nothing leaves this machine. Messages: http://127.0.0.1:${port}/mailbox`,
    ])

    // Both live on the embedded database of the service, which outlives the shorter one.
    const beside = await runPairpost(['token', 'create', '--role', 'viewer', '--name', 'beside'], settings)
    expect(beside.out).toMatch(/^pp_[0-9a-f]{40}\n$/)
    expect(beside.err).toMatch(/shown once/)
    const api = openApi(`http://127.0.0.1:${port}`, beside.out.trim())
    expect((await api.ask('GET', '/rounds/2016A')).status).toBe(404)
    expect((await api.ask('POST', '/rounds', { code: 'x', name: 'x' })).status).toBe(403)

    service.signal('SIGTERM')
    expect(await service.ended).toBe(0)
    expect(service.err()).toBe('')
    expect(service.out()).not.toMatch(/"level":(40|50|60)/)

    const after = await runPairpost(['token', 'create', '--role', 'director', '--name', 'after'], settings)
    expect(after.out).toMatch(/^pp_[0-9a-f]{40}\n$/)
    expect(after.code).toBe(0)
  },
  PATIENCE,
)

test(
  'two services on one DATA_DIR share its database, and the first to go leaves it to the other',
  async () => {
    const settings = { ...SETTINGS, DATA_DIR: await makeDataDir() }
    const ports = [await freePort(), await freePort()]
    const [first, second] = ports.map((port) => startPairpost(['start'], { ...settings, PORT: String(port) }))
    await Promise.all([first?.says(/^API: /m), second?.says(/^API: /m)])
    first?.signal('SIGINT')
    expect(await first?.ended).toBe(0)
    const answer = await fetch(`http://127.0.0.1:${ports[1]}/readyz`)
    expect(await answer.json()).toEqual({ status: 'ready' })
    second?.signal('SIGTERM')
    expect(await second?.ended).toBe(0)
  },
  PATIENCE,
)

test('adopt makes a database known to this machine', async () => {
  const settings = { ...SETTINGS, DATABASE_URL: await freshDatabase(), DATA_DIR: await makeDataDir() }
  const { code, out } = await runPairpost(['adopt'], settings)
  expect(out).toMatch(/^This machine now sends from this database/)
  expect(code).toBe(0)
})
