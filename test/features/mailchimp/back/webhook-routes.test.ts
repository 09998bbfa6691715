import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { isSecret, webhookSecret, webhookUrl } from '../../../../src/features/mailchimp/back/secret.ts'
import { addMailchimpWebhookRoutes } from '../../../../src/features/mailchimp/back/webhook-routes.ts'
import { DEFAULT_TAGS } from '../../../../src/features/mailchimp/mirror/fields.ts'
import { tokenKeys } from '../../../../src/lib/tokens.ts'
import { addAudit } from '../../../../src/platform/http/audit.ts'
import { openApiApp } from '../../../support/api-app.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { keptLog } from '../../../support/log.ts'
import { addApplicant, addRound } from '../../campaigns/round.ts'
import { addMember, connectList, hashOf, message } from './told.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

async function open(options: { connected?: boolean; environment?: Record<string, string> } = {}) {
  const deps = await openTestDeps(options.environment)
  if (options.connected !== false) await connectList(deps.db)
  const rung: string[] = []
  const { log, text } = keptLog()
  const all = { ...deps, log, ring: async (name: string) => void rung.push(name) }
  const app = openApiApp(all)
  addAudit(app, all)
  await addMailchimpWebhookRoutes(app, all)
  const url = `/webhooks/mailchimp/${encodeURIComponent(webhookSecret(all))}`
  const post = (payload: string | Buffer, headers: Record<string, string> = {}, to = url) =>
    app.inject({ method: 'POST', url: to, payload, headers: { ...FORM, ...headers } })
  const rows = () => deps.db.selectFrom('mailchimp_events').selectAll().orderBy('id').execute()
  return { deps, all, app, url, post, rows, rung, log: text }
}

const sign = (body: string, secret: string, at: Date) => {
  const time = Math.floor(at.getTime() / 1000)
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`
}

test('GET and HEAD show Mailchimp that the address is right; a wrong one is no address', async () => {
  const { app, url } = await open()
  expect((await app.inject({ method: 'GET', url })).statusCode).toBe(200)
  expect((await app.inject({ method: 'HEAD', url })).statusCode).toBe(200)
  for (const wrong of ['x', `${url}x`, url.slice(0, -1), '%00', 'aa%2Fbb']) {
    const to = wrong.startsWith('/') ? wrong : `/webhooks/mailchimp/${wrong}`
    expect((await app.inject({ method: 'GET', url: to })).statusCode, wrong).toBe(404)
    expect((await app.inject({ method: 'POST', url: to, payload: 'type=x', headers: FORM })).statusCode).toBe(404)
  }
})

test('the secret is the configured one, else made of the newest key; older keys keep the address alive', async () => {
  const own = await open({
    environment: { MAILCHIMP_API_KEY: 'abc-us21', MAILCHIMP_WEBHOOK_SECRET: 'a-secret.with~signs_and-more' },
  })
  expect(webhookSecret(own.all)).toBe('a-secret.with~signs_and-more')
  expect((await own.app.inject({ method: 'GET', url: own.url })).statusCode).toBe(200)
  expect(webhookUrl(own.all)).toBe('http://localhost:3000/api/v1/webhooks/mailchimp/a-secret.with~signs_and-more')
  const { all, url } = await open()
  // Configured later: what Mailchimp was given before still leads here.
  expect(isSecret({ ...all, config: own.all.config }, webhookSecret(all))).toBe(true)
  const app = openApiApp(all)
  await addMailchimpWebhookRoutes(app, {
    ...all,
    keys: tokenKeys(['a new key of at least 32 characters', all.keys[0].secret]),
  })
  expect((await app.inject({ method: 'GET', url })).statusCode).toBe(200)
})

test('a message is one row however often it comes, and rings once', async () => {
  const { post, rows, rung } = await open()
  const body = message('unsubscribe', { email: 'Ana@X.example', reason: 'manual', action: 'unsub' })
  for (let at = 0; at < 5; at++) {
    const answer = await post(body)
    expect([answer.statusCode, answer.body]).toEqual([200, ''])
  }
  expect(await rows()).toMatchObject([
    {
      kind: 'unsubscribe',
      hash: hashOf('ana@x.example'),
      address: 'Ana@X.example',
      reason: 'manual',
      state: 'waiting',
    },
  ])
  expect((await rows())[0]?.fired_at).toEqual(new Date('2016-03-01T08:59:58Z'))
  expect(rung).toEqual(['settle-mailchimp-events'])
})

test('five at once are one row', async () => {
  const { post, rows } = await open()
  const body = message('cleaned', { email: 'ana@x.example', reason: 'hard', campaign_id: 'c1' })
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post(body)))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200])
  expect(await rows()).toMatchObject([{ kind: 'cleaned', reason: 'hard', mailchimp_campaign: 'c1' }])
})

test('a signature that is sent must be right: forged, of another body, or older than 300 seconds is refused', async () => {
  const { all, post, rows } = await open()
  const body = message('profile', { email: 'ana@x.example' })
  const header = (value: string) => ({ 'x-mailchimp-signature': value })
  const now = all.clock.now()
  const right = sign(body, webhookSecret(all), now)
  for (const wrong of [
    '',
    'x',
    't=1,v1=',
    'v1=00',
    `${right}0`,
    sign(body, 'another secret', now),
    sign(`${body}&a=b`, webhookSecret(all), now),
  ])
    expect((await post(body, header(wrong))).statusCode, wrong).toBe(403)
  expect(await rows()).toEqual([])
  expect((await post(body, header(right))).statusCode).toBe(200)
  all.clock.advance(300_000)
  expect((await post(body, header(right))).statusCode).toBe(200)
  all.clock.advance(1000)
  expect((await post(body, header(right))).statusCode).toBe(403)
  expect(await rows()).toHaveLength(1)
})

test('a body of a megabyte is refused before anything reads it, with and without a length', async () => {
  const { app, url, post, rows } = await open()
  expect((await post('a'.repeat(1024 * 1024))).statusCode).toBe(413)
  expect((await post(Buffer.alloc(64 * 1024 + 1, 97))).statusCode).toBe(413)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  const stream = new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode('a'.repeat(8192)))
    },
  })
  const asked = fetch(`http://127.0.0.1:${port}${url}`, {
    method: 'POST',
    headers: FORM,
    body: stream,
    duplex: 'half',
  } as RequestInit)
  // The answer, or the end of the connection while the endless body is still being sent.
  expect(
    await asked.then(
      ({ status }) => status,
      () => 413,
    ),
  ).toBe(413)
  expect(await rows()).toEqual([])
})

test('what is no message of ours is answered 200 and kept nowhere, so that it is not sent again', async () => {
  const { post, rows, rung } = await open()
  const nothing = [
    ...['', 'x', 'type=', '&&&', '%', '%ff%fe=%00'],
    message('something', { email: 'ana@x.example' }),
    message('toString', { email: 'ana@x.example' }),
    message('unsubscribe'),
    message('unsubscribe', { email: '' }),
    message('unsubscribe', { email: 'no address' }),
    message('unsubscribe', { email: `a\0b@x.example` }),
    message('unsubscribe', { email: `${'a'.repeat(400)}@x.example` }),
    message('unsubscribe', { email: 'ana@x.example', list_id: 'another' }),
    message('upemail', { old_email: 'ana@x.example' }),
    message('campaign'),
    `${message('unsubscribe', { email: 'ana@x.example' })}${'&a=b'.repeat(1000)}`,
    'type=unsubscribe&data=x&data[email][]=ana@x.example&data[list_id]=aaaaaaaaaa',
  ]
  for (const body of nothing) expect((await post(body)).statusCode, body.slice(0, 80)).toBe(200)
  expect((await post(JSON.stringify({ type: 'unsubscribe' }), { 'content-type': 'application/json' })).statusCode).toBe(
    415,
  )
  expect(await rows()).toEqual([])
  expect(rung).toEqual([])
})

test('without an audience nothing is kept', async () => {
  const { post, rows } = await open({ connected: false })
  expect((await post(message('unsubscribe', { email: 'ana@x.example' }))).statusCode).toBe(200)
  expect(await rows()).toEqual([])
})

test('names in a form are no names of objects, and what is too long or has a NUL is passed over', async () => {
  const { post, rows } = await open()
  const body = `${message('profile', { email: 'ana@x.example', 'merges.FNAME': 'x'.repeat(5000), 'merges.LNAME': 'a\0b' })}&__proto__[polluted]=1&data[merges][__proto__]=1&data[__proto__][polluted]=1&constructor[prototype][polluted]=1`
  expect((await post(body)).statusCode).toBe(200)
  expect('polluted' in {}).toBe(false)
  expect(await rows()).toMatchObject([{ kind: 'profile', state: 'waiting' }])
})

test('no time or a false one is no reason to lose a message', async () => {
  const { post, rows } = await open()
  for (const [at, fired_at] of ['', 'yesterday', '2016-99-99 00:00:00', '0001-01-01 00:00:00'].entries())
    await post(message('profile', { email: `ana${at}@x.example` }, fired_at))
  expect((await rows()).map(({ fired_at }) => fired_at)).toEqual([null, null, null, null])
})

test('an echo of what we wrote ourselves is settled as it comes: no call, no bell, no address kept', async () => {
  const { deps, post, rows, rung } = await open()
  const person_id = await addApplicant(deps.db, await addRound(deps.db), {
    given_name: 'مريم',
    address: 'ana@x.example',
  })
  const fields = {
    given_name: 'مريم',
    family_name: 'Okafor 🌱',
    country: 'Kenya',
    round: '2016A',
    state: 'applied',
    partner: '',
    language: 'en',
  }
  await addMember(deps.db, { person_id, address: 'ana@x.example', fields })
  const merges = (given_name: string) =>
    Object.fromEntries(
      Object.entries({ ...fields, given_name }).map(([field, value]) => [
        `merges.${DEFAULT_TAGS[field as keyof typeof fields]}`,
        value,
      ]),
    )
  await post(message('profile', { email: 'ana@x.example', ...merges('مريم') }))
  await post(message('subscribe', { email: 'ana@x.example', ...merges('مريم') }))
  await post(message('upemail', { old_email: 'old@x.example', new_email: 'ana@x.example' }))
  expect(rung).toEqual(['settle-mailchimp-events'])
  await post(message('profile', { email: 'ana@x.example', ...merges('Mariam') }))
  expect((await rows()).map(({ kind, state, outcome, address }) => [kind, state, outcome, address])).toEqual([
    ['profile', 'settled', 'echo', null],
    ['subscribe', 'settled', 'echo', null],
    ['upemail', 'waiting', null, 'old@x.example'],
    ['profile', 'waiting', null, 'ana@x.example'],
  ])
})

test('who left, came back here, and leaves again is no echo', async () => {
  const { deps, post, rows } = await open()
  const person_id = await addApplicant(deps.db, await addRound(deps.db), { address: 'ana@x.example' })
  await addMember(deps.db, { person_id, address: 'ana@x.example', status: 'unsubscribed' })
  await post(message('unsubscribe', { email: 'ana@x.example', action: 'unsub', reason: 'manual' }))
  await deps.db
    .insertInto('suppressions')
    .values({ address: 'ana@x.example', scope: 'campaigns', reason: 'unsubscribed', source: 'mailchimp' })
    .execute()
  await post(message('unsubscribe', { email: 'ana@x.example', action: 'unsub', reason: 'manual', id: '2' }))
  // A complaint says more than that.
  await post(message('unsubscribe', { email: 'ana@x.example', action: 'unsub', reason: 'abuse' }))
  expect((await rows()).map(({ state }) => state)).toEqual(['waiting', 'settled', 'waiting'])
})

test('neither the secret nor an address stands in a log or in the activity log', async () => {
  const { deps, all, app, url, post, log } = await open()
  await post(message('unsubscribe', { email: 'ana@x.example' }))
  await post('a'.repeat(100_000))
  await post(message('profile', { email: 'ana@x.example' }), { 'x-mailchimp-signature': 't=1,v1=00' })
  await app.inject({ method: 'GET', url })
  await app.inject({ method: 'PUT', url })
  await deps.db.schema.dropTable('mailchimp_events').execute()
  expect((await post(message('unsubscribe', { email: 'ana@x.example' }))).statusCode).toBe(500)
  expect(log()).toContain('/webhooks/mailchimp/:secret')
  expect(log()).not.toContain(webhookSecret(all))
  expect(log()).not.toContain('ana@x')
  expect(await deps.db.selectFrom('audit_log').selectAll().execute()).toEqual([])
})
