import { expect, test } from 'vitest'
import { listReportPeople, reportOnRounds } from '../../../../src/features/reports/index.ts'
import { openTestDeps, type TestDeps } from '../../../support/deps.ts'
import { addRound } from './programme.ts'

/** A round with so many participants, from different countries as far as these go. */
async function addParticipants(deps: TestDeps, code: string, many: number, starts_on?: string) {
  const round = await addRound(deps, code, starts_on ? { starts_on } : {})
  const countries = ['AU', 'KE', 'FR']
  const people = Array.from({ length: many }, (_, at) => ({ country: countries[at % 3] as string, state: 'confirmed' }))
  return { ...round, ids: await round.apply(people) }
}

test('rounds stand in the order of their start, without a day last, and the latest is told of first', async () => {
  const deps = await openTestDeps()
  await addRound(deps, '2017A')
  const second = await addParticipants(deps, '2016A', 4, '2016-03-01')
  const first = await addParticipants(deps, '2015B', 3, '2015-09-01')
  await second.apply([{ person_id: first.ids[0] as number, state: 'confirmed' }, { country: 'TW' }])
  const report = await reportOnRounds(deps)
  const [section] = report.sections
  expect(section?.columns.map(({ key }) => key)).toEqual([
    ...['applicants', 'participants', 'countries', 'matched', 'in_touch', 'completed', 'returning'],
  ])
  expect(
    section?.rows.map(({ key, counts }) => [
      key,
      counts.applicants,
      counts.participants,
      counts.countries,
      counts.returning,
    ]),
  ).toEqual([
    ['2015B', 3, 3, 3, 0],
    ['2016A', 6, 5, 4, 1],
    ['2017A', 0, 0, 0, 0],
  ])
  expect(report.sentences).toEqual([
    '2016A has 5 participants from 4 countries, 2 more than 2015B (+67 %).',
    'The 2 rounds together have 8 participants, counted in each round they were in: the most in 2016A (5), the fewest in 2015B (3).',
    'In 2016A, 1 of 5 participants (20 %) has taken part in an earlier round.',
  ])
})

test.each([
  [[], 'There is no round yet: make the first one.'],
  [[0], 'No round has participants yet: ask applicants to confirm.'],
  [[1], '2015A has 1 participant from 1 country.'],
  [[2, 2], '2015B has 2 participants from 2 countries, as many as 2015A.'],
  [[3, 1], '2015B has 1 participant from 1 country, 2 fewer than 2015A (−67 %).'],
])('of rounds with %j participants the first sentence is %s', async (sizes, sentence) => {
  const deps = await openTestDeps()
  const codes = ['2015A', '2015B']
  for (const [at, size] of sizes.entries()) await addParticipants(deps, codes[at] as string, size, `2015-0${at + 1}-01`)
  expect((await reportOnRounds(deps)).sentences[0]).toBe(sentence)
})

test('on a past day nobody had come yet', async () => {
  const deps = await openTestDeps()
  await addParticipants(deps, '2016A', 2)
  deps.clock.advance(86_400_000)
  expect((await reportOnRounds(deps, { as_of: '2016-02-29' })).sentences).toEqual([
    'No round had participants by 29 February 2016: ask for a later day.',
  ])
  expect((await reportOnRounds(deps, { as_of: '2016-03-01' })).sentences).toEqual([
    'On 1 March 2016, 2016A had 2 participants from 2 countries.',
  ])
})

test('who returns in a later round follows what becomes of an earlier one, in what is kept too', async () => {
  const deps = await openTestDeps()
  const first = await addParticipants(deps, '2015B', 2, '2015-09-01')
  const second = await addRound(deps, '2016A', { starts_on: '2016-03-01' })
  await second.apply(first.ids.map((person_id) => ({ person_id, state: 'confirmed' })))
  const returning = async () => (await reportOnRounds(deps)).sections[0]?.rows.at(-1)?.counts.returning
  expect(await returning()).toBe(2)
  await first.move(first.ids[0] as number, 'withdrawn')
  expect(await returning()).toBe(1)
  await deps.db.deleteFrom('applications').where('round_id', '=', first.round_id).execute()
  await deps.db.deleteFrom('rounds').where('id', '=', first.round_id).execute()
  expect(await returning()).toBe(0)
})

test('behind each figure of a round stand its people', async () => {
  const deps = await openTestDeps()
  const first = await addParticipants(deps, '2015B', 3, '2015-09-01')
  const second = await addParticipants(deps, '2016A', 2, '2016-03-01')
  await second.apply([{ person_id: first.ids[1] as number, state: 'confirmed' }, {}])
  const list = async (column: string) => {
    const wanted = { kind: 'rounds', code: '', section: 'rounds', row: '2016A', column } as const
    return (await listReportPeople(deps, wanted)).items.map(({ person_id }) => person_id)
  }
  expect(await list('applicants')).toHaveLength(4)
  expect(await list('countries')).toHaveLength(3)
  expect(await list('returning')).toEqual([first.ids[1]])
  await expect(list('people')).rejects.toMatchObject({ faults: [{ field: 'column' }] })
})
