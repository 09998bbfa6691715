import { expect, test } from 'vitest'
import { addReportRoutes, listReportPeople } from '../../../../src/features/reports/index.ts'
import { asRole, openApiApp } from '../../../support/api-app.ts'
import { openMail } from './made-up-mail.ts'

/** A topic that four people clicked: two of them agreed to be told of. */
async function openClicked() {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round, { subject: 'Copyright' })
  await mail.addLink(topic, 'aaaaaaaaaaaa')
  await mail.addLink(topic, 'bbbbbbbbbbbb')
  const people: number[] = []
  for (const [name, given] of [
    ['عائشة', [true]],
    ['Ben', []],
    ['Eva', [true]],
    ['Left', [true, false]],
  ] as [string, boolean[]][]) {
    const person_id = await mail.addPerson(name, round)
    for (const each of given) await mail.addConsent(person_id, each)
    const id = await mail.addEmail(topic, { person_id })
    await mail.addHits(id, 'aaaaaaaaaaaa', { human: 1 })
    if (name === 'Eva') await mail.addHits(id, 'bbbbbbbbbbbb', { human: 1 })
    await mail.addEvent(id, 'reply')
    people.push(person_id)
  }
  const ask = (column: string, more: { section?: string; row?: string; after?: number; limit?: number } = {}) =>
    listReportPeople(mail.deps, {
      ...{ kind: 'engagement', code: '2016A', section: 'topics', row: String(topic), column, ...more },
    })
  return { ...mail, round, topic, people, ask }
}

test('of clicks only those are named who agreed, and how many others there are', async () => {
  const { ask } = await openClicked()
  const { items, next, unnamed } = await ask('clicked')
  expect(items.map(({ given_name }) => given_name)).toEqual(['عائشة', 'Eva'])
  expect([next, unnamed]).toEqual([null, 2])
  expect(items[0]).toEqual({
    person_id: expect.any(Number),
    given_name: 'عائشة',
    family_name: 'Reader',
    country_code: 'SE',
  })
})

test('who replied is named, page by page', async () => {
  const { ask, people } = await openClicked()
  const first = await ask('replied', { limit: 3 })
  expect(first).toMatchObject({ next: people[2], unnamed: 0 })
  const second = await ask('replied', { limit: 3, after: first.next as number })
  expect(second.next).toBeNull()
  expect([...first.items, ...second.items].map(({ person_id }) => person_id)).toEqual(people)
})

test('the number of those who are not named is the same on every page, also on an empty one', async () => {
  const { ask } = await openClicked()
  expect(await ask('clicked', { limit: 1 })).toMatchObject({ items: [{}], unnamed: 2 })
  expect(await ask('clicked', { after: 1_000_000 })).toEqual({ items: [], next: null, unnamed: 2 })
})

test('a link leads to those who clicked it', async () => {
  const { ask, topic } = await openClicked()
  const of = (key: string) => ({ section: 'links', row: `${topic}-${key}` })
  expect(await ask('people', of('aaaaaaaaaaaa'))).toMatchObject({ items: [{}, {}], unnamed: 2 })
  const { items, unnamed } = await ask('people', of('bbbbbbbbbbbb'))
  expect([items.map(({ given_name }) => given_name), unnamed]).toEqual([['Eva'], 0])
  expect((await ask('accepted', of('bbbbbbbbbbbb'))).items).toHaveLength(4)
})

test('somebody who was erased is counted and has no name', async () => {
  const { ask, deps } = await openClicked()
  await deps.db.updateTable('people').set({ erased_at: '2016-02-20T00:00:00Z' }).execute()
  expect((await ask('replied')).items.map(({ given_name }) => given_name)).toEqual(Array(4).fill('Erased person'))
  expect(await ask('clicked')).toEqual({ items: [], next: null, unnamed: 4 })
})

test('automatic email that went to somebody twice names them once', async () => {
  const { addCampaign, addEmail, addPerson, round, ask } = await openClicked()
  const automatic = await addCampaign(round, { kind: 'automatic', state: 'sending' })
  const person_id = await addPerson()
  await addEmail(automatic, { person_id })
  await addEmail(automatic, { person_id })
  const found = await ask('accepted', { section: 'other', row: String(automatic) })
  expect(found).toMatchObject({ items: [{ person_id }], unnamed: 0 })
})

test('what the report does not have is refused, and what is not known names nobody', async () => {
  const { ask, addCampaign, addRound, addEmail, addPerson, round } = await openClicked()
  const elsewhere = await addCampaign(await addRound('2015A', '2015-02-01'))
  const bare = await addCampaign(round)
  await addEmail(bare, { person_id: await addPerson() })
  await expect(ask('clicked', { section: 'trend' })).rejects.toThrow('has no list of people in "trend"')
  await expect(ask('clicked', { row: '1 or 1=1' })).rejects.toThrow('no row')
  await expect(ask('clicked', { row: String(elsewhere) })).rejects.toThrow('no row')
  await expect(ask('skipped')).rejects.toThrow('no column')
  await expect(ask('toString')).rejects.toThrow('no column')
  await expect(ask('toString', { section: 'links', row: `${bare}-aaaaaaaaaaaa` })).rejects.toThrow('no column')
  await expect(ask('clicked', { row: String(bare) })).rejects.toThrow('not known')
})

test('the API gives the report, its CSV and, to those who may, its people', async () => {
  const { deps, topic } = await openClicked()
  const app = openApiApp(deps)
  addReportRoutes(app, deps)
  const get = (url: string, role: Parameters<typeof asRole>[0] = 'data_officer') =>
    app.inject({ method: 'GET', url, headers: asRole(role) })
  const report = await get('/reports/engagement?round=2016A', 'viewer')
  expect(report.json()).toMatchObject({ kind: 'engagement', round: '2016A', as_of: null })
  const csv = await get('/reports/engagement.csv?round=2016A&as_of=2016-02-29')
  expect(csv.headers['content-disposition']).toBe('attachment; filename="report-engagement-2016A-2016-02-29.csv"')
  expect(csv.body).toContain(`,topics,${topic},Copyright,`)
  expect((await get('/reports/delivery?round=2016A')).json()).toMatchObject({ kind: 'delivery' })
  expect((await get('/reports/delivery.csv?round=2016A')).body).toContain(',domains,')
  const people = `/reports/engagement/people?round=2016A&section=topics&row=${topic}&column=clicked`
  expect((await get(people)).json()).toMatchObject({ items: [{}, {}], next: null, unnamed: 2 })
  expect((await get(people, 'director')).statusCode).toBe(403)
  expect((await get(people.replace('clicked', 'nonsense'))).statusCode).toBe(422)
  const mail = '/reports/delivery/people?round=2016A&section=domains&row=~other&column=people'
  expect((await get(mail)).json()).toMatchObject({ items: [{}, {}, {}, {}], unnamed: 0 })
  expect((await get('/reports/engagement?round=none')).statusCode).toBe(404)
  expect((await get('/reports/engagement?round=2016A&as_of=2016-02-30')).statusCode).toBe(422)
  expect((await get('/reports/engagement')).statusCode).toBe(422)
})
