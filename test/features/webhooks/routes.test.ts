import { expect, test } from 'vitest'
import { addWebhookRoutes, sendWebhooks } from '../../../src/features/webhooks/index.ts'
import { addAudit } from '../../../src/platform/http/audit.ts'
import { addIdempotency } from '../../../src/platform/http/idempotency.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { openTestDeps } from '../../support/deps.ts'
import { keptLog } from '../../support/log.ts'
import { confirmPeople, never, openReceiver } from './receiver.ts'

async function open() {
  const deps = await openTestDeps()
  const log = keptLog()
  const app = openApiApp({ ...deps, log: log.log })
  addIdempotency(app, deps)
  addAudit(app, deps)
  addWebhookRoutes(app, deps)
  await app.ready()
  const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, headers = {}) => {
    const all = { ...asRole('director'), ...headers }
    const answer = await app.inject({ method, url, headers: all, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
  }
  return { deps, app, ask, log }
}

test('a webhook is made, listed, told, changed and removed; its secret is shown this once', async () => {
  const receiver = await openReceiver()
  const { deps, ask, log } = await open()
  const made = await ask(
    'POST',
    '/webhooks',
    { url: receiver.url, types: ['application.declined'] },
    { 'idempotency-key': 'k' },
  )
  expect(made).toMatchObject({
    status: 201,
    body: { url: receiver.url, types: ['application.declined'], created_by: 'director' },
  })
  const { id, secret } = made.body
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const again = await ask(
    'POST',
    '/webhooks',
    { url: receiver.url, types: ['application.declined'] },
    { 'idempotency-key': 'k' },
  )
  expect(again).toMatchObject({ status: 409, body: { code: 'answer_not_kept' } })
  const changed = await ask('PATCH', `/webhooks/${id}`, { types: ['application.confirmed', 'delivery.bounced'] })
  expect(changed.body.types).toEqual(['delivery.bounced', 'application.confirmed'])
  await confirmPeople(deps, 3)
  await sendWebhooks({ ...deps, log: log.log }, never())
  expect((await ask('POST', `/webhooks/${id}/test`)).body).toMatchObject({ state: 'delivered', last_status: 200 })
  expect((await ask('GET', '/webhooks')).body).toMatchObject({ items: [{ id, waiting: 0, failed: 0 }], next: null })
  const page = (await ask('GET', `/webhooks/${id}/messages?limit=3`)).body
  expect(page.items.map(({ type }: { type: string }) => type)).toEqual([
    'webhook.test',
    ...Array(2).fill('application.confirmed'),
  ])
  const rest = (await ask('GET', `/webhooks/${id}/messages?limit=3&before=${page.next}`)).body
  expect(rest).toMatchObject({ items: [{ type: 'application.confirmed', next_try_at: null }], next: null })
  expect((await ask('POST', `/webhooks/${id}/messages/${rest.items[0].id}/resend`)).body.state).toBe('waiting')

  // Nowhere but in that one answer.
  const rows = await Promise.all([
    deps.db.selectFrom('audit_log').selectAll().execute(),
    deps.db.selectFrom('idempotency_keys').selectAll().execute(),
    deps.db.selectFrom('webhook_endpoints').selectAll().execute(),
    deps.db.selectFrom('webhook_messages').selectAll().execute(),
  ])
  const octets = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const listed = JSON.stringify([await ask('GET', '/webhooks'), await ask('GET', `/webhooks/${id}`), page])
  for (const text of [JSON.stringify(rows), log.text(), listed]) {
    expect(text).not.toContain(secret.slice('whsec_'.length, 30))
    expect(text).not.toContain('"salt":"')
  }
  expect(rows[2][0]?.salt.equals(octets)).toBe(false)

  expect((await ask('DELETE', `/webhooks/${id}`)).status).toBe(204)
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/test'],
    ['GET', '/messages'],
    ['POST', '/messages/1/resend'],
  ] as const)
    expect((await ask(method, `/webhooks/${id}${path}`)).status, path).toBe(404)
  expect(await deps.db.selectFrom('webhook_messages').selectAll().execute()).toEqual([])
})

test('what is no endpoint is refused by field, and there are no more than twenty', async () => {
  const { ask } = await open()
  const types = ['delivery.bounced']
  const refused = await ask('POST', '/webhooks', { url: 'http://10.0.0.1/', types })
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'url' }] } })
  const bad = [
    { url: 'https://8.8.8.8/', types: [] },
    { url: 'https://8.8.8.8/', types: ['webhook.test'] },
    { url: 'https://8.8.8.8/', types: ['delivery.bounced', 'delivery.bounced'] },
    { url: 'https://8.8.8.8/' },
    { types },
    { url: 'https://8.8.8.8/', types, secret: 'mine' },
  ]
  for (const body of bad) expect((await ask('POST', '/webhooks', body)).status, JSON.stringify(body)).toBe(422)
  const made = await Promise.all(
    Array.from({ length: 24 }, (_, at) => ask('POST', '/webhooks', { url: `https://8.8.8.8/${at}`, types })),
  )
  expect(made.filter(({ status }) => status === 201)).toHaveLength(20)
  expect(made.find(({ status }) => status !== 201)).toMatchObject({ status: 409, body: { code: 'too_many_webhooks' } })
  expect((await ask('PATCH', '/webhooks/1', {})).status).toBe(422)
})

test('a button that is pressed twice makes one', async () => {
  const { deps, ask } = await open()
  const make = () => ask('POST', '/webhooks', { url: 'https://8.8.8.8', types: ['delivery.bounced'] })
  const made = await Promise.all([make(), make(), make()])
  expect(made.map(({ status }) => status).sort()).toEqual([201, 422, 422])
  expect(await deps.db.selectFrom('webhook_endpoints').select('id').execute()).toHaveLength(1)
})

test('only a director sees them or changes them', async () => {
  const { app } = await open()
  for (const role of ['communications_officer', 'data_officer', 'viewer'] as const)
    for (const [method, url] of [
      ['GET', '/webhooks'],
      ['POST', '/webhooks'],
      ['GET', '/webhooks/1/messages'],
      ['DELETE', '/webhooks/1'],
    ] as const)
      expect((await app.inject({ method, url, headers: asRole(role) })).statusCode).toBe(403)
})
