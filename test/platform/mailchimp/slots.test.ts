import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/platform/db/open.ts'
import { openMailchimp } from '../../../src/platform/mailchimp/index.ts'
import { giveSlotBack, takeSlot } from '../../../src/platform/mailchimp/slot-queries.ts'
import { openSlots } from '../../../src/platform/mailchimp/slots.ts'
import { silentLog } from '../../support/log.ts'
import { failureOf, KEY, openServer, openTestDatabase, sendJson } from './server.ts'

const LIST = { id: 'a1', name: 'Programme', stats: { member_count: 3 } }

/** Another process, as far as the database can tell. */
function openOther(url: string, baseUrl: string, options = {}) {
  const { db, close } = openDatabase(url, { max: 3, onError: () => undefined })
  onTestFinished(close)
  return openMailchimp({ db, log: silentLog }, { apiKey: KEY, baseUrl }, options)
}

async function freeSlots(db: Awaited<ReturnType<typeof openTestDatabase>>['db']): Promise<number> {
  const rows = await db.selectFrom('mailchimp_slots').where('holder', 'is', null).select('slot').execute()
  return rows.length
}

test('three processes hammer one account: all is done, with eight connections at most', async () => {
  const { db, url } = await openTestDatabase()
  const server = await openServer(async (response) => {
    await setTimeout(5 + Math.random() * 10)
    sendJson(response, LIST)
  })
  const accounts = [1, 2, 3].map(() => openOther(url, server.baseUrl))
  const work = accounts.flatMap((account) => Array.from({ length: 60 }, () => account.getList('a1')))
  expect(await Promise.all(work)).toHaveLength(180)
  expect(server.asked).toHaveLength(180)
  expect(server.state.most).toBeLessThanOrEqual(8)
  expect(server.state.most).toBeGreaterThan(2)
  expect(await freeSlots(db)).toBe(8)
})

test('whoever waits in another process is let in while this one has more to do', async () => {
  const { url } = await openTestDatabase()
  const server = await openServer(async (response) => {
    await setTimeout(40)
    sendJson(response, LIST)
  })
  const [busy, other] = [openOther(url, server.baseUrl), openOther(url, server.baseUrl)]
  let isOver = false
  const much = Promise.all(Array.from({ length: 300 }, () => busy.getList('a1'))).then(() => {
    isOver = true
  })
  await expect.poll(() => server.asked.length).toBeGreaterThanOrEqual(8)
  await other.getList('a1')
  expect(isOver).toBe(false)
  await much
  expect(server.state.most).toBeLessThanOrEqual(8)
})

test('calls of one process go out in the order they came', async () => {
  const { db } = await openTestDatabase()
  const server = await openServer((response) => sendJson(response, LIST))
  await db.deleteFrom('mailchimp_slots').where('slot', '>', 1).execute()
  const mailchimp = openMailchimp({ db, log: silentLog }, { apiKey: KEY, baseUrl: server.baseUrl })
  const ids = Array.from({ length: 20 }, (_, index) => `list${index}`)
  await Promise.all(ids.map((id) => mailchimp.getList(id)))
  expect(server.asked.map(({ path }) => path)).toEqual(ids.map((id) => `/lists/${id}`))
})

test('a process that is killed frees its connections when they run out', async () => {
  const { db, url } = await openTestDatabase()
  const server = await openServer((response, _asked, made) => (made < 8 ? undefined : sendJson(response, LIST)))
  const script = join(import.meta.dirname, 'hold-connections.ts')
  const held = spawn(process.execPath, [script, url, server.baseUrl, KEY], { stdio: 'ignore' })
  onTestFinished(() => void held.kill('SIGKILL'))
  await expect.poll(() => server.asked.length, { timeout: 10_000 }).toBe(8)
  held.kill('SIGKILL')
  expect(await freeSlots(db)).toBe(0)
  expect(await openOther(url, server.baseUrl).getList('a1')).toMatchObject({ id: 'a1' })
  expect(server.state.most).toBeLessThanOrEqual(8)
})

test('whoever gives back too late frees nobody else', async () => {
  const { db } = await openTestDatabase()
  await db.deleteFrom('mailchimp_slots').where('slot', '>', 1).execute()
  expect(await takeSlot(db, { holder: 'slow', heldMs: -1, left: [] })).toBe(1)
  expect(await takeSlot(db, { holder: 'next', heldMs: 60_000, left: [] })).toBe(1)
  expect(await giveSlotBack(db, 'slow')).toBeUndefined()
  expect(await takeSlot(db, { holder: 'third', heldMs: 60_000, left: [] })).toBeUndefined()
  expect(await giveSlotBack(db, 'next')).toEqual({ slot: 1, is_wished: false })
  expect(await takeSlot(db, { holder: 'third', heldMs: 60_000, left: [1] })).toBeUndefined()
  expect(await takeSlot(db, { holder: 'third', heldMs: 60_000, left: [] })).toBe(1)
})

test('a call that fails gives its connection back, and waiting is free of it', async () => {
  const { db, url } = await openTestDatabase()
  const server = await openServer((response) => void response.writeHead(503).end())
  const free: number[] = []
  const wait = async () => void free.push(await freeSlots(db))
  await failureOf(openOther(url, server.baseUrl, { wait, tries: 3 }).ping())
  expect(free).toEqual([8, 8])
  expect(await freeSlots(db)).toBe(8)
})

test('a database that fails to take a connection fails the call, and the next one goes out', async () => {
  const { db } = await openTestDatabase()
  const slots = openSlots({ db, log: silentLog }, { heldMs: 60_000, random: Math.random })
  await db.schema.alterTable('mailchimp_slots').renameTo('away').execute()
  await expect(slots.within(async () => 1)).rejects.toThrow('mailchimp_slots')
  await db.schema.alterTable('away').renameTo('mailchimp_slots').execute()
  expect(await slots.within(async () => 2)).toBe(2)
})
