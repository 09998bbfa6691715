import { expect, test } from 'vitest'
import {
  addMoveRoutes,
  moveRound,
  pauseCampaign,
  previewMove,
  scheduleCampaign,
  sweepDeliveries,
} from '../../../src/features/campaigns/index.ts'
import { ensureSender } from '../../../src/features/deliveries/index.ts'
import { createRound, getRound, planTimetableMove, type Timetable } from '../../../src/features/rounds/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'
import { addApplicant, addDraft } from '../campaigns/round.ts'

const TIMETABLE: Timetable = {
  applications_open_on: '2016-01-18',
  applications_close_on: '2016-02-14',
  confirm_by: '2016-02-26',
  starts_on: '2016-03-21',
  ends_on: '2016-07-20',
}

/** A round that starts before Europe's clocks go forward (27 March 2016), and two readers in different zones. */
async function openRound(): Promise<TestDeps & { round_id: number }> {
  const deps = await openTestDeps()
  const { id } = await createRound(deps, { code: '2016A', name: 'Round 2016A', ...TIMETABLE })
  await addApplicant(deps.db, id, { given_name: 'Wren', country_code: 'GB' })
  await addApplicant(deps.db, id, { given_name: 'Aroha', country_code: 'NZ' })
  return { ...deps, round_id: id }
}

async function plan(deps: TestDeps, id: number, planned_at: string): Promise<number> {
  await deps.db
    .updateTable('campaigns')
    .set({ planned_at: new Date(planned_at) })
    .where('id', '=', id)
    .execute()
  return id
}

const timesOf = (deps: TestDeps, id: number) =>
  deps.db
    .selectFrom('campaigns')
    .select(['state', 'planned_at', 'send_at', 'starts_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

const dueOf = async (deps: TestDeps, id: number) => {
  const rows = await deps.db
    .selectFrom('deliveries')
    .innerJoin('people', 'people.id', 'deliveries.person_id')
    .select(['people.country_code', 'due_at'])
    .where('campaign_id', '=', id)
    .execute()
  return Object.fromEntries(rows.map((row) => [row.country_code, row.due_at.toISOString()]))
}

const LONDON = { code: '2016A', time_zone: 'Europe/London' }

test('the start and the end move by the same days; what comes before the start stays', () => {
  expect(planTimetableMove(TIMETABLE, '2016-04-04', '2016-03-01')).toMatchObject({
    days: 14,
    moved: [
      { field: 'starts_on', from: '2016-03-21', to: '2016-04-04' },
      { field: 'ends_on', from: '2016-07-20', to: '2016-08-03' },
    ],
    staying: [{ on: '2016-01-18' }, { on: '2016-02-14' }, { on: '2016-02-26' }],
  })
})

test.each([
  ['2016-02-20', 'cannot be before the confirmation deadline'],
  ['2016-03-21', 'starts on 2016-03-21 already'],
  ['2016-02-30', 'is not a date'],
  ['2018-03-21', 'more than a year'],
])('a start on %s is refused: it %s', (starts_on, words) => {
  expect(() => planTimetableMove(TIMETABLE, starts_on, '2016-03-01')).toThrow(words)
})

test('a round that has ended is not moved', () => {
  expect(() => planTimetableMove(TIMETABLE, '2016-04-04', '2016-07-21')).toThrow('ended on 2016-07-20')
})

test('clocks keep their hour over the change to summer time, in the zone of whoever moves', async () => {
  const deps = await openRound()
  const draft = await plan(deps, await addDraft(deps.db), '2016-03-22T09:00:00Z')
  const fixed = await addDraft(deps.db, { subject: 'Topic 2' })
  await scheduleCampaign(deps, fixed, { at: '2016-03-23T09:30:00Z' })
  const move = await moveRound(deps, { ...LONDON, starts_on: '2016-04-04' })
  expect(move.campaigns.map(({ id, from, to }) => [id, from.toISOString(), to.toISOString()])).toEqual([
    [draft, '2016-03-22T09:00:00.000Z', '2016-04-05T08:00:00.000Z'],
    [fixed, '2016-03-23T09:30:00.000Z', '2016-04-06T08:30:00.000Z'],
  ])
  expect(await timesOf(deps, draft)).toMatchObject({ planned_at: new Date('2016-04-05T08:00:00Z') })
  const at = new Date('2016-04-06T08:30:00Z')
  expect(await timesOf(deps, fixed)).toMatchObject({ state: 'scheduled', send_at: at, starts_at: at })
  expect(await dueOf(deps, fixed)).toEqual({ GB: at.toISOString(), NZ: at.toISOString() })
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ starts_on: '2016-04-04', ends_on: '2016-08-03' })
})

test('an hour of the readers’ own clocks stays that hour where each of them lives', async () => {
  const deps = await openRound()
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: '2016-03-22T00:00:00Z', local_time: '09:00' })
  expect(await dueOf(deps, id)).toEqual({ GB: '2016-03-22T09:00:00.000Z', NZ: '2016-03-21T20:00:00.000Z' })
  const { campaigns } = await moveRound(deps, { ...LONDON, starts_on: '2016-04-04' })
  expect(campaigns).toMatchObject([{ local_time: '09:00', from_day: '2016-03-22', to_day: '2016-04-05' }])
  // New Zealand's summer time ends on 3 April, Britain's begins on 27 March.
  expect(await dueOf(deps, id)).toEqual({ GB: '2016-04-05T08:00:00.000Z', NZ: '2016-04-04T21:00:00.000Z' })
  expect(await timesOf(deps, id)).toMatchObject({ starts_at: new Date('2016-04-04T21:00:00Z') })
})

test('who was put off to the next day, because the hour was over there, is back on the day itself', async () => {
  const deps = await openRound()
  deps.clock.set('2016-03-21T22:00:00Z')
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: '2016-03-22T12:00:00Z', local_time: '09:00' })
  expect(await dueOf(deps, id)).toEqual({ GB: '2016-03-22T09:00:00.000Z', NZ: '2016-03-22T20:00:00.000Z' })
  await moveRound(deps, { ...LONDON, starts_on: '2016-04-04' })
  expect(await dueOf(deps, id)).toEqual({ GB: '2016-04-05T08:00:00.000Z', NZ: '2016-04-04T21:00:00.000Z' })
})

test('a hold that has time left goes on, and one paused before it began stays paused', async () => {
  const deps = await openRound()
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: '2016-03-22T09:00:00Z', hold_seconds: 120 })
  await pauseCampaign(deps, id)
  await moveRound(deps, { ...LONDON, starts_on: '2016-03-22' })
  expect(await timesOf(deps, id)).toMatchObject({ state: 'paused', starts_at: new Date('2016-03-23T09:00:00Z') })
})

test('what is sending, done, or was missed and would be missed again stays, with the reason', async () => {
  const deps = await openRound()
  const [sending, done, missed, late] = [
    await addDraft(deps.db),
    await addDraft(deps.db, { subject: 'Topic 2' }),
    await plan(deps, await addDraft(deps.db, { subject: 'Topic 3' }), '2016-01-20T09:00:00Z'),
    await plan(deps, await addDraft(deps.db, { subject: 'Topic 4' }), '2016-02-28T09:00:00Z'),
  ]
  await scheduleCampaign(deps, sending, { at: 'now' })
  await deps.db
    .updateTable('campaigns')
    .set({ state: 'done', started_at: deps.clock.now() })
    .where('id', '=', done)
    .execute()
  await sweep(deps)
  const move = await previewMove(deps, { ...LONDON, starts_on: '2016-04-04' })
  expect(move.campaigns_staying.map(({ id, why }) => [id, why])).toEqual([
    [sending, 'sending'],
    [done, 'done'],
    [missed, 'past'],
  ])
  expect(move.campaigns.map(({ id }) => id)).toEqual([late])
})

const sweep = async (deps: TestDeps) =>
  sweepDeliveries({ ...deps, senderId: await ensureSender(deps.db, undefined), countWaiting: async () => 0 })

test('a scheduled campaign is never moved into the past: it is named, and nothing moves', async () => {
  const deps = await openRound()
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: '2016-03-02T09:00:00Z' })
  await expect(moveRound(deps, { ...LONDON, starts_on: '2016-03-14' })).rejects.toMatchObject({
    faults: [{ field: 'starts_on', message: '“Topic 1” would leave on 2016-02-24: that is past.' }],
  })
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ starts_on: '2016-03-21' })
  expect(await timesOf(deps, id)).toMatchObject({ starts_at: new Date('2016-03-02T09:00:00Z') })
})

test('looking changes nothing', async () => {
  const deps = await openRound()
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: '2016-03-22T09:00:00Z' })
  const before = [await timesOf(deps, id), await getRound(deps, { code: '2016A' })]
  await previewMove(deps, { ...LONDON, starts_on: '2016-04-04' })
  expect([await timesOf(deps, id), await getRound(deps, { code: '2016A' })]).toEqual(before)
})

test('a campaign that began between the look and the word stops the move', async () => {
  const deps = await openRound()
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: '2016-03-01T09:30:00Z' })
  const { fingerprint } = await previewMove(deps, { ...LONDON, starts_on: '2016-04-04' })
  deps.clock.set('2016-03-01T09:30:00Z')
  await sweep(deps)
  await expect(moveRound(deps, { ...LONDON, starts_on: '2016-04-04', fingerprint })).rejects.toMatchObject({
    code: 'changed_since_preview',
  })
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ starts_on: '2016-03-21' })
})

test('a campaign planned between the look and the word stops the move', async () => {
  const deps = await openRound()
  const { fingerprint } = await previewMove(deps, { ...LONDON, starts_on: '2016-04-04' })
  await plan(deps, await addDraft(deps.db), '2016-03-22T09:00:00Z')
  await expect(moveRound(deps, { ...LONDON, starts_on: '2016-04-04', fingerprint })).rejects.toMatchObject({
    code: 'changed_since_preview',
  })
})

test('of two directors who move at once one is told to look again, and a second press does no harm', async () => {
  const deps = await openRound()
  const id = await plan(deps, await addDraft(deps.db), '2016-03-22T09:00:00Z')
  const [one, other] = await Promise.all(
    ['2016-04-04', '2016-03-28'].map((starts_on) => previewMove(deps, { ...LONDON, starts_on })),
  )
  const confirm = (starts_on: string, fingerprint = '') => moveRound(deps, { ...LONDON, starts_on, fingerprint })
  const results = await Promise.allSettled([
    confirm('2016-04-04', one?.fingerprint),
    confirm('2016-03-28', other?.fingerprint),
    confirm('2016-04-04', one?.fingerprint),
  ])
  const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  expect(won).toHaveLength(1)
  const moved = await getRound(deps, { code: '2016A' })
  expect(moved.starts_on).toBe(won[0]?.dates[0]?.to)
  expect(await timesOf(deps, id)).toMatchObject({ planned_at: won[0]?.campaigns[0]?.to })
})

test('a move that fails on its last statement has moved nothing', async () => {
  const deps = await openRound()
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: '2016-03-22T09:00:00Z' })
  await deps.pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'power cut'; end $$;
    create trigger refuse before update on deliveries execute function refuse()`)
  await expect(moveRound(deps, { ...LONDON, starts_on: '2016-04-04' })).rejects.toThrow('power cut')
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ starts_on: '2016-03-21' })
  expect(await timesOf(deps, id)).toMatchObject({ send_at: new Date('2016-03-22T09:00:00Z') })
})

test('the API says what would move, and moves', async () => {
  const deps = await openRound()
  await plan(deps, await addDraft(deps.db), '2016-03-22T09:00:00Z')
  const app = await serveRoutes((api) => addMoveRoutes(api, deps))
  const post = (payload: object) => app.inject({ method: 'POST', url: '/rounds/2016A/move', payload })
  const dry = await post({ starts_on: '2016-03-28', dry_run: true })
  expect(dry.json()).toMatchObject({ days: 7, campaigns: [{ to: '2016-03-29T09:00:00.000Z' }] })
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ starts_on: '2016-03-21' })
  const { fingerprint } = dry.json()
  expect((await post({ starts_on: '2016-03-28', fingerprint })).json()).toMatchObject({ days: 7 })
  const again = await post({ starts_on: '2016-03-28', fingerprint })
  expect([again.statusCode, again.json().errors]).toMatchObject([422, [{ field: 'starts_on' }]])
  expect((await post({ starts_on: '2016-03-28', time_zone: 'Mars/Base' })).statusCode).toBe(422)
  expect((await post({ starts_on: 'soon' })).statusCode).toBe(422)
})
