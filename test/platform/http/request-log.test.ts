import { expect, test } from 'vitest'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { testClock } from '../../support/clock.ts'
import { openTestDeps } from '../../support/deps.ts'
import { keptLog } from '../../support/log.ts'

const ADDRESS = 'ana.souza@library.example'

test('a request is one line: method, route pattern, status and time', async () => {
  const { app, lines } = openApp()
  app.get('/people/:id', { config: { allow: 'people.read' } }, async () => ({}))
  await app.inject({ url: '/people/7?country=NZ', headers: asRole('director') })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({
    msg: 'request',
    method: 'GET',
    route: '/people/:id',
    status: 200,
    ms: expect.any(Number),
    request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})

test('no address, query, token or header of a request reaches the log, whatever becomes of it', async () => {
  const { app, text } = openApp()
  app.post('/u/:token', { config: { allow: 'public' } }, async () => ({}))
  app.get('/broken', { config: { allow: 'people.read' } }, async () => {
    throw new Error(`No mailbox for <${ADDRESS}>`)
  })
  const url = `?to=${ADDRESS}`
  const headers = { ...asRole('director'), 'x-secret': ADDRESS, 'content-type': 'application/json' }
  await app.inject({ method: 'POST', url: `/u/sigsigsig${url}`, headers, payload: `{"address": "${ADDRESS}"` })
  await app.inject({ url: `/broken${url}`, headers })
  await app.inject({ url: `/nowhere/${ADDRESS}${url}`, headers })
  await app.inject({ url: `/broken${url}`, headers: { authorization: 'Bearer sigsigsig-unknown-token' } })
  expect(text()).not.toMatch(/ana\.souza|sigsigsig|token-of-a/)
  expect(text()).toContain('No mailbox for <…@…>')
})

test("PostgreSQL's words about a row stay out of the log, the constraint's name does not", async () => {
  const { db } = await openTestDeps()
  const { app, lines, text } = openApp()
  const person = { given_name: 'Ana', family_name: 'Souza', country_code: 'BR' }
  const { id } = await db.insertInto('people').values(person).returning('id').executeTakeFirstOrThrow()
  app.get('/twice', { config: { allow: 'public' } }, async () => {
    for (const is_primary of [true, false])
      await db.insertInto('addresses').values({ person_id: id, address: ADDRESS, is_primary }).execute()
  })
  const answer = await app.inject('/twice')
  expect(answer.statusCode).toBe(500)
  expect(answer.body).not.toContain('addresses')
  expect(text()).not.toContain('ana.souza')
  expect(lines[0]).toMatchObject({ err: { code: '23505', constraint: 'addresses_address_key' } })
})

test('probes are quiet', async () => {
  const { app, lines } = openApp('info')
  app.get('/healthz', { config: { allow: 'public' } }, async () => ({}))
  await app.inject('/healthz')
  expect(lines).toEqual([])
})

function openApp(level?: string) {
  const { log, lines, text } = keptLog(level)
  return { app: openApiApp({ clock: testClock(), log }), lines, text }
}
