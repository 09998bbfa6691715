import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { moveRound } from '../../../src/features/campaigns/index.ts'
import { changeRetention, getRetention, sweepRetention } from '../../../src/features/privacy/index.ts'
import { updateRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { makeUpRound } from './made-up-round.ts'

/** 2015A ended on 2015-06-30 with 20 people, of whom ids 1 to 5 take part in 2016A, which goes on; it is 2016-03-01. */
async function openRounds(people = 20): Promise<TestDeps> {
  const deps = await openTestDeps()
  deps.clock.advance(Date.parse('2016-03-01T00:00:00Z') - deps.clock.now().getTime())
  await makeUpRound(deps.db, { code: '2015A', people })
  await sql`
    insert into rounds (code, name, starts_on, ends_on) values ('2016A', 'Round', '2016-02-01', '2016-06-30')`.execute(
    deps.db,
  )
  await sql`
    insert into applications (round_id, person_id, state, submitted_at, country_code, code_of_conduct_agreed, commitment_agreed, answers)
    select 2, id, 'confirmed', '2016-01-01', 'BR', true, true, '{"interests": ["film"]}' from people where id <= 5`.execute(
    deps.db,
  )
  await sql`
    insert into incoming_messages (source, raw, octets, digest, received_at, state, outcome, person_id, round_id, visible, from_address)
    select 'imap', '\\x01', 1, convert_to('m' || id, 'UTF8'), '2015-04-01', 'read', 'inbox', id, 1, 'My words', 'p' || id || '@mail.example'
    from people where id <= 8`.execute(deps.db)
  return deps
}

const stateOf = async (deps: TestDeps, code: string) =>
  (await getRetention(deps)).rounds.find((round) => round.code === code)

const erasedIds = async ({ db }: TestDeps) =>
  (await db.selectFrom('people').select('id').where('erased_at', 'is not', null).orderBy('id').execute()).map(
    ({ id }) => id,
  )

test('nothing is forgotten before somebody says how long things are kept', async () => {
  const deps = await openRounds()
  expect(await stateOf(deps, '2015A')).toMatchObject({ due_on: null, state: 'stays', people: 20, last_here: 0 })
  expect(await sweepRetention(deps)).toEqual({ rounds: 0, people: 0 })
})

test('a slip in the end of a round erases nobody', async () => {
  const deps = await openRounds()
  const wrong = () => updateRound(deps, { code: '2016A', change: { starts_on: '2015-02-01', ends_on: '2015-06-30' } })
  await changeRetention(deps, { months: 24, confirmed: true })
  const refused = { code: 'invalid_input', faults: [{ field: 'ends_on', message: expect.stringMatching(/5 people/) }] }
  await changeRetention(deps, { code: '2016A', months: 1, confirmed: false })
  await expect(wrong()).rejects.toMatchObject(refused)
  await expect(moveRound(deps, { code: '2016A', starts_on: '2015-05-01' })).rejects.toMatchObject({
    faults: [{ field: 'starts_on' }],
  })
  expect(await sweepRetention(deps)).toEqual({ rounds: 0, people: 0 })
  // Meant: the retention is what erases, and asks for it.
  await changeRetention(deps, { code: '2016A', months: 600, confirmed: false })
  await wrong()
  await expect(changeRetention(deps, { code: '2016A', months: 1, confirmed: false })).rejects.toMatchObject({
    code: 'erases_at_once',
  })
})

test('a round is made anonymous on its day and not before; months are counted as the calendar has them', async () => {
  const deps = await openRounds()
  await changeRetention(deps, { months: 8, confirmed: true })
  // Eight months after the 30th of June is the 29th of February, since there is one.
  expect(await stateOf(deps, '2015A')).toMatchObject({ due_on: '2016-02-29', state: 'due', people: 20, last_here: 15 })
  await changeRetention(deps, { months: 9, confirmed: false })
  expect(await stateOf(deps, '2015A')).toMatchObject({ due_on: '2016-03-30', state: 'soon' })
  deps.clock.advance(28 * 86_400_000)
  expect(await sweepRetention(deps)).toEqual({ rounds: 0, people: 0 })
  deps.clock.advance(86_400_000)
  expect(await sweepRetention(deps)).toEqual({ rounds: 1, people: 15 })
  expect(await stateOf(deps, '2015A')).toMatchObject({
    state: 'done',
    people: 5,
    erased: 15,
    anonymised_at: deps.clock.now(),
  })
  expect(await sweepRetention(deps)).toEqual({ rounds: 0, people: 0 })
})

test('who takes part in a younger round keeps name, address and its answers, and loses those of the old round', async () => {
  const deps = await openRounds()
  await sql`insert into tracking_hits (delivery_id, at, method) select id, now(), 'GET' from deliveries where person_id = 1`.execute(
    deps.db,
  )
  await changeRetention(deps, { months: 1, confirmed: true })
  await sweepRetention(deps)
  expect(await erasedIds(deps)).toEqual(Array.from({ length: 15 }, (_, at) => at + 6))
  const { rows } = await sql`
    select p.given_name, d.address, (select answers from applications where person_id = 1 and round_id = 1) as old,
      (select answers from applications where person_id = 1 and round_id = 2) as new,
      (select count(*) from incoming_messages where visible is not null or raw is not null or from_address is not null) as letters,
      (select count(*) from attempts where words is not null) as words,
      (select count(*) from partnerships where reasons <> '') as reasons, (select count(*) from tracking_hits) as hits
    from people p join addresses d on d.person_id = p.id where p.id = 1`.execute(deps.db)
  expect(rows).toEqual([
    {
      given_name: 'Given1',
      address: 'p1@post.example',
      old: {},
      new: { interests: ['film'] },
      letters: 0,
      words: 0,
      reasons: 0,
      hits: 0,
    },
  ])
  const reasons = await deps.db.selectFrom('erasures').select(['reason', 'erased_by']).distinct().execute()
  expect(reasons).toEqual([{ reason: 'retention', erased_by: null }])
})

test('a round may be kept for a time of its own, and then keeps those who took part in it', async () => {
  const deps = await openRounds()
  await changeRetention(deps, { code: '2015A', months: 24, confirmed: false })
  await changeRetention(deps, { months: 1, confirmed: false })
  expect(await stateOf(deps, '2015A')).toMatchObject({ due_on: '2017-06-30', retention_months: 24, state: 'later' })
  expect(await stateOf(deps, '2016A')).toMatchObject({ due_on: '2016-07-30', people: 5, last_here: 0 })
  deps.clock.advance(200 * 86_400_000)
  // 2016A is due; all of its people have taken part in 2015A, which stays.
  expect(await sweepRetention(deps)).toEqual({ rounds: 1, people: 0 })
  expect(await erasedIds(deps)).toEqual([])
  expect((await sql`select from applications where round_id = 2 and answers <> '{}'`.execute(deps.db)).rows).toEqual([])
  await changeRetention(deps, { code: '2015A', months: null, confirmed: true })
  expect(await sweepRetention(deps)).toEqual({ rounds: 1, people: 20 })
})

test('what cannot be had back is not set in passing: the rounds and people are named first', async () => {
  const deps = await openRounds()
  await expect(changeRetention(deps, { months: 3, confirmed: false })).rejects.toMatchObject({
    code: 'erases_at_once',
    message:
      'With this, 2015A would be made anonymous within the hour: 15 people are erased for good. Confirm that this is meant.',
  })
  expect((await getRetention(deps)).months).toBeNull()
  for (const months of [0, -1, 601, 1.5, Number.NaN])
    await expect(changeRetention(deps, { months, confirmed: true })).rejects.toMatchObject({ code: 'invalid_input' })
  await expect(changeRetention(deps, { code: 'None', months: 3, confirmed: true })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('who has an email on its way is left for the next sweep, with the round; the others are forgotten', async () => {
  const deps = await openRounds()
  await changeRetention(deps, { months: 1, confirmed: true })
  await sql`update deliveries set state = 'claimed', worker_id = 1, accepted_at = null where person_id = 10`.execute(
    deps.db,
  )
  expect(await sweepRetention(deps)).toEqual({ rounds: 0, people: 14 })
  expect(await stateOf(deps, '2015A')).toMatchObject({ state: 'due', last_here: 1 })
  await sql`update deliveries set state = 'accepted', worker_id = null where person_id = 10`.execute(deps.db)
  expect(await sweepRetention(deps)).toEqual({ rounds: 1, people: 1 })
})

test('a sweep that was cut off in the middle is taken up by the next; two at once do it once', async () => {
  const deps = await openRounds(120)
  await changeRetention(deps, { months: 1, confirmed: true })
  let statements = 0
  const cut = deps.db.withPlugin({
    transformQuery: ({ node }) => {
      if (++statements > 220) throw new Error('the power is gone')
      return node
    },
    transformResult: async ({ result }) => result,
  })
  await expect(sweepRetention({ ...deps, db: cut })).rejects.toThrow('the power is gone')
  const half = (await erasedIds(deps)).length
  expect(half).toBeGreaterThan(0)
  expect(half).toBeLessThan(115)
  await Promise.all([sweepRetention(deps), sweepRetention(deps)])
  expect(await erasedIds(deps)).toHaveLength(115)
  expect(await deps.db.selectFrom('erasures').select('id').execute()).toHaveLength(115)
  expect(await stateOf(deps, '2015A')).toMatchObject({ state: 'done' })
})
