import { expect, test } from 'vitest'
import {
  acceptWaitlisted,
  listTriage,
  measureCountryCap,
  waitlistApplicants,
} from '../../../src/features/applications/index.ts'
import { importApplications } from '../../../src/features/imports/index.ts'
import { suppressPerson } from '../../../src/features/people/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { csvOf } from '../../support/exports.ts'
import { serveApplications } from './form-app.ts'

const CODE = { code: '2016A' }

/** A round with imported applicants: so many of each country. */
async function openTriage(countries: Record<string, number>, country_cap_percent = 20) {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round', country_cap_percent })
  const forms = Object.entries(countries).flatMap(([country, count]) =>
    Array.from({ length: count }, (_, at) => ({
      address: `${country}${at}@x.example`.toLowerCase(),
      given: country,
      country,
    })),
  )
  await importApplications(deps, { code: '2016A', content: csvOf(forms) })
  const { items } = await listTriage(deps, { ...CODE, limit: 500 })
  const idsOf = (country_code: string) =>
    items.filter((row) => row.country_code === country_code).map(({ person_id }) => person_id)
  const told = async (key: 'country_waitlist' | 'waitlist_place') => {
    const rows = await deps.db
      .selectFrom('deliveries as d')
      .innerJoin('campaigns as c', 'c.id', 'd.campaign_id')
      .select('d.person_id')
      .where('c.automatic_key', '=', key)
      .orderBy('d.id')
      .execute()
    return rows.map(({ person_id }) => person_id)
  }
  return { deps, items, idsOf, told }
}

test('the cap counts imported applicants too, and an import waitlists nobody by itself', async () => {
  const { deps, items } = await openTriage({ Australia: 30, Kenya: 20, Brazil: 10 })
  expect(new Set(items.map(({ state }) => state))).toEqual(new Set(['applied']))
  const cap = await measureCountryCap(deps, CODE)
  expect(cap).toMatchObject({ cap_percent: 20, applicants: 60, places: 12 })
  expect(cap.countries.map(({ country, percent, free }) => [country, percent, free])).toEqual([
    ['Australia', 50, -18],
    ['Kenya', 33.3, -8],
    ['Brazil', 16.7, 2],
  ])
})

test('applicants are put on the waiting list and told once, in line as they were put there', async () => {
  const { deps, idsOf, told } = await openTriage({ Australia: 14, Kenya: 6 })
  const [first = 0, second = 0, third = 0] = idsOf('AU')
  const done = await waitlistApplicants(deps, { ...CODE, person_ids: [second], by: 'staff 3' })
  expect(done).toMatchObject({ waitlisted: 1, unchanged: 0 })
  deps.clock.advance(1000)
  expect(await waitlistApplicants(deps, { ...CODE, person_ids: [first, second, third], by: 'staff 3' })).toMatchObject({
    ...{ waitlisted: 2, unchanged: 1 },
  })
  expect(await told('country_waitlist')).toEqual([second, first, third])
  const { items } = await listTriage(deps, { ...CODE, state: 'waitlisted' })
  expect(items.map(({ person_id, place_in_line }) => [person_id, place_in_line])).toEqual([
    [first, 2],
    [second, 1],
    [third, 3],
  ])
  const kept = await deps.db
    .selectFrom('confirmation_answers')
    .select(['before', 'answer', 'source', 'recorded_by'])
    .execute()
  expect(kept[0]).toEqual({ before: 'applied', answer: 'waitlisted', source: 'staff', recorded_by: 'staff 3' })
})

test('who is let in from the waiting list is told; over the cap only when staff say so, with the figures', async () => {
  const { deps, idsOf, told } = await openTriage({ Australia: 14, Kenya: 6 })
  const ids = idsOf('AU')
  await waitlistApplicants(deps, { ...CODE, person_ids: ids.slice(8), by: null })
  // Ten places at fifty applicants and fewer; eight are taken.
  await expect(acceptWaitlisted(deps, { ...CODE, person_ids: ids.slice(8, 11), by: null })).rejects.toMatchObject({
    code: 'over_cap',
    message: expect.stringContaining('Australia would have 11 of its 10 places'),
  })
  expect(await told('waitlist_place')).toEqual([])
  const two = await acceptWaitlisted(deps, { ...CODE, person_ids: ids.slice(8, 10), by: null })
  expect(two).toMatchObject({ accepted: 2, unchanged: 0 })
  expect(two.cap.countries[0]).toMatchObject({ country: 'Australia', holding: 10, waitlisted: 4, free: 0 })
  const more = await acceptWaitlisted(deps, { ...CODE, person_ids: ids.slice(8, 12), by: null, over_cap: true })
  expect(more).toMatchObject({ accepted: 2, unchanged: 2 })
  expect(await told('waitlist_place')).toEqual(ids.slice(8, 12))
})

test('two who let in at once do not go over the cap together', async () => {
  const { deps, idsOf } = await openTriage({ Australia: 14 })
  const ids = idsOf('AU')
  await waitlistApplicants(deps, { ...CODE, person_ids: ids.slice(9), by: null })
  const tries = ids.slice(9).map((id) => acceptWaitlisted(deps, { ...CODE, person_ids: [id], by: null }))
  const ended = await Promise.allSettled(tries)
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect((await measureCountryCap(deps, CODE)).countries[0]).toMatchObject({ holding: 10, free: 0 })
})

test('who answered or left cannot be moved, and then nobody is', async () => {
  const { deps, idsOf } = await openTriage({ Kenya: 3 })
  const [ana = 0, ben = 0, cho = 0] = idsOf('KE')
  await deps.db.updateTable('applications').set({ state: 'confirmed' }).where('person_id', '=', ben).execute()
  await expect(waitlistApplicants(deps, { ...CODE, person_ids: [ana, ben, 999_999], by: null })).rejects.toMatchObject({
    faults: [
      { field: 'person_ids.1', message: expect.stringMatching(/is confirmed and cannot be put on the waiting list/) },
      { field: 'person_ids.2', message: 'Person 999999 has no application in this round.' },
    ],
  })
  await deps.db.updateTable('applications').set({ state: 'declined' }).where('person_id', '=', cho).execute()
  await expect(acceptWaitlisted(deps, { ...CODE, person_ids: [cho], by: null })).rejects.toMatchObject({
    faults: [{ field: 'person_ids.0' }],
  })
  expect((await listTriage(deps, CODE)).items.map(({ state }) => state)).toEqual(['applied', 'confirmed', 'declined'])
})

test('the list comes in pages, by state and country, and says who was removed before', async () => {
  const { deps } = await openTriage({ Australia: 4, Kenya: 3 })
  const first = await listTriage(deps, { ...CODE, limit: 5 })
  const rest = await listTriage(deps, { ...CODE, limit: 5, after: Number(first.next) })
  expect([first.items.length, rest.items.length, rest.next]).toEqual([5, 2, null])
  expect((await listTriage(deps, { ...CODE, country: 'kenia' })).items).toHaveLength(3)
  await expect(listTriage(deps, { ...CODE, country: 'Atlantis' })).rejects.toMatchObject({
    faults: [{ field: 'country' }],
  })
  const [first_person] = first.items
  await suppressPerson(deps, { id: first_person?.person_id as number, scope: 'all', reason: 'removed', source: 'test' })
  expect((await listTriage(deps, { ...CODE, limit: 2 })).items.map(({ was_removed }) => was_removed)).toEqual([
    true,
    false,
  ])
  await expect(listTriage(deps, { code: 'none' })).rejects.toMatchObject({ code: 'not_found' })
})

test('programs do the same, and read the questions and the code of conduct', async () => {
  const { deps, idsOf } = await openTriage({ Australia: 12 })
  const app = await serveApplications(deps)
  const headers = { authorization: 'Bearer token-of-a-director-00' }
  const call = async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const answer = await app.inject({ method, url: `/api/v1${path}`, headers, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json() }
  }
  const person_ids = idsOf('AU').slice(9)
  expect(await call('POST', '/rounds/2016A/applications/waitlist', { person_ids })).toMatchObject({
    ...{ status: 200, body: { waitlisted: 3 } },
  })
  expect(await call('POST', '/rounds/2016A/applications/accept', { person_ids })).toMatchObject({
    ...{ status: 409, body: { code: 'over_cap' } },
  })
  const accepted = await call('POST', '/rounds/2016A/applications/accept', { person_ids, over_cap: true })
  expect(accepted).toMatchObject({ status: 200, body: { accepted: 3, cap: { places: 10 } } })
  const listed = await call('GET', '/rounds/2016A/applications?state=applied&limit=2')
  expect(listed.body).toMatchObject({ items: [{ country_code: 'AU' }, {}], next: expect.any(String) })
  expect((await call('GET', '/rounds/2016A/applications?state=lost')).status).toBe(422)
  expect((await call('GET', '/rounds/2016A/form')).body).toMatchObject({ round: '2016A', period: 'undecided' })
  expect((await call('GET', '/code-of-conduct')).body.items).toMatchObject([{ version: '1', published_at: null }])
  expect(await call('POST', '/code-of-conduct', { version: '2', body_markdown: 'Be kind.' })).toMatchObject({
    ...{ status: 201, body: { version: '2', published_by: 'token 1' } },
  })
  expect((await call('POST', '/code-of-conduct', { version: '2', body_markdown: 'Again' })).body.code).toBe(
    'version_exists',
  )
  expect((await call('POST', '/code-of-conduct', { version: '', body_markdown: ' ' })).body.errors).toHaveLength(2)
  expect((await call('GET', '/code-of-conduct')).body.items.map((one: { version: string }) => one.version)).toEqual([
    '2',
    '1',
  ])
})
