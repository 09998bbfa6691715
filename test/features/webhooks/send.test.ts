import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  createWebhook,
  getWebhook,
  listDisabledWebhooks,
  resendWebhookMessage,
  sendWebhooks,
  sweepWebhooks,
  testWebhook,
  updateWebhook,
} from '../../../src/features/webhooks/index.ts'
import { tokenKeys } from '../../../src/lib/tokens.ts'
import { keptLog } from '../../support/log.ts'
import { confirmPeople, never, openReceiver, openWebhook, verify } from './receiver.ts'

const DAY = 86_400

test('a message is signed, names no person, and is delivered once', async () => {
  const receiver = await openReceiver()
  const { deps, secret, send, states } = await openWebhook(receiver.url)
  const [person_id] = await confirmPeople(deps, 1)
  await send()
  await send()
  expect(receiver.received).toHaveLength(1)
  const [got] = receiver.received
  if (!got) throw new Error('nothing came')
  expect(verify(secret, got)).toEqual({
    type: 'application.confirmed',
    timestamp: '2016-03-01T09:00:00.000Z',
    data: { application_id: expect.any(Number), person_id, round: '2016A' },
  })
  expect(got.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': expect.stringMatching(/^msg_\d+$/),
  })
  expect(got.body).not.toMatch(/Secret|Amina|@/)
  expect(() => verify(secret, { ...got, body: got.body.replace('confirmed', 'declined') })).toThrow()
  expect(await states()).toEqual(['delivered after 1: Answered 200.'])
})

test('after a change of our key both signatures are sent: the older secret still verifies, and so does a new one', async () => {
  const receiver = await openReceiver()
  const { deps, secret, send } = await openWebhook(receiver.url)
  const keys = tokenKeys(['a newer secret that only the tests have', 'a secret that only the tests have: 32+'])
  const newer = await createWebhook(
    { ...deps, keys },
    { url: `${receiver.url}/2`, types: ['application.confirmed'], by: '' },
  )
  expect(newer.secret).not.toBe(secret)
  await confirmPeople(deps, 1)
  await send({ keys })
  expect(receiver.received).toHaveLength(2)
  for (const got of receiver.received) expect(got.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/)
  const verified = (by: string) =>
    receiver.received.filter((got) => {
      try {
        return verify(by, got) !== undefined
      } catch {
        return false
      }
    })
  // Each secret is one endpoint's alone.
  expect(verified(secret)).toHaveLength(1)
  expect(verified(newer.secret)).toHaveLength(1)
})

test('what is refused is tried ten times under one id, over three days and a bit, and then has failed', async () => {
  const receiver = await openReceiver((response) => void response.writeHead(503).end())
  const { deps, send, pass, states, messages } = await openWebhook(receiver.url)
  await confirmPeople(deps, 1)
  const waits: number[] = []
  for (let tries = 1; tries <= 12; tries++) {
    await send()
    const [message] = await messages()
    const { rows } = await sql<{ wait: number }>`
      select extract(epoch from next_try_at - clock_timestamp())::float8 as wait from webhook_messages`.execute(deps.db)
    if (message?.state === 'waiting') waits.push(rows[0]?.wait ?? 0)
    await pass(1.1 * DAY)
  }
  const planned = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
  expect(waits).toHaveLength(planned.length)
  for (const [at, wait] of waits.entries()) {
    expect(wait).toBeGreaterThan((planned[at] as number) - 5)
    expect(wait).toBeLessThanOrEqual((planned[at] as number) * 1.1)
  }
  expect(await states()).toEqual(['failed after 10: Answered 503.'])
  expect(receiver.received).toHaveLength(10)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
})

test('410 disables the endpoint, says why, and nothing more is sent or written for it', async () => {
  const receiver = await openReceiver((response) => void response.writeHead(410).end())
  const { deps, id, send, messages } = await openWebhook(receiver.url)
  await confirmPeople(deps, 1)
  await send()
  expect(await getWebhook(deps, { id })).toMatchObject({ disabled_at: expect.any(Date), failed: 1 })
  expect(await listDisabledWebhooks(deps)).toMatchObject([{ id, disabled_why: expect.stringContaining('410 Gone') }])
  await confirmPeople(deps, 3)
  await send()
  expect(receiver.received).toHaveLength(1)
  expect(await messages()).toHaveLength(1)
})

test('an endpoint that takes nothing for five days is disabled; enabled again, it has five days more', async () => {
  const receiver = await openReceiver((response) => void response.writeHead(500).end())
  const { deps, id, send, pass } = await openWebhook(receiver.url)
  const isDisabled = async () => (await getWebhook(deps, { id })).disabled_at !== null
  const fail = async (days: number) => {
    for (let hour = 0; hour < days * 24; hour += 3) {
      if (hour % 24 === 0) await confirmPeople(deps, 1)
      await send()
      await pass(3 * 3600)
      await sweepWebhooks(deps)
    }
  }
  await fail(4)
  expect(await isDisabled()).toBe(false)
  await fail(3)
  expect(await isDisabled()).toBe(true)
  expect((await getWebhook(deps, { id })).disabled_why).toBe('It has taken no message for 5 days.')
  await updateWebhook(deps, { id, enabled: true })
  await sweepWebhooks(deps)
  await fail(4)
  expect(await isDisabled()).toBe(false)
  await fail(3)
  expect(await isDisabled()).toBe(true)
})

test('an endpoint that takes some messages is never disabled', async () => {
  let answered = 0
  const receiver = await openReceiver((response) => void response.writeHead(answered++ % 11 === 0 ? 200 : 500).end())
  const { deps, id, send, pass } = await openWebhook(receiver.url)
  for (let day = 0; day < 7; day++) {
    await confirmPeople(deps, 2)
    for (let tries = 0; tries < 11; tries++) {
      await send()
      await sql`update webhook_messages set next_try_at = clock_timestamp() where state = 'waiting'`.execute(deps.db)
    }
    await pass(DAY)
    await sweepWebhooks(deps)
  }
  const { failed, disabled_at } = await getWebhook(deps, { id })
  expect(failed).toBeGreaterThan(0)
  expect(disabled_at).toBeNull()
})

test('what waited while it was disabled goes on from the first try when it is enabled', async () => {
  let up = false
  const receiver = await openReceiver((response) => void response.writeHead(up ? 204 : 500).end())
  const { deps, id, send, states } = await openWebhook(receiver.url)
  await confirmPeople(deps, 2)
  await send()
  await updateWebhook(deps, { id, enabled: false })
  expect(await listDisabledWebhooks(deps)).toEqual([])
  up = true
  await sql`update webhook_messages set next_try_at = clock_timestamp()`.execute(deps.db)
  await send()
  expect(receiver.received).toHaveLength(2)
  await updateWebhook(deps, { id, enabled: true })
  await send()
  expect(await states()).toEqual(Array(2).fill('delivered after 1: Answered 204.'))
})

test('a slow receiver holds up nobody else, and gets no more than four messages at once', async () => {
  let held = 0
  let most = 0
  const slow = await openReceiver(() => {
    held++
    most = Math.max(most, held)
  })
  const quick = await openReceiver()
  const { deps, states } = await openWebhook(slow.url)
  await createWebhook(deps, { url: quick.url, types: ['application.confirmed'], by: 'staff 1' })
  await confirmPeople(deps, 20)
  const stopping = new AbortController()
  const sending = sendWebhooks(deps, stopping.signal)
  // The receiver has a message a moment before its row says so.
  const delivered = async () => (await states()).filter((state) => state.startsWith('delivered')).length
  for (let look = 0; (await delivered()) < 20 && look < 500; look++) await delay(10)
  expect(quick.received).toHaveLength(20)
  expect(most).toBe(4)
  stopping.abort()
  await sending
  // What was cut off is neither delivered nor failed: nobody knows.
  const counted = Map.groupBy(await states(), (state) => state)
  expect([...counted].map(([state, all]) => [state, all.length]).sort()).toEqual([
    ['delivered after 1: Answered 200.', 20],
    ['waiting after 0: null', 16],
    ['waiting after 1: null', 4],
  ])
})

test('who does not answer in time is tried again, and an answer that drips on without end counts by its status', async () => {
  const silent = await openReceiver(() => undefined)
  const dripping = await openReceiver((response) => void response.writeHead(200).write('.'))
  const { deps, send, states } = await openWebhook(silent.url)
  await createWebhook(deps, { url: dripping.url, types: ['application.confirmed'], by: 'staff 1' })
  await confirmPeople(deps, 1)
  await send({ timeoutMs: 300 })
  expect(await states()).toEqual(['waiting after 1: No answer within 0.3 seconds.', 'delivered after 1: Answered 200.'])
})

test('a receiver that asks to be left alone is, for a day at most', async () => {
  let after = '3600'
  const receiver = await openReceiver((response) => void response.writeHead(429, { 'retry-after': after }).end())
  const { deps, send } = await openWebhook(receiver.url)
  const wait = async () => {
    await confirmPeople(deps, 1)
    await send()
    const { rows } = await sql<{ wait: number }>`
      select extract(epoch from next_try_at - clock_timestamp())::float8 as wait from webhook_messages
      order by id desc limit 1`.execute(deps.db)
    return rows[0]?.wait ?? 0
  }
  expect(await wait()).toBeGreaterThan(3590)
  after = '999999999'
  expect(await wait()).toBeLessThanOrEqual(1.1 * DAY)
  after = 'soon'
  expect(await wait()).toBeLessThan(6)
})

test('a redirect is not followed, and says so', async () => {
  const elsewhere = await openReceiver()
  const receiver = await openReceiver((response) => void response.writeHead(307, { location: elsewhere.url }).end())
  const { deps, send, states } = await openWebhook(receiver.url)
  await confirmPeople(deps, 1)
  await send()
  expect(elsewhere.received).toHaveLength(0)
  expect(await states()).toEqual(['waiting after 1: Answered 307: redirects are not followed.'])
})

test('a huge answer is cut off, a huge head and half an answer are failures, and nothing of them is kept', async () => {
  let octets = 0
  const endless = await openReceiver((response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed) {
        octets += 16_384
        if (!response.write('secret words '.repeat(1260))) return void response.once('drain', more)
      }
    }
    more()
  })
  const headed = await openReceiver(
    (response) => void response.writeHead(200, { 'x-secret': 'x'.repeat(100_000) }).end(),
  )
  const broken = await openReceiver((response) => void response.socket?.end('HTTP/1.1 2'))
  const { deps, send, states, messages } = await openWebhook(endless.url)
  for (const { url } of [headed, broken]) await createWebhook(deps, { url, types: ['application.confirmed'], by: '' })
  await confirmPeople(deps, 1)
  await send()
  const [first, second, third] = await states()
  expect(first).toBe('delivered after 1: Answered 200.')
  expect(second).toContain('waiting after 1: It could not be reached')
  expect(third).toContain('waiting after 1: It could not be reached')
  expect(octets).toBeLessThan(20 * 1024 * 1024)
  expect(JSON.stringify(await messages())).not.toContain('secret words')
})

test('a receiver that is down is said in words, without the address that its name led to being a way around', async () => {
  const receiver = await openReceiver()
  const { deps, send, states } = await openWebhook(receiver.url)
  receiver.close()
  await confirmPeople(deps, 1)
  await send()
  expect((await states())[0]).toMatch(/^waiting after 1: It could not be reached \(.*ECONNREFUSED.*\)\.$/)
})

test('five processes at once send each message once', async () => {
  const receiver = await openReceiver()
  const { deps, send } = await openWebhook(receiver.url)
  await confirmPeople(deps, 40)
  await Promise.all(Array.from({ length: 5 }, () => send()))
  expect(receiver.received).toHaveLength(40)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(40)
})

test('a process that dies in the middle leaves its message to the next one, under the same id', async () => {
  const receiver = await openReceiver()
  const { deps, send, pass, states } = await openWebhook(receiver.url)
  await confirmPeople(deps, 1)
  // The answer comes and cannot be recorded any more: the same as being killed right after it.
  const log = keptLog()
  await sql`create function fail() returns trigger language plpgsql as $$ begin raise 'gone'; end $$`.execute(deps.db)
  await sql`create trigger t before update of state on webhook_messages for each row execute function fail()`.execute(
    deps.db,
  )
  await send({ log: log.log })
  await sql`drop trigger t on webhook_messages`.execute(deps.db)
  expect(log.text()).toContain('outcome of a webhook not recorded')
  await send()
  expect(receiver.received).toHaveLength(1)
  await pass(60)
  await send()
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(
    Array(2).fill(receiver.received[0]?.headers['webhook-id']),
  )
  expect(await states()).toEqual(['delivered after 2: Answered 200.'])
})

test('a message that was taken or has failed is sent again by hand, under the same id; one that is under way is not', async () => {
  const receiver = await openReceiver()
  const { deps, id, send, messages } = await openWebhook(receiver.url)
  await confirmPeople(deps, 1)
  const [message] = await messages()
  const again = () => resendWebhookMessage(deps, { id, message_id: message?.id ?? 0 })
  await expect(again()).rejects.toMatchObject({ code: 'message_under_way' })
  await send()
  expect(await again()).toMatchObject({ state: 'waiting', tries: 0 })
  await send()
  expect(receiver.received).toHaveLength(2)
  expect(receiver.received[1]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id'])
  await updateWebhook(deps, { id, enabled: false })
  await expect(again()).rejects.toMatchObject({ code: 'webhook_disabled' })
  await expect(resendWebhookMessage(deps, { id, message_id: 4711 })).rejects.toMatchObject({ code: 'not_found' })
})

test('a test goes out at once, also to a disabled endpoint, is tried once, and tells what came of it', async () => {
  let status = 200
  const receiver = await openReceiver((response) => void response.writeHead(status).end())
  const { deps, id, secret, send } = await openWebhook(receiver.url)
  await updateWebhook(deps, { id, enabled: false })
  expect(await testWebhook(deps, { id })).toMatchObject({ type: 'webhook.test', state: 'delivered', last_status: 200 })
  const [got] = receiver.received
  expect(got && verify(secret, got)).toMatchObject({ type: 'webhook.test', data: {} })
  status = 404
  expect(await testWebhook(deps, { id })).toMatchObject({ state: 'failed', tries: 1, last_words: 'Answered 404.' })
  await send()
  expect(receiver.received).toHaveLength(2)
})

test('after thirty days a message is forgotten, delivered or not', async () => {
  const receiver = await openReceiver()
  const { deps, id, send, pass, messages } = await openWebhook(receiver.url)
  await confirmPeople(deps, 1)
  await send()
  await pass(29 * DAY)
  await updateWebhook(deps, { id, enabled: false })
  await sweepWebhooks(deps)
  expect(await messages()).toHaveLength(1)
  await pass(2 * DAY)
  await sweepWebhooks(deps)
  expect(await messages()).toHaveLength(0)
})

test('a stopped process takes nothing new', async () => {
  const receiver = await openReceiver()
  const { deps } = await openWebhook(receiver.url)
  await confirmPeople(deps, 1)
  await sendWebhooks(deps, AbortSignal.abort())
  expect(receiver.received).toHaveLength(0)
  await sendWebhooks(deps, never())
  expect(receiver.received).toHaveLength(1)
})
