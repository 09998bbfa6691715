import { expect, test } from 'vitest'
import { listWebhooks, sendWebhooks } from '../../src/features/webhooks/index.ts'
import { confirmPeople, never, openReceiver } from '../features/webhooks/receiver.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'

const HOME = '/console/settings/webhooks'

async function open() {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const make = async (url: string, types: string[] = ['application.confirmed']) => {
    const answer = await visit.post(HOME, { url, types })
    const id = Number(/webhooks\/(\d+)"/.exec(answer.body)?.[1])
    return { answer, id, secret: /value="(whsec_[^"]+)"/.exec(answer.body)?.[1]?.replaceAll('&#x3D;', '=') ?? '' }
  }
  return { deps, visit, make }
}

test('a webhook is added, its secret is shown once and on no page that can be opened again', async () => {
  const { deps, visit, make } = await open()
  expect((await visit.get(HOME)).body).toContain('No webhook yet')
  const receiver = await openReceiver()
  const { answer, id, secret } = await make(receiver.url)
  expect(answer.statusCode).toBe(201)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  for (const url of [HOME, `${HOME}/${id}`, `${HOME}/${id}/remove`]) {
    const { statusCode, body } = await visit.get(url)
    expect(statusCode).toBe(200)
    expect(body).toContain(receiver.url)
    expect(body).not.toContain('whsec_')
  }
  const entries = JSON.stringify(await deps.db.selectFrom('audit_log').selectAll().execute())
  expect(entries).toContain('Add a webhook')
  expect(entries).not.toContain('whsec_')
})

test('a faulty form names each fault and keeps what was typed; sent twice it makes one', async () => {
  const { deps, visit, make } = await open()
  const refused = await visit.post(HOME, { url: 'http://169.254.169.254/"><script>', types: [] })
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('href="#url"')
  expect(refused.body).toContain('href="#types"')
  expect(refused.body).toContain('169.254.169.254/&quot;&gt;&lt;script&gt;')
  const made = await Promise.all([make('https://8.8.8.8/a'), make('https://8.8.8.8/a')])
  expect(made.map(({ answer }) => answer.statusCode).sort()).toEqual([201, 422])
  expect(await listWebhooks(deps)).toHaveLength(1)
})

test('the log says what was told and what came of it, and a message is sent again by its button', async () => {
  const { deps, visit, make } = await open()
  let status = 500
  const receiver = await openReceiver((response) => void response.writeHead(status).end('secret words'))
  const { id } = await make(receiver.url)
  await confirmPeople(deps, 1)
  expect((await visit.get(`${HOME}/${id}`)).body).toContain('not tried yet')
  await sendWebhooks(deps, never())
  const tried = (await visit.get(`${HOME}/${id}`)).body
  expect(tried).toContain('1 try. Answered 500.')
  expect(tried).toContain('Next try:')
  expect(tried).not.toContain('secret words')
  status = 200
  expect((await visit.post(`${HOME}/${id}/test`)).headers.location).toBe(`${HOME}/${id}?notice=test_delivered`)
  const test_message = /action="(\S+\/resend)"/.exec((await visit.get(`${HOME}/${id}`)).body)?.[1] ?? ''
  expect((await visit.post(test_message)).headers.location).toBe(`${HOME}/${id}?notice=again`)
  await sendWebhooks(deps, never())
  expect(receiver.received).toHaveLength(3)
})

test('a disabled webhook says why, in the list and on its page, and is enabled by a button; stopping and removing work twice', async () => {
  const { deps, visit, make } = await open()
  const receiver = await openReceiver((response) => void response.writeHead(410).end())
  const { id } = await make(receiver.url)
  expect((await visit.post(`${HOME}/${id}/test`)).headers.location).toBe(`${HOME}/${id}?notice=test_failed`)
  for (const url of [HOME, `${HOME}/${id}`])
    expect((await visit.get(url)).body).toContain('It answered 410 Gone: it wants no more messages.')
  expect((await visit.post(`${HOME}/${id}/enable`)).headers.location).toBe(`${HOME}/${id}?notice=enabled`)
  expect(await listWebhooks(deps)).toMatchObject([{ disabled_at: null }])
  for (const _press of [1, 2])
    expect((await visit.post(`${HOME}/${id}/stop`)).headers.location).toBe(`${HOME}/${id}?notice=stopped`)
  for (const _press of [1, 2])
    expect((await visit.post(`${HOME}/${id}/remove`)).headers.location).toBe(`${HOME}?notice=removed`)
  expect(await listWebhooks(deps)).toEqual([])
  expect((await visit.get(`${HOME}/${id}`)).statusCode).toBe(404)
})

test('what it is told is changed on its page; nothing chosen is refused there', async () => {
  const { deps, visit, make } = await open()
  const { id } = await make('https://8.8.8.8/')
  const types = ['delivery.bounced', 'application.declined']
  expect((await visit.post(`${HOME}/${id}`, { types })).headers.location).toBe(`${HOME}/${id}?notice=saved`)
  expect(await listWebhooks(deps)).toMatchObject([{ types }])
  const refused = await visit.post(`${HOME}/${id}`, {})
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('Choose at least one kind of news.')
})

test('nobody but a director sees the tab or its pages', async () => {
  const { deps, visit } = await open()
  expect((await visit.get('/console/settings')).body).toContain(`href="${HOME}"`)
  for (const role of ['communications_officer', 'data_officer', 'viewer'] as const) {
    const other = await openConsole(deps, role, { app: visit.app })
    expect((await other.get('/console/settings')).body).not.toContain(`href="${HOME}"`)
    expect((await other.get(HOME)).statusCode).toBe(403)
    expect((await other.post(HOME, { url: 'https://8.8.8.8/', types: ['delivery.bounced'] })).statusCode).toBe(403)
  }
})
