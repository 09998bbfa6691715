import { expect, test } from 'vitest'
import { addCheckInRoutes } from '../../../src/features/check-ins/index.ts'
import type { Role } from '../../../src/lib/permissions.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { openRound } from './round.ts'

async function open(groups: readonly string[][]) {
  const round = await openRound(groups)
  const app = openApiApp(round.deps)
  addCheckInRoutes(app, round.deps)
  await app.ready()
  const list = async (query = '', role: Role = 'communications_officer') => {
    const answer = await app.inject({ url: `/rounds/2016A/check-ins${query}`, headers: asRole(role) })
    return { status: answer.statusCode, ...answer.json() }
  }
  const record = async (at: number, name: string, answer: string, role: Role = 'communications_officer') => {
    const made = await app.inject({
      method: 'POST',
      url: `/partnerships/${round.partnership_ids[at]}/check-ins`,
      headers: asRole(role),
      payload: { person_id: round.idOf(name), answer },
    })
    return { status: made.statusCode, body: made.json() }
  }
  /** Which partnerships a list has, by their place in the round. */
  const placesOf = ({ items }: { items: { partnership_id: number }[] }) =>
    items.map(({ partnership_id }) => round.partnership_ids.indexOf(partnership_id))
  return { ...round, list, record, placesOf, app }
}

const PAIRS = [
  ['ana', 'ben'],
  ['cho', 'dan'],
  ['eva', 'fay'],
]

test('the list has each introduced partnership with the last answer of each partner', async () => {
  const { list, record, deps, partnership_ids, idOf } = await open(PAIRS)
  const made = await record(0, 'ana', 'no_answer')
  expect(made).toMatchObject({ status: 201, body: { partnership_id: partnership_ids[0] } })
  deps.clock.advance(60_000)
  await record(0, 'ana', 'in_touch')
  const { items, next } = await list()
  expect(items).toHaveLength(3)
  expect(next).toBeNull()
  expect(items[0]).toEqual({
    partnership_id: partnership_ids[0],
    introduced_at: '2016-03-01T09:00:00.000Z',
    ended_at: null,
    partners: [
      {
        ...{ person_id: idOf('ana'), given_name: 'ana', family_name: 'Secret-Souza', country_code: 'KE' },
        ...{
          answer: 'in_touch',
          said_at: '2016-03-01T09:01:00.000Z',
          source: 'staff',
          recorded_by: 'communications_officer',
        },
      },
      {
        ...{ person_id: idOf('ben'), given_name: 'ben', family_name: 'Secret-Souza', country_code: 'KE' },
        ...{ answer: null, said_at: null, source: null, recorded_by: null },
      },
    ],
  })
})

test('the list is filtered by the last answer of somebody, or by silence, page by page', async () => {
  const { list, record, placesOf, end } = await open(PAIRS)
  await record(0, 'ana', 'no_answer')
  await record(0, 'ana', 'in_touch')
  await record(1, 'cho', 'in_touch')
  await record(1, 'dan', 'wants_new_partner')
  expect(placesOf(await list('?answer=in_touch'))).toEqual([0, 1])
  expect(placesOf(await list('?answer=no_answer'))).toEqual([])
  expect(placesOf(await list('?answer=wants_new_partner'))).toEqual([1])
  expect(placesOf(await list('?answer=none'))).toEqual([0, 2])
  const first = await list('?limit=2')
  expect(placesOf(first)).toEqual([0, 1])
  expect(placesOf(await list(`?limit=2&after=${first.next}`))).toEqual([2])
  await end(0)
  expect(placesOf(await list())).toEqual([1, 2])
  expect(placesOf(await list('?with_ended=true'))).toEqual([0, 1, 2])
  expect((await list('?answer=happy')).status).toBe(422)
})

test('an answer about a partnership that has ended, is not introduced, or is somebody else’s is refused, and says why', async () => {
  const { record, end, deps, partnership_ids, answers } = await open(PAIRS)
  expect(await record(0, 'cho', 'in_touch')).toMatchObject({ status: 422, body: { errors: [{ field: 'person_id' }] } })
  await end(0)
  expect(await record(0, 'ana', 'in_touch')).toMatchObject({ status: 409, body: { code: 'partnership_ended' } })
  await deps.db
    .updateTable('partnerships')
    .set({ introduced_at: null })
    .where('id', '=', partnership_ids[1] as number)
    .execute()
  expect(await record(1, 'cho', 'in_touch')).toMatchObject({ status: 409, body: { code: 'not_introduced' } })
  expect((await record(9, 'cho', 'in_touch')).status).toBe(422)
  expect(await answers()).toEqual([])
})

test('there is no list of a round that is none, and no answer about a partnership that is none', async () => {
  const { app, idOf } = await open(PAIRS)
  const headers = asRole('director')
  expect((await app.inject({ url: '/rounds/1999Z/check-ins', headers })).statusCode).toBe(404)
  const payload = { person_id: idOf('ana'), answer: 'in_touch' }
  expect((await app.inject({ method: 'POST', url: '/partnerships/4711/check-ins', headers, payload })).statusCode).toBe(
    404,
  )
})

test('the communications officer records, the data officer only reads, a viewer does neither', async () => {
  const { list, record } = await open(PAIRS)
  expect((await record(0, 'ana', 'in_touch', 'director')).status).toBe(201)
  expect((await record(0, 'ana', 'in_touch', 'data_officer')).status).toBe(403)
  expect((await list('', 'data_officer')).status).toBe(200)
  expect((await list('', 'viewer')).status).toBe(403)
})
