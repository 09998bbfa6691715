import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { endLeftPostgres, startEmbeddedPostgres } from '../../../src/platform/embedded/postgres.ts'
import { freePort } from '../../support/ports.ts'

const FAST = ['-c', 'fsync=off']

/** A place for a cluster; private as mktemp makes it, or open to others. */
async function makePlace(mode: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-embedded-'))
  await chmod(folder, mode)
  onTestFinished(async () => {
    await endLeftPostgres(join(folder, 'postgres'))
    await rm(folder, { recursive: true, force: true })
  })
  return join(folder, 'postgres')
}

async function ask(url: string, statement: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows[0]
  } finally {
    await client.end()
  }
}

const processOf = async (folder: string) =>
  Number((await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')[0])

test('two that start it at once get the same server, and the last one to leave ends it', async () => {
  const folder = await makePlace(0o711)
  const [one, two] = await Promise.all([startEmbeddedPostgres(folder, FAST), startEmbeddedPostgres(folder, FAST)])
  expect(one.url).toBe(two.url)
  await one.stop()
  expect(await ask(two.url, 'select 1 as answer')).toEqual({ answer: 1 })
  await two.stop()
  expect(existsSync(join(folder, 'postmaster.pid'))).toBe(false)
})

test('what was written is there at the next start, on the port that was asked for', async () => {
  const folder = await makePlace(0o711)
  const first = await startEmbeddedPostgres(folder, FAST)
  await ask(first.url, 'create table kept as select 7 as answer')
  await first.stop()
  const port = await freePort()
  const second = await startEmbeddedPostgres(folder, FAST, port)
  expect(new URL(second.url).port).toBe(String(port))
  expect(await ask(second.url, 'select answer from kept')).toEqual({ answer: 7 })
  await second.stop()
})

test('a server that was killed, and a lock file whose number another program has, do not stand in the way', async () => {
  const folder = await makePlace(0o711)
  const first = await startEmbeddedPostgres(folder, FAST)
  process.kill(await processOf(folder), 'SIGKILL')
  await first.stop()
  const lock = join(folder, 'postmaster.pid')
  const lines = (await readFile(lock, 'utf8')).split('\n')
  await writeFile(lock, [String(process.pid), ...lines.slice(1)].join('\n'))
  const second = await startEmbeddedPostgres(folder, FAST)
  expect(await ask(second.url, 'select 1 as answer')).toEqual({ answer: 1 })
  await second.stop()
})

test('it starts in a private folder too, also as root, whom PostgreSQL refuses', async () => {
  const folder = await makePlace(0o700)
  const server = await startEmbeddedPostgres(folder, FAST)
  expect(await ask(server.url, 'select current_user as name')).toEqual({ name: 'pairpost' })
  await server.stop()
})

test('its password is its own, and wrong ones are refused', async () => {
  const folder = await makePlace(0o711)
  const server = await startEmbeddedPostgres(folder, FAST)
  const guessed = new URL(server.url)
  guessed.password = 'pairpost'
  await expect(ask(guessed.href, 'select 1')).rejects.toThrow(/password authentication failed/)
  await server.stop()
})

test('a folder that holds something else is told in words', async () => {
  const folder = await makePlace(0o711)
  const server = await startEmbeddedPostgres(folder, FAST)
  await server.stop()
  await rm(join(folder, 'global'), { recursive: true })
  await expect(startEmbeddedPostgres(folder, FAST)).rejects.toThrow(/did not start: .*global/)
})
