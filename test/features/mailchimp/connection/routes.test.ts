import { expect, test } from 'vitest'
import { addMailchimpRoutes } from '../../../../src/features/mailchimp/index.ts'
import { asRole, openApiApp } from '../../../support/api-app.ts'
import { addPeople, openProgramme, type Programme } from '../mirror/programme.ts'

async function serve({ deps }: Programme) {
  const app = openApiApp(deps as never)
  await app.register((scope, _options, done) => {
    addMailchimpRoutes(scope as never, deps)
    done()
  })
  await app.ready()
  return (
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    payload?: object,
    role: 'director' | 'viewer' | 'communications_officer' = 'director',
  ) => app.inject({ method, url, headers: asRole(role), ...(payload ? { payload } : {}) })
}

test('connects, syncs, tells of drift and disconnects', async () => {
  const programme = await openProgramme()
  const call = await serve(programme)
  await addPeople(programme, 2)
  expect((await call('GET', '/mailchimp')).json()).toMatchObject({ code: 'mailchimp_not_connected' })
  expect((await call('GET', '/mailchimp/lists')).json()).toMatchObject({ items: [{ name: 'Programme' }], next: null })
  const connected = await call('PUT', '/mailchimp', { list_id: programme.fake.list_id })
  expect(connected.statusCode).toBe(200)
  expect(connected.body).not.toContain('webhooks/mailchimp')
  const started = await call('POST', '/mailchimp/sync', { dry_run: true })
  expect(started.statusCode).toBe(202)
  expect(started.json()).toEqual({
    job: { id: expect.any(Number), url: expect.stringMatching(/^\/api\/v1\/jobs\/\d+$/) },
  })
  const drift = await call('GET', '/mailchimp/drift?limit=1')
  expect(drift.json()).toMatchObject({
    here: 2,
    there: 0,
    in_step: 0,
    drift: 2,
    for_person: 0,
    next: expect.any(Number),
  })
  expect((await call('GET', `/mailchimp/drift?after=${drift.json().next}`)).json()).toMatchObject({ next: null })
  expect((await call('PUT', '/mailchimp', { states: ['confirmed'] })).json()).toMatchObject({ states: ['confirmed'] })
  // The same again is no conflict; another one is.
  expect(
    (await call('PUT', '/mailchimp', { list_id: programme.fake.list_id, count_opens: true })).json(),
  ).toMatchObject({ states: ['confirmed'], count_opens: true })
  expect((await call('PUT', '/mailchimp', { list_id: 'another' })).json()).toMatchObject({
    code: 'mailchimp_connected',
  })
  expect((await call('DELETE', '/mailchimp')).statusCode).toBe(204)
})

test('the first sync after one that only read is of everybody', async () => {
  const programme = await openProgramme()
  const call = await serve(programme)
  const { db } = programme.deps
  const list_id = programme.fake.list_id
  expect((await call('PUT', '/mailchimp', { list_id, dry_run: true })).json()).toMatchObject({ begun_at: null })
  await db.updateTable('jobs').set({ state: 'done' }).execute()
  await call('POST', '/mailchimp/sync', {})
  expect(await db.selectFrom('jobs').select('input').orderBy('id').execute()).toEqual([
    { input: { whole: true, dry_run: true } },
    { input: { whole: true, dry_run: false } },
  ])
})

test('only who may writes, and unknown properties are refused', async () => {
  const programme = await openProgramme()
  const call = await serve(programme)
  expect((await call('GET', '/mailchimp', undefined, 'viewer')).statusCode).toBe(403)
  expect((await call('POST', '/mailchimp/sync', {}, 'communications_officer')).statusCode).toBe(403)
  expect((await call('PUT', '/mailchimp', { list: 'x' })).statusCode).toBeGreaterThanOrEqual(400)
  expect((await call('POST', '/mailchimp/sync', {})).json()).toMatchObject({ code: 'mailchimp_not_connected' })
})
