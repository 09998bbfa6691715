import { expect, test } from 'vitest'
import { importApplications } from '../../../src/features/imports/index.ts'
import {
  addPeopleRoutes,
  getPerson,
  liftPersonSuppressions,
  listParticipants,
  suppressPerson,
  updatePerson,
} from '../../../src/features/people/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { csvOf, type Form } from '../../support/exports.ts'
import { serveRoutes } from '../../support/routes.ts'

async function openRound(forms: Form[]) {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  await importApplications(deps, { code: '2016A', content: csvOf(forms) })
  const rows = await deps.db.selectFrom('addresses').select(['person_id', 'address']).orderBy('person_id').execute()
  return { deps, ids: rows.map(({ person_id }) => person_id) }
}

const FORMS: Form[] = [
  { address: 'ana@library.example', given: 'Ana', country: 'Chile' },
  { address: 'ben@library.example', given: 'Ben', country: 'Peru' },
  { address: 'cy@library.example', given: 'Cy', country: 'Chile' },
]

test('a person has every address and every application over rounds', async () => {
  const { deps, ids } = await openRound(FORMS)
  await createRound(deps, { code: '2016B', name: 'Next' })
  const later = csvOf([{ at: '7/1/2016 10:00:00', address: 'ANA@library.example', given: 'Anna', country: 'Peru' }])
  await importApplications(deps, { code: '2016B', content: later })
  const person = await getPerson(deps, { id: ids[0] as number })
  expect(person).toMatchObject({
    given_name: 'Anna',
    country_code: 'PE',
    country: 'Peru',
    language: 'en',
    time_zone: null,
    effective_time_zone: 'America/Lima',
    addresses: [{ address: 'ana@library.example', is_primary: true }],
    applications: [
      { round: '2016B', country_code: 'PE', state: 'applied' },
      { round: '2016A', country_code: 'CL' },
    ],
    suppressions: [],
  })
  // An export of an earlier round, imported late, does not bring the old name back.
  await createRound(deps, { code: '2015B', name: 'Before' })
  const earlier = csvOf([{ at: '7/1/2015 10:00:00', address: 'ana@library.example', given: 'Ani' }])
  await importApplications(deps, { code: '2015B', content: earlier })
  expect(await getPerson(deps, { id: ids[0] as number })).toMatchObject({ given_name: 'Anna', country_code: 'PE' })
})

test('participants come in pages by person, filtered by state and country, with confirmation and partnership', async () => {
  const { deps, ids } = await openRound(FORMS)
  await deps.db
    .updateTable('applications')
    .set({ state: 'confirmed' })
    .where('person_id', '=', ids[1] as number)
    .execute()
  const { id: round_id } = await deps.db.selectFrom('rounds').select('id').executeTakeFirstOrThrow()
  const { id } = await deps.db.insertInto('partnerships').values({ round_id }).returning('id').executeTakeFirstOrThrow()
  await deps.db
    .insertInto('partnership_members')
    .values(ids.slice(0, 2).map((person_id) => ({ partnership_id: id, person_id })))
    .execute()

  const first = await listParticipants(deps, { code: '2016A', limit: 2 })
  expect(first.items).toMatchObject([
    { given_name: 'Ana', state: 'applied', confirmation: null, partnership: { id, partners: [{ person_id: ids[1] }] } },
    { given_name: 'Ben', state: 'confirmed', confirmation: { state: 'confirmed' }, suppressed: [] },
  ])
  expect(first.next).toBe(String(ids[1]))
  const rest = await listParticipants(deps, { code: '2016A', limit: 2, after: Number(first.next) })
  expect(rest).toMatchObject({ items: [{ given_name: 'Cy', partnership: null }], next: null })

  const names = async (wanted: object) =>
    (await listParticipants(deps, { code: '2016A', ...wanted })).items.map(({ given_name }) => given_name)
  expect(await names({ country: 'chile' })).toEqual(['Ana', 'Cy'])
  expect(await names({ states: ['confirmed', 'declined'] })).toEqual(['Ben'])
  await expect(names({ country: 'Atlantis' })).rejects.toMatchObject({ faults: [{ field: 'country' }] })
})

test('a change of a person is checked as an import is', async () => {
  const { deps, ids } = await openRound(FORMS)
  const id = ids[0] as number
  await expect(
    updatePerson(deps, {
      id,
      change: {
        given_name: '<b>Ana</b>',
        family_name: 'a\r\nb',
        country: 'Atlantis',
        language: '!',
        time_zone: 'Mars',
      },
    }),
  ).rejects.toMatchObject({
    faults: ['given_name', 'family_name', 'country', 'language', 'time_zone'].map((field) => ({ field })),
  })
  await expect(updatePerson(deps, { id, change: { given_name: ' ' } })).rejects.toMatchObject({
    faults: [{ field: 'given_name' }],
  })
  const change = {
    given_name: ' Añá ',
    family_name: '',
    country: 'Brasil',
    language: 'pt-br',
    time_zone: 'America/Manaus',
  }
  expect(await updatePerson(deps, { id, change })).toMatchObject({
    given_name: 'Añá',
    family_name: '',
    country_code: 'BR',
    language: 'pt-BR',
    effective_time_zone: 'America/Manaus',
  })
  expect(await updatePerson(deps, { id, change: { time_zone: null } })).toMatchObject({
    given_name: 'Añá',
    effective_time_zone: 'America/Sao_Paulo',
  })
  await expect(updatePerson(deps, { id: 999, change: { given_name: 'x' } })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('removal stops all mail to every address and ends the application; lifting leaves it ended', async () => {
  const { deps, ids } = await openRound(FORMS)
  const id = ids[0] as number
  await deps.db
    .insertInto('addresses')
    .values({ person_id: id, address: 'ana@home.example', is_primary: false })
    .execute()
  const removal = { id, scope: 'all', reason: 'removed', source: 'a test' } as const
  await expect(suppressPerson(deps, { ...removal, scope: 'campaigns' })).rejects.toMatchObject({
    faults: [{ field: 'scope' }],
  })
  for (const _ of [1, 2]) {
    expect(await suppressPerson(deps, removal)).toMatchObject({
      applications: [{ state: 'removed' }],
      suppressions: ['ana@library.example', 'ana@home.example'].map((address) => ({
        address,
        scope: 'all',
        reason: 'removed',
        source: 'a test',
      })),
    })
  }
  const { items } = await listParticipants(deps, { code: '2016A' })
  expect(items.map(({ suppressed }) => suppressed.length)).toEqual([2, 0, 0])
  expect(await liftPersonSuppressions(deps, { id })).toMatchObject({
    suppressions: [],
    applications: [{ state: 'removed' }],
  })
  expect(await suppressPerson(deps, { ...removal, reason: 'manual', scope: 'campaigns' })).toMatchObject({
    suppressions: [{ scope: 'campaigns' }, { scope: 'campaigns' }],
  })
})

test('the API reads and changes people', async () => {
  const { deps, ids } = await openRound(FORMS)
  const app = await serveRoutes((api) => addPeopleRoutes(api, deps))
  const [id] = ids
  const list = await app.inject('/rounds/2016A/participants?state=applied,confirmed&country=CL&limit=1')
  expect(list.json()).toMatchObject({ items: [{ person_id: id, address: 'ana@library.example' }], next: String(id) })
  expect((await app.inject('/rounds/2016A/participants?state=happy')).statusCode).toBe(422)
  expect((await app.inject('/rounds/2016A/participants?limit=501')).statusCode).toBe(422)
  expect((await app.inject('/rounds/1999Z/participants')).statusCode).toBe(404)
  const send = (method: 'PATCH' | 'POST' | 'DELETE', url: string, payload?: object) =>
    app.inject({ method, url, ...(payload ? { payload } : {}) })
  expect((await send('PATCH', `/people/${id}`, { time_zone: 'America/Punta_Arenas' })).json()).toMatchObject({
    time_zone: 'America/Punta_Arenas',
  })
  expect((await send('PATCH', `/people/${id}`, { time_zone: null })).json()).toMatchObject({ time_zone: null })
  expect((await send('POST', `/people/${id}/suppress`, { scope: 'all', reason: 'manual' })).json()).toMatchObject({
    suppressions: [{ scope: 'all' }],
  })
  expect((await send('POST', `/people/${id}/suppress`, { scope: 'all', reason: 'because' })).statusCode).toBe(422)
  expect((await send('DELETE', `/people/${id}/suppressions`)).json()).toMatchObject({ suppressions: [] })
  expect((await app.inject('/people/999')).statusCode).toBe(404)
})
