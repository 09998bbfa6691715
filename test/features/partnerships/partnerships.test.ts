import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  addPartnershipRoutes,
  createPartnerships,
  endPartnership,
  introduce,
  listPartnerships,
} from '../../../src/features/partnerships/index.ts'
import { getPerson, listParticipants, suppressPerson } from '../../../src/features/people/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'
import { addRound } from '../campaigns/round.ts'
import { addIntroductions, addPeople, copiesOf } from './round.ts'

test('partnerships are made of what a run proposed, each with its people, score and reasons; nobody is introduced by it', async () => {
  const { db } = await openTestDeps()
  const round_id = await addRound(db)
  const [a, b, c, d, e] = (await addPeople(
    db,
    round_id,
    ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@library.example`),
  )) as [number, number, number, number, number]
  const partnerships = [
    { person_ids: [a, b], score: 8123, reasons: 'Both like to teach.' },
    { person_ids: [c, d, e], score: 7000, reasons: '' },
  ]
  const create = () =>
    db
      .transaction()
      .execute((tx) =>
        createPartnerships(tx, { round_id, run_id: null, now: new Date('2016-03-01T09:00:00Z'), partnerships }),
      )
  expect(await create()).toBe(2)
  const { items, next } = await listPartnerships({ db }, { round_id })
  expect(next).toBeNull()
  expect(items).toMatchObject([
    {
      ...{ state: 'approved', score: 8123, reasons: 'Both like to teach.', introduced_at: null, ended_at: null },
      partners: [
        { person_id: a, family_name: 'a' },
        { person_id: b, family_name: 'b' },
      ],
    },
    { score: 7000, partners: [{}, {}, {}] },
  ])
  await expect(create()).rejects.toMatchObject({ code: 'has_partner' })
  expect(
    await createPartnerships(db, { round_id, run_id: null, now: new Date('2016-03-01T09:00:00Z'), partnerships: [] }),
  ).toBe(0)
})

test('thousands of partnerships are made in one go', async () => {
  const { db } = await openTestDeps()
  const round_id = await addRound(db)
  await sql`insert into people (given_name, family_name, country_code) select 'P', n::text, 'KE' from generate_series(1, 10000) n`.execute(
    db,
  )
  const partnerships = Array.from({ length: 5000 }, (_, at) => ({
    ...{ person_ids: [2 * at + 1, 2 * at + 2], score: 5000, reasons: 'Both like to teach.' },
  }))
  const made = await db
    .transaction()
    .execute((tx) =>
      createPartnerships(tx, { round_id, run_id: null, now: new Date('2016-03-01T09:00:00Z'), partnerships }),
    )
  expect(made).toBe(5000)
  const { rows } = await sql<{ members: number }>`select count(*) as members from partnership_members`.execute(db)
  expect(rows[0]?.members).toBe(10_000)
})

test('a partnership ends once, with its reason; its people are free for another', async () => {
  const deps = await openTestDeps()
  const { round_id, partnership_ids, idOf } = await addIntroductions(deps.db, [['ana', 'ben']])
  const [id] = partnership_ids as [number]
  await expect(endPartnership(deps, { id, reason: '  ' })).rejects.toMatchObject({ faults: [{ field: 'reason' }] })
  expect(await endPartnership(deps, { id, reason: ' Ben never answered. ' })).toMatchObject({
    ...{ state: 'ended', end_reason: 'Ben never answered.', ended_at: deps.clock.now() },
  })
  await expect(endPartnership(deps, { id, reason: 'again' })).rejects.toMatchObject({
    code: 'partnership_ended',
    message: `Partnership ${id} ended on 2016-03-01 already: Ben never answered.`,
  })
  await expect(endPartnership(deps, { id: 999, reason: 'x' })).rejects.toMatchObject({ code: 'not_found' })
  const partnerships = [{ person_ids: [idOf('ana'), idOf('ben')], score: 1, reasons: '' }]
  expect(
    await createPartnerships(deps.db, { round_id, run_id: null, now: new Date('2016-03-01T09:00:00Z'), partnerships }),
  ).toBe(1)
})

test('whoever is removed from the programme frees their partner; of more than two the others stay together', async () => {
  const deps = await openTestDeps()
  const { round_id, partnership_ids, idOf } = await addIntroductions(deps.db, [
    ['ana', 'ben'],
    ['eva', 'dan', 'liv'],
    ['tom', 'uma'],
  ])
  await sql`update partnerships set introduced_at = now(), reasons = 'Both teach.'`.execute(deps.db)
  const old = await addRound(deps.db, '2015A')
  await sql`update rounds set ends_on = '2015-06-30', starts_on = '2015-03-01' where id = ${old}`.execute(deps.db)
  await createPartnerships(deps.db, {
    ...{ round_id: old, run_id: null, now: new Date('2015-03-01T09:00:00Z') },
    partnerships: [{ person_ids: [idOf('ana'), idOf('tom')], score: 1, reasons: '' }],
  })
  const remove = (name: string) =>
    suppressPerson(deps, { id: idOf(name), scope: 'all', reason: 'removed', source: 'staff 1' })
  await remove('ana')
  await remove('liv')
  await remove('liv')
  const { items } = await listPartnerships(deps, { round_id })
  expect(items.map(({ id, state, partners }) => [id, state, partners.map(({ family_name }) => family_name)])).toEqual([
    [partnership_ids[0], 'ended', ['ana', 'ben']],
    [partnership_ids[1], 'ended', ['eva', 'dan', 'liv']],
    [partnership_ids[2], 'introduced', ['tom', 'uma']],
    [expect.any(Number), 'introduced', ['eva', 'dan']],
  ])
  expect(items[0]?.end_reason).toBe('One of the partners was removed from the programme.')
  expect(items[3]?.reasons).toBe('Both teach.')
  // A round that is over stays as it was, and a stop by hand ends nothing.
  expect((await listPartnerships(deps, { round_id: old })).items[0]?.state).toBe('approved')
  await suppressPerson(deps, { id: idOf('tom'), scope: 'all', reason: 'manual', source: 'staff 1' })
  expect((await listPartnerships(deps, { round_id, state: 'introduced' })).items).toHaveLength(2)
  const free = await listParticipants(deps, { code: '2016A', matched: false, states: ['confirmed'] })
  expect(free.items.map(({ family_name }) => family_name)).toEqual(['ben'])
  expect((await getPerson(deps, { id: idOf('ana') })).applications[0]?.state).toBe('removed')
})

test('whoever is removed while the introduction waits gets none, nor does the partner', async () => {
  const deps = await openTestDeps()
  const { round_id, idOf } = await addIntroductions(deps.db, [['ana', 'ben']])
  await suppressPerson(deps, { id: idOf('ana'), scope: 'all', reason: 'removed', source: 'staff 1' })
  await expect(introduce(deps, { round_id })).rejects.toMatchObject({ code: 'nobody_to_introduce' })
})

test('the API lists partnerships in pages and states, prepares the introduction, tells its troubles, and ends a partnership', async () => {
  const deps = await openTestDeps()
  const { round_id, partnership_ids } = await addIntroductions(deps.db, [
    ['ana', 'ben'],
    ['eva', 'dan'],
    ['liv', 'tom'],
  ])
  const app = await serveRoutes((typed) => addPartnershipRoutes(typed, deps))
  const ask = async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const answer = await app.inject({ method, url, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json() }
  }
  const page = await ask('GET', '/rounds/2016A/partnerships?limit=2')
  expect(page.body).toMatchObject({ items: [{ state: 'approved' }, {}], next: partnership_ids[1] })
  const rest = await ask('GET', `/rounds/2016A/partnerships?limit=2&after=${page.body.next}`)
  expect(rest.body).toMatchObject({ items: [{ id: partnership_ids[2] }], next: null })
  expect((await ask('GET', '/rounds/2016A/partnerships?state=ended')).body.items).toEqual([])
  expect((await ask('GET', '/rounds/nowhere/partnerships')).status).toBe(404)
  expect((await ask('GET', '/rounds/2016A/introduction')).body).toEqual({
    introduction: { scheduled: false, round_id, campaign_id: null, partnerships: 3 },
    troubles: [],
  })
  const { body } = await ask('POST', '/rounds/2016A/introduction')
  expect(body.campaign.url).toBe(`/api/v1/campaigns/${body.campaign.id}`)
  expect((await ask('POST', '/rounds/2016A/introduction')).body).toEqual(body)
  const ended = await ask('POST', `/partnerships/${partnership_ids[0]}/end`, { reason: 'They asked for it.' })
  expect(ended).toMatchObject({ status: 200, body: { state: 'ended' } })
  expect((await ask('POST', `/partnerships/${partnership_ids[0]}/end`, { reason: 'x' })).status).toBe(409)
  expect((await ask('POST', `/partnerships/${partnership_ids[0]}/end`, {})).status).toBe(422)

  await sql`insert into suppressions (address, scope, reason, source) values ('tom@library.example', 'all', 'manual', 'x')`.execute(
    deps.db,
  )
  const { campaign_id } = await introduce(deps, { round_id })
  expect(await copiesOf(deps.db, campaign_id)).toMatchObject({ eva: 'queued', liv: 'skipped: partner_unreachable' })
  expect((await ask('GET', '/rounds/2016A/introduction')).body).toMatchObject({
    introduction: { scheduled: true, campaign_id, partnerships: 1, waiting: 1 },
    troubles: [
      {
        ...{ kind: 'neither', partnership_ids: [partnership_ids[2]], people: [{ family_name: 'liv' }, {}] },
        words:
          'Amina liv and Amina tom were not introduced. Amina tom was left out: their address is on the suppression list.',
      },
    ],
  })
})
