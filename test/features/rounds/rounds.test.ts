import { expect, test } from 'vitest'
import {
  addRoundRoutes,
  createRound,
  getRound,
  listOverCap,
  stageOf,
  type Timetable,
  updateRound,
} from '../../../src/features/rounds/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'

const TIMETABLE: Timetable = {
  applications_open_on: '2016-01-18',
  applications_close_on: '2016-02-14',
  confirm_by: '2016-02-21',
  starts_on: '2016-03-01',
  ends_on: '2016-06-30',
}

test.each([
  ['2016-01-17', 'planned'],
  ['2016-01-18', 'applications'],
  ['2016-02-14', 'applications'],
  ['2016-02-15', 'confirmation'],
  ['2016-02-21', 'confirmation'],
  ['2016-02-22', 'matching'],
  ['2016-03-01', 'running'],
  ['2016-06-30', 'running'],
  ['2016-07-01', 'ended'],
])('on %s the round is in the stage %s', (today, stage) => {
  expect(stageOf(TIMETABLE, today)).toBe(stage)
})

test('a timetable with gaps still tells the stage', () => {
  const empty = {
    applications_open_on: null,
    applications_close_on: null,
    confirm_by: null,
    starts_on: null,
    ends_on: null,
  }
  expect(stageOf(empty, '2016-03-01')).toBe('planned')
  expect(stageOf({ ...empty, starts_on: '2016-03-01' }, '2016-03-01')).toBe('running')
  expect(stageOf({ ...empty, applications_open_on: '2016-03-01', ends_on: '2016-06-30' }, '2016-04-01')).toBe(
    'applications',
  )
})

test('a country is over the cap with more than its share, not with exactly it', () => {
  const by_country = [
    { country_code: 'AU', applicants: 20 },
    { country_code: 'US', applicants: 21 },
    { country_code: 'GB', applicants: 59 },
  ]
  expect(listOverCap(by_country, 20)).toEqual([
    { country: 'GB', applicants: 59, percent: 59 },
    { country: 'US', applicants: 21, percent: 21 },
  ])
  expect(listOverCap([], 20)).toEqual([])
})

test('dates in the wrong order or that do not exist are named by field', async () => {
  const deps = await openTestDeps()
  const faulty = { code: '2016A!', name: ' ', ...TIMETABLE, confirm_by: '2016-02-01', ends_on: '2016-02-30' }
  await expect(createRound(deps, faulty)).rejects.toMatchObject({
    faults: [
      {
        field: 'confirm_by',
        message: 'The confirmation deadline cannot be before the close of applications (2016-02-14).',
      },
      { field: 'ends_on', message: '"2016-02-30" is not a date such as 2016-01-31.' },
      { field: 'code' },
      { field: 'name' },
    ],
  })
  await expect(
    createRound(deps, { code: '2016A', name: 'x', starts_on: '2016-03-01', ends_on: '2016-03-01' }),
  ).rejects.toMatchObject({ faults: [{ field: 'ends_on', message: 'The end must be after the start.' }] })
})

test('a change is checked against the dates that stay', async () => {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round', ...TIMETABLE })
  await expect(updateRound(deps, { code: '2016A', change: { starts_on: '2016-07-01' } })).rejects.toMatchObject({
    faults: [{ field: 'ends_on' }],
  })
  const moved = await updateRound(deps, { code: '2016A', change: { starts_on: '2016-04-01', confirm_by: null } })
  expect(moved).toMatchObject({ starts_on: '2016-04-01', confirm_by: null, ends_on: '2016-06-30', name: 'Round' })
  expect(await getRound(deps, { code: '2016A' })).toEqual(moved)
})

test('the API creates, lists, shows and changes rounds, with stage and counts by the clock', async () => {
  const deps = await openTestDeps()
  const app = await serveRoutes((api) => addRoundRoutes(api, deps))
  deps.clock.set('2016-02-01T00:00:00Z')
  const made = await app.inject({
    method: 'POST',
    url: '/rounds',
    payload: { code: '2016A', name: 'Round', ...TIMETABLE },
  })
  expect(made.statusCode).toBe(201)
  expect(made.json()).toEqual({
    code: '2016A',
    name: 'Round',
    ...TIMETABLE,
    country_cap_percent: 20,
    stage: 'applications',
    counts: {
      applicants: 0,
      refused_conduct: 0,
      countries: 0,
      applied: 0,
      waitlisted: 0,
      confirmed: 0,
      declined: 0,
      lapsed: 0,
      withdrawn: 0,
      removed: 0,
    },
    by_country_over_cap: [],
  })
  const again = await app.inject({ method: 'POST', url: '/rounds', payload: { code: '2016A', name: 'Again' } })
  expect([again.statusCode, again.json().code]).toEqual([409, 'round_exists'])
  const bare = await app.inject({
    method: 'POST',
    url: '/rounds',
    payload: { code: '2017A', name: 'Next', starts_on: null },
  })
  expect(bare.json()).toMatchObject({ starts_on: null, stage: 'planned' })

  deps.clock.set('2016-03-01T00:00:00Z')
  const { items } = (await app.inject('/rounds')).json()
  expect(items.map((round: { code: string; stage: string }) => [round.code, round.stage])).toEqual([
    ['2017A', 'planned'],
    ['2016A', 'running'],
  ])
  const patch = (payload: object) => app.inject({ method: 'PATCH', url: '/rounds/2016A', payload })
  expect((await patch({ country_cap_percent: 30 })).json()).toMatchObject({ country_cap_percent: 30 })
  expect((await patch({ ends_on: null })).json()).toMatchObject({ ends_on: null, starts_on: '2016-03-01' })
  expect((await patch({ ends_on: '2016-13-01' })).statusCode).toBe(422)
  expect((await patch({ code: 'other' })).statusCode).toBe(422)
  expect((await patch({})).statusCode).toBe(422)
  expect((await app.inject('/rounds/1999Z')).statusCode).toBe(404)
})
