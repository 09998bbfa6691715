import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { testClock } from '../../../support/clock.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { callFake, newMembers } from './calls.ts'

const HOOKS = '/lists/aaaaaaaaaa/webhooks'
const EVENTS = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: true }

/** Takes what is posted to it; answers GET and POST by what `answers` says. */
async function openReceiver() {
  const answers = { get: 200, post: 200 }
  const posts: { form: URLSearchParams; body: string; headers: IncomingHttpHeaders }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    if (request.method === 'POST') posts.push({ form: new URLSearchParams(body), body, headers: request.headers })
    response.writeHead(request.method === 'POST' ? answers.post : answers.get).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, answers, posts }
}

async function openListened(
  options: Parameters<typeof openTestMailchimp>[0] = {},
  sources = { user: true, admin: true },
) {
  const receiver = await openReceiver()
  const fake = await openTestMailchimp({ clock: testClock('2016-03-01T09:05:07Z'), ...options })
  const made = await callFake(fake, `POST ${HOOKS}`, {
    url: receiver.url,
    events: EVENTS,
    sources: { ...sources, api: false },
  })
  expect(made.status).toBe(200)
  return { ...receiver, fake, id: made.body.id as string }
}

test('a webhook is taken when its address answers a GET with 200, and once', async () => {
  const { url, answers } = await openReceiver()
  const fake = await openTestMailchimp()
  answers.get = 404
  const make = () => callFake(fake, `POST ${HOOKS}`, { url, events: EVENTS, sources: { user: true } })
  expect((await make()).status).toBe(400)
  answers.get = 200
  const { body } = await make()
  expect(body).toMatchObject({ url, sources: { user: true, admin: false, api: false } })
  expect((await make()).status).toBe(400)
  expect((await callFake(fake, `GET ${HOOKS}`)).body.webhooks).toHaveLength(1)
  expect((await callFake(fake, `DELETE ${HOOKS}/${body.id}`)).status).toBe(204)
  expect(fake.webhooks()).toEqual([])
})

test('what people do is told as forms, in the words of Mailchimp', async () => {
  const { fake, posts } = await openListened()
  fake.staffAdds('ada@example.org', 'subscribed', { FNAME: 'Ada' })
  fake.memberChanges('ada@example.org', { FNAME: 'Ida' })
  fake.memberMoves('ada@example.org', 'ida@example.org')
  fake.memberUnsubscribes('ida@example.org')
  fake.staffAdds('bo@example.org', 'subscribed')
  fake.cleans('bo@example.org', 'abuse')
  expect(await fake.deliverWebhooks()).toEqual([200, 200, 200, 200, 200, 200, 200])
  expect(posts.map(({ form }) => form.get('type'))).toEqual([
    'subscribe',
    'profile',
    'upemail',
    'profile',
    'unsubscribe',
    'subscribe',
    'cleaned',
  ])
  const forms = posts.map(({ form }) => Object.fromEntries(form))
  expect(forms[1]).toMatchObject({
    ...{ fired_at: '2016-03-01 09:05:07', 'data[email]': 'ada@example.org', 'data[list_id]': 'aaaaaaaaaa' },
    'data[merges][FNAME]': 'Ida',
  })
  expect(forms[2]).toMatchObject({ 'data[old_email]': 'ada@example.org', 'data[new_email]': 'ida@example.org' })
  expect(forms[4]).toMatchObject({ 'data[action]': 'unsub', 'data[reason]': 'manual' })
  expect(forms[6]).toMatchObject({ 'data[reason]': 'abuse', 'data[email]': 'bo@example.org' })
  expect(posts[0]?.headers['x-mailchimp-signature']).toBeUndefined()
})

test('it is told as often and in such an order as asked, and stays queued until it is taken', async () => {
  const { fake, posts, answers } = await openListened()
  for (const name of ['a', 'b', 'c']) fake.staffAdds(`${name}@example.org`, 'subscribed')
  answers.post = 500
  expect(await fake.deliverWebhooks()).toEqual([500, 500, 500])
  answers.post = 200
  posts.length = 0
  await fake.deliverWebhooks({ times: 2, order: 'reversed' })
  const names = posts.map(({ form }) => form.get('data[email]')?.[0]).join('')
  expect(names).toBe('ccbbaa')
  expect(fake.queuedWebhooks()).toEqual([])
})

test('a signature is made over the time and the body', async () => {
  const { fake, posts } = await openListened({ signingSecret: 'hush' })
  fake.staffAdds('a@example.org', 'subscribed')
  await fake.deliverWebhooks()
  const t = Date.parse('2016-03-01T09:05:07Z') / 1000
  const v1 = createHmac('sha256', 'hush').update(`${t}.${posts[0]?.body}`).digest('hex')
  expect(posts[0]?.headers['x-mailchimp-signature']).toBe(`t=${t},v1=${v1}`)
})

test('own doings are told only when asked for, or when the account echoes always', async () => {
  for (const echoes of ['asked', 'always'] as const) {
    const { fake } = await openListened({ echoes })
    await callFake(fake, 'POST /lists/aaaaaaaaaa', { members: newMembers(2) })
    expect(fake.queuedWebhooks()).toHaveLength(echoes === 'always' ? 2 : 0)
  }
})

test('a sign-up is told once it was confirmed', async () => {
  const { fake } = await openListened()
  fake.signsUp('new@example.org', { FNAME: 'New' })
  expect(fake.member('new@example.org')?.status).toBe('pending')
  expect(fake.queuedWebhooks()).toEqual([])
  fake.confirmsSignUp('new@example.org')
  expect(fake.queuedWebhooks()).toMatchObject([{ type: 'subscribe' }])
})
