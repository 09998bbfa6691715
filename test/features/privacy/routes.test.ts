import { expect, test } from 'vitest'
import { addPrivacyRoutes } from '../../../src/features/privacy/index.ts'
import type { Role } from '../../../src/lib/permissions.ts'
import { addAudit } from '../../../src/platform/http/audit.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { openTestDeps } from '../../support/deps.ts'
import { fillOnePerson, GIVEN } from './one-person.ts'

async function openApi() {
  const deps = await openTestDeps()
  await fillOnePerson(deps)
  const app = openApiApp(deps)
  addAudit(app, deps)
  addPrivacyRoutes(app, deps)
  await app.ready()
  const ask = (method: 'GET' | 'DELETE' | 'PATCH', url: string, role: Role = 'data_officer', payload?: object) =>
    app.inject({ method, url, headers: asRole(role), ...(payload ? { payload } : {}) })
  const logged = async () =>
    (await deps.db.selectFrom('audit_log').select(['did', 'route', 'params', 'status']).orderBy('id').execute()).slice(
      1,
    )
  return { deps, ask, logged }
}

test('an export is answered whole and is in the log; an erased person answers 204 however often', async () => {
  const { ask, logged } = await openApi()
  const found = await ask('GET', '/people/1/export')
  expect(found.json()).toMatchObject({ person: { given_name: GIVEN } })
  expect((await ask('DELETE', '/people/1')).statusCode).toBe(204)
  expect((await ask('DELETE', '/people/1')).statusCode).toBe(204)
  expect((await ask('GET', '/people/1/export')).json()).toMatchObject({ person: { given_name: 'Erased person' } })
  expect(await logged()).toMatchObject([
    { did: 'Export what we hold about a person', route: 'GET /people/:id/export', params: { id: 1 }, status: 200 },
    { did: 'Erase a person', route: 'DELETE /people/:id', params: { id: 1 }, status: 204 },
    { status: 204 },
    { status: 200 },
  ])
})

test('nobody without the right sees or erases anything, and nobody is erased who is not there', async () => {
  const { ask } = await openApi()
  for (const role of ['communications_officer', 'viewer'] as const) {
    expect((await ask('GET', '/people/1/export', role)).statusCode).toBe(403)
    expect((await ask('DELETE', '/people/1', role)).statusCode).toBe(403)
    expect((await ask('GET', '/privacy/retention', role)).statusCode).toBe(403)
  }
  expect((await ask('DELETE', '/people/99')).json()).toMatchObject({ status: 404, code: 'not_found' })
  expect((await ask('GET', '/people/99/export')).statusCode).toBe(404)
  expect((await ask('DELETE', '/people/0')).statusCode).toBe(422)
})

test('an email on its way is a conflict that says what to do', async () => {
  const { deps, ask } = await openApi()
  await deps.db.updateTable('deliveries').set({ state: 'sending', worker_id: 1 }).where('id', '=', 1).execute()
  const answer = await ask('DELETE', '/people/1')
  expect(answer.statusCode).toBe(409)
  expect(answer.json()).toMatchObject({
    code: 'person_busy',
    detail: expect.stringContaining('Try again in a minute.'),
  })
})

test('how long rounds are kept is read and changed, for all and for one', async () => {
  const { deps, ask } = await openApi()
  await deps.db.updateTable('rounds').set({ ends_on: '2016-03-31' }).execute()
  expect((await ask('GET', '/privacy/retention')).json()).toMatchObject({
    months: null,
    rounds: [{ code: '2016A', state: 'stays' }],
  })
  expect((await ask('PATCH', '/privacy/retention', 'director', { months: 24 })).json()).toMatchObject({
    months: 24,
    rounds: [{ code: '2016A', due_on: '2018-03-31', state: 'later', people: 2, last_here: 2 }],
  })
  const round = await ask('PATCH', '/privacy/retention/rounds/2016A', 'director', { months: 1 })
  expect(round.json()).toMatchObject({ rounds: [{ due_on: '2016-04-30', retention_months: 1 }] })
  expect((await ask('PATCH', '/privacy/retention', 'director', { months: 0 })).statusCode).toBe(422)
  expect((await ask('PATCH', '/privacy/retention/rounds/None', 'director', { months: 1 })).statusCode).toBe(404)
  deps.clock.advance(365 * 86_400_000)
  await ask('PATCH', '/privacy/retention/rounds/2016A', 'director', { months: 600 })
  const refused = await ask('PATCH', '/privacy/retention/rounds/2016A', 'director', { months: 2 })
  expect(refused.json()).toMatchObject({ status: 409, code: 'erases_at_once' })
  const done = await ask('PATCH', '/privacy/retention/rounds/2016A', 'director', { months: 2, confirm: true })
  expect(done.json()).toMatchObject({ rounds: [{ state: 'due' }] })
})
