import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createPartnerships } from '../../../../src/features/partnerships/index.ts'
import { reportOnRound } from '../../../../src/features/reports/index.ts'
import { InvalidInput } from '../../../../src/lib/errors.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { addRound, countsOf, sectionOf } from './programme.ts'

async function openRound() {
  const deps = await openTestDeps()
  const round = await addRound(deps, '2016A', { starts_on: '2016-03-05', ends_on: '2016-03-20' })
  return { deps, ...round, report: (as_of?: string) => reportOnRound(deps, { code: '2016A', as_of }) }
}

test('a day goes by UTC to its last millisecond, and before the round was there nobody had applied', async () => {
  const { deps, apply, move, report } = await openRound()
  deps.clock.set('2016-03-02T23:59:59.999Z')
  const [ana] = (await apply([{}])) as [number]
  deps.clock.advance(1)
  await move(ana, 'confirmed')
  const day = await report('2016-03-02')
  expect(day).toMatchObject({ as_of: '2016-03-02', data_at: '2016-03-02T23:59:59.999Z' })
  expect(countsOf(day, 'funnel', 'participants')?.people).toBe(0)
  expect(day.sentences).toEqual(['On 2 March 2016, 2016A had 1 applicant, and nobody was confirmed yet.'])
  // today is not over: what is known of it now
  expect(await report('2016-03-03')).toMatchObject({
    data_at: '2016-03-03T00:00:00.000Z',
    sentences: ['On 3 March 2016, 2016A had 1 participant, from 1 country.', 'Nobody had a partner yet.'],
  })
  const long = await report('2011-11-11')
  expect(countsOf(long, 'funnel', 'applicants')).toEqual({ people: 0, base: 0, countries: 0 })
  expect(long.sentences).toEqual(['Nobody had applied to 2016A by 11 November 2011: ask for a later day.'])
})

test.each(['2016-03-02', '2016-02-30', '2016-2-1', 'yesterday', '0000-01-01', '2016-02-01T00:00:00Z', ''])(
  'a day that has not begun or is none is refused: %s',
  async (as_of) => {
    const { report } = await openRound()
    const refused = await report(as_of).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(InvalidInput)
    expect((refused as InvalidInput).faults[0]?.field).toBe('as_of')
  },
)

test('an answer that somebody changes counts as it was on the days before', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps, '2016A')
  // the database has its own time for what has none
  const today = new Date()
  const yesterday = new Date(+today - 86_400_000)
  deps.clock.set(yesterday.toISOString())
  await round.apply([{ sector: 'Public' }])
  deps.clock.set(new Date(+today + 1000).toISOString())
  await deps.db.updateTable('applications').set({ sector: 'School' }).execute()
  const keys = async (as_of?: string) =>
    sectionOf(await reportOnRound(deps, { code: '2016A', as_of }), 'sector').rows.map(({ key }) => key)
  expect(await keys(yesterday.toISOString().slice(0, 10))).toEqual(['Public'])
  expect(await keys()).toEqual(['School'])
})

test('an import that was undone counts for no day', async () => {
  const { deps, apply, report } = await openRound()
  await apply([{ state: 'confirmed' }, {}])
  deps.clock.set('2016-03-04T09:00:00Z')
  expect(countsOf(await report('2016-03-03'), 'funnel', 'applicants')?.people).toBe(2)
  await sql`delete from applications`.execute(deps.db)
  expect(countsOf(await report(), 'funnel', 'applicants')?.people).toBe(0)
  expect(countsOf(await report('2016-03-03'), 'funnel', 'applicants')?.people).toBe(0)
})

test('a partnership counts from the day on which it was made', async () => {
  const { deps, round_id, apply, report } = await openRound()
  const person_ids = await apply([{ state: 'confirmed' }, { state: 'confirmed' }])
  deps.clock.set('2016-03-09T23:00:00Z')
  await deps.db.transaction().execute((tx) =>
    createPartnerships(tx, {
      ...{ round_id, run_id: null, now: deps.clock.now() },
      partnerships: [{ person_ids, score: 8000, reasons: '' }],
    }),
  )
  expect(countsOf(await report('2016-03-09'), 'funnel', 'matched')?.people).toBe(2)
  expect(countsOf(await report('2016-03-08'), 'funnel', 'matched')?.people).toBe(0)
})
