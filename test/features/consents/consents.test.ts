import { expect, onTestFinished, test } from 'vitest'
import {
  addConsentRoutes,
  decideConsent,
  listConsents,
  type NewConsent,
  recordConsent,
} from '../../../src/features/consents/index.ts'
import { createApiToken, findCaller } from '../../../src/features/staff/index.ts'
import { openHttp } from '../../../src/platform/http/open.ts'
import { openTestDeps, TEST_TOKEN } from '../../support/deps.ts'
import { addApplicant, addRound } from '../campaigns/round.ts'

async function open() {
  const deps = await openTestDeps()
  const person_id = await addApplicant(deps.db, await addRound(deps.db), { address: 'ana@x.example' })
  await deps.db.insertInto('addresses').values({ person_id, address: 'ana@new.example', is_primary: false }).execute()
  const decision = (change: Partial<NewConsent> = {}): NewConsent => ({
    ...{ person_id, purpose: 'news', given: true, at: deps.clock.now(), wording: 'I agree.', language: 'en' },
    source: 'link',
    ...change,
  })
  const record = (change?: Partial<NewConsent>) =>
    deps.db.transaction().execute((tx) => recordConsent(tx, decision(change)))
  const kept = async () => (await listConsents(deps, { person_id })).history
  const stopped = async () => {
    const rows = deps.db.selectFrom('suppressions').select(['address', 'scope', 'reason', 'source'])
    return rows.where('lifted_at', 'is', null).orderBy('address').execute()
  }
  return { deps, person_id, record, kept, stopped }
}

test('who decided nothing has agreed to programme mail with the application, and to nothing else', async () => {
  const { deps, person_id } = await open()
  expect(await listConsents(deps, { person_id })).toEqual({
    standing: {
      programme_mail: { given: true, decided: null },
      news: { given: false, decided: null },
      tracking: { given: false, decided: null },
    },
    history: [],
  })
  await expect(listConsents(deps, { person_id: 999 })).rejects.toThrow('Person 999')
})

test('decisions are only ever added, the last one stands, and the words that were read stay with each', async () => {
  const { deps, person_id, record, kept } = await open()
  await record({ wording: 'أوافق على تلقّي الأخبار.', language: 'ar' })
  deps.clock.advance(86_400_000)
  await record({ given: false, wording: 'No more.' })
  const { standing } = await listConsents(deps, { person_id })
  expect(standing.news).toMatchObject({ given: false, decided: { wording: 'No more.', at: deps.clock.now() } })
  expect(standing.tracking.given).toBe(false)
  expect((await kept()).map(({ given, wording, language }) => [given, wording, language])).toEqual([
    [false, 'No more.', 'en'],
    [true, 'أوافق على تلقّي الأخبار.', 'ar'],
  ])
})

test('the same said again, or twenty times at once, is kept once; in other words, or after another, it is kept again', async () => {
  const { record, kept } = await open()
  const all = await Promise.all(Array.from({ length: 20 }, () => record()))
  expect(all.filter(Boolean).length).toBe(1)
  await record({ wording: 'I do agree.' })
  await record({ given: false })
  await record()
  expect((await kept()).map(({ given }) => given)).toEqual([true, false, true, true])
})

test('nothing is recorded of who is not there, or was erased', async () => {
  const { deps, person_id, record, kept } = await open()
  await expect(record({ person_id: 999 })).rejects.toThrow('Person 999')
  await deps.db.updateTable('people').set({ erased_at: deps.clock.now() }).where('id', '=', person_id).execute()
  await expect(record()).rejects.toThrow(`Person ${person_id}`)
  expect(await kept()).toEqual([])
})

test('what staff record at somebody’s request is followed by mail at every address, and what others stopped stays', async () => {
  const { deps, person_id, stopped } = await open()
  const decide = (purpose: 'programme_mail' | 'news' | 'tracking', given: boolean) =>
    decideConsent(deps, { person_id, purpose, given, wording: ' She wrote: no more. ', by: 'staff 3' })
  const { standing } = await decide('programme_mail', false)
  expect(standing.programme_mail.decided).toMatchObject({
    ...{ given: false, source: 'staff', recorded_by: 'staff 3', wording: 'She wrote: no more.' },
  })
  await decide('news', false)
  await decide('tracking', true)
  const own = (address: string, scope: string) => ({ address, scope, reason: 'unsubscribed', source: 'staff 3' })
  expect(await stopped()).toEqual(
    ['ana@new.example', 'ana@x.example'].flatMap((address) => [own(address, 'campaigns'), own(address, 'news')]),
  )
  const complaint = { address: 'ana@x.example', scope: 'campaigns', reason: 'complaint', source: 'test' }
  await deps.db.insertInto('suppressions').values(complaint).execute()
  await decide('programme_mail', true)
  await decide('news', true)
  expect(await stopped()).toEqual([complaint])
})

test('a decision without words, or with far too many, is refused by its field', async () => {
  const { deps, person_id, kept } = await open()
  for (const wording of ['', '  ', 'x'.repeat(2001), 'a\0b'])
    await expect(
      decideConsent(deps, { person_id, purpose: 'news', given: true, wording, by: 'staff 3' }),
    ).rejects.toMatchObject({ faults: [{ field: 'wording' }] })
  expect(await kept()).toEqual([])
})

test('by the API: read by who reads people, recorded by who changes them, refused in plain words', async () => {
  const { deps, person_id } = await open()
  const app = openHttp({
    ...{ log: deps.log, clock: deps.clock, host: deps.config.host, findCaller: (token) => findCaller(deps, token) },
  })
  onTestFinished(() => app.close())
  addConsentRoutes(app, deps)
  const url = `/people/${person_id}/consents`
  const call = (token: string, payload?: object, at = url) =>
    app.inject({
      ...{ method: payload ? 'POST' : 'GET', url: at, headers: { authorization: `Bearer ${token}` } },
      ...(payload ? { payload } : {}),
    })
  const officer = (await createApiToken(deps, { name: 'mail', role: 'communications_officer' })).token
  const viewer = (await createApiToken(deps, { name: 'look', role: 'viewer' })).token
  const decision = { purpose: 'tracking', given: true, wording: 'By phone: yes.' }
  expect((await call(officer, decision)).statusCode).toBe(403)
  expect((await call(viewer)).statusCode).toBe(403)
  expect((await call(TEST_TOKEN, decision)).json().standing.tracking).toMatchObject({
    ...{ given: true, decided: { source: 'staff', wording: 'By phone: yes.', language: 'en' } },
  })
  expect((await call(officer)).json().history.length).toBe(1)
  for (const wrong of [
    { purpose: 'everything' },
    { given: 'perhaps' },
    { wording: '' },
    { language: '<b>' },
    { more: 1 },
  ])
    expect((await call(TEST_TOKEN, { ...decision, ...wrong })).statusCode, JSON.stringify(wrong)).toBe(422)
  expect((await call(TEST_TOKEN, decision, '/people/999/consents')).statusCode).toBe(404)
})
