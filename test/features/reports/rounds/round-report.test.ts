import { expect, test } from 'vitest'
import { listReportPeople, reportOnRound } from '../../../../src/features/reports/index.ts'
import { updateRound } from '../../../../src/features/rounds/index.ts'
import { NotFound } from '../../../../src/lib/errors.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { addRound, answer, countsOf, end, erase, sectionOf } from './programme.ts'

const DAYS = { starts_on: '2016-03-05', ends_on: '2016-03-20' }

async function openRound() {
  const deps = await openTestDeps()
  const round = await addRound(deps, '2016A', DAYS)
  const report = (as_of?: string) => reportOnRound(deps, { code: '2016A', as_of })
  const list = (section: string, row: string, column: string, as_of?: string) =>
    listReportPeople(deps, { kind: 'round', code: '2016A', section, row, column, as_of })
  return { deps, ...round, report, list }
}

test('a round says in words how far its people came, and each table has the same total', async () => {
  const { deps, apply, move, pair, report } = await openRound()
  const earlier = await addRound(deps, '2015B', { starts_on: '2015-09-01' })
  const [ana, ben, cho, dan] = (await apply([
    { country: 'KE', sector: 'Public', stage: 'Student', pathway: 'ALIA' },
    { country: 'AU', sector: 'Public' },
    { country: 'AU' },
    { country: 'FR' },
  ])) as [number, number, number, number]
  await earlier.apply([{ person_id: ana, state: 'confirmed' }])
  for (const person of [ana, ben, cho]) await move(person, 'confirmed')
  await move(dan, 'declined')
  const partnership_id = await pair([ana, ben])
  await answer(deps, { partnership_id, person_id: ben })
  deps.clock.set('2016-03-21T00:00:00Z')

  const told = await report()
  expect(told.sentences).toEqual([
    '2016A has 3 participants of 4 applicants (75 %), from 2 countries.',
    '2 of 3 participants (67 %) have or had a partner.',
    '2 of 2 matched participants (100 %) are in touch, as they or a partner told.',
    '2 of 2 matched participants (100 %) stayed together until the last day.',
    'The largest group is from Australia: 2 of 3 participants (67 %).',
    '1 of 3 participants (33 %) has taken part in an earlier round.',
  ])
  expect(
    sectionOf(told, 'funnel').rows.map(({ key, counts }) => [key, counts.people, counts.base, counts.countries]),
  ).toEqual([
    ['applicants', 4, 4, 3],
    ['participants', 3, 4, 2],
    ['matched', 2, 3, 2],
    ['in_touch', 2, 2, 2],
    ['completed', 2, 2, 2],
  ])
  expect(sectionOf(told, 'country').rows.map(({ name, counts }) => [name, counts.participants])).toEqual([
    ['Australia', 2],
    ['Kenya', 1],
    ['France', 0],
  ])
  expect(sectionOf(told, 'sector').rows.map(({ key, name }) => [key, name])).toEqual([
    ['Public', 'Public'],
    ['not_said', 'Not said'],
  ])
  expect(countsOf(told, 'experience', 'returning')).toMatchObject({ applicants: 1, participants: 1, matched: 1 })
  expect(countsOf(told, 'states', 'declined')).toEqual({ people: 1, base: 4 })
  expect(countsOf(told, 'states', 'total')).toEqual({ people: 1, base: 4 })
  for (const key of ['country', 'sector', 'career_stage', 'pathway', 'experience'])
    expect(countsOf(told, key, 'total'), key).toEqual({
      applicants: 4,
      participants: 3,
      matched: 2,
      in_touch: 2,
      completed: 2,
    })
  const used = new Set(told.definitions.map(({ key }) => key))
  for (const { columns } of told.sections)
    for (const { definition, of, key } of columns) {
      expect(used, key).toContain(definition)
      if (of !== null) expect(columns.map((column) => column.key)).toContain(of)
    }
  for (const { version } of told.definitions) expect(version).toBe(1)
})

test('an empty round divides nothing, and says what to do', async () => {
  const { report } = await openRound()
  const told = await report()
  expect(told.sentences).toEqual([
    'Nobody has applied to 2016A yet: import the forms of applicants, or open its application form.',
  ])
  expect(countsOf(told, 'funnel', 'applicants')).toEqual({ people: 0, base: 0, countries: 0 })
  expect(sectionOf(told, 'country')).toMatchObject({ rows: [], total: { counts: { applicants: 0, matched: 0 } } })
  for (const { empty, rows } of told.sections) if (rows.length === 0) expect(empty).not.toBe('')
  expect(JSON.stringify(told)).not.toMatch(/NaN|null %|Infinity/)
})

test('one person is told of in the singular, and nothing is said about nothing', async () => {
  const { apply, move, report } = await openRound()
  const [ana] = (await apply([{ country: 'KE' }])) as [number]
  expect((await report()).sentences).toEqual([
    '2016A has 1 applicant, and nobody is confirmed yet: ask them to confirm.',
  ])
  await move(ana, 'confirmed')
  expect((await report()).sentences).toEqual(['2016A has 1 participant, from 1 country.', 'Nobody has a partner yet.'])
})

test('who is in touch is unknown until somebody has answered, and who completed until the last day is over', async () => {
  const { deps, apply, pair, report, list } = await openRound()
  const [ana, ben] = (await apply([{ state: 'confirmed' }, { state: 'confirmed' }])) as [number, number]
  const partnership_id = await pair([ana, ben])
  expect(countsOf(await report(), 'country', 'total')).toMatchObject({
    matched: 2,
    in_touch: 'unknown',
    completed: 'unknown',
  })
  expect((await report()).sentences).toContain(
    'Whether partners are in touch is unknown: no check-in of the round has been answered yet.',
  )
  await expect(list('funnel', 'in_touch', 'people')).rejects.toMatchObject({ code: 'figure_unknown' })
  await answer(deps, { partnership_id, person_id: ana, answer: 'no_answer' })
  expect(countsOf(await report(), 'country', 'total')).toMatchObject({ in_touch: 0 })
  expect((await list('funnel', 'in_touch', 'people')).items).toEqual([])

  deps.clock.set('2016-03-20T23:59:59.999Z')
  expect(countsOf(await report(), 'country', 'total')?.completed).toBe('unknown')
  expect((await report()).sentences).toContain('Who completes the round is known after its last day, 20 March 2016.')
  await expect(list('funnel', 'completed', 'people')).rejects.toMatchObject({ code: 'figure_unknown' })
  deps.clock.advance(1)
  // nothing has changed but the time
  expect(countsOf(await report(), 'country', 'total')?.completed).toBe(2)
  expect(countsOf(await report('2016-03-20'), 'country', 'total')?.completed).toBe(2)
  expect(countsOf(await report('2016-03-19'), 'country', 'total')?.completed).toBe('unknown')

  await updateRound(deps, { code: '2016A', change: { ends_on: null } })
  expect(countsOf(await report(), 'country', 'total')?.completed).toBe('unknown')
  expect((await report()).sentences).toContain(
    'Who completes the round is unknown: it has no last day. Give it one in its timetable.',
  )
})

test('who stood together until the last day completed: ended on it counts, a moment before does not, nor never introduced', async () => {
  const { deps, apply, pair, report, list } = await openRound()
  const people = await apply(Array.from({ length: 6 }, () => ({ state: 'confirmed' })))
  const [early, last] = [await pair(people.slice(0, 2)), await pair(people.slice(2, 4))]
  await pair(people.slice(4), false)
  deps.clock.set('2016-03-19T23:59:59.999Z')
  await end(deps, early)
  deps.clock.advance(1)
  await end(deps, last)
  deps.clock.set('2016-04-01T00:00:00Z')
  expect(countsOf(await report(), 'country', 'total')).toMatchObject({ matched: 6, completed: 2 })
  const { items } = await list('country', 'BR', 'completed')
  expect(items.map(({ person_id }) => person_id)).toEqual(people.slice(2, 4))
})

test('an answer counts from the moment we had it, whatever the clock of the sender says', async () => {
  const { deps, apply, pair, report } = await openRound()
  const people = (await apply([{ state: 'confirmed' }, { state: 'confirmed' }])) as [number, number]
  const partnership_id = await pair(people)
  deps.clock.set('2016-03-10T12:00:00Z')
  await answer(deps, { partnership_id, person_id: people[0], said_at: new Date('2031-01-01T00:00:00Z') })
  await answer(deps, { partnership_id, person_id: people[1], said_at: new Date('1999-01-01T00:00:00Z') })
  expect(countsOf(await report(), 'funnel', 'in_touch')?.people).toBe(2)
  expect(countsOf(await report('2016-03-10'), 'funnel', 'in_touch')?.people).toBe(2)
  expect(countsOf(await report('2016-03-09'), 'funnel', 'in_touch')?.people).toBe('unknown')
})

test('a later answer does not take back that they were in touch, and who is no member says nothing', async () => {
  const { deps, apply, pair, report } = await openRound()
  const [ana, ben, cho] = (await apply([{ state: 'confirmed' }, { state: 'confirmed' }, {}])) as [
    number,
    number,
    number,
  ]
  const partnership_id = await pair([ana, ben])
  await answer(deps, { partnership_id, person_id: cho })
  expect(countsOf(await report(), 'funnel', 'in_touch')?.people).toBe(0)
  await answer(deps, { partnership_id, person_id: ana })
  await answer(deps, { partnership_id, person_id: ana, answer: 'wants_new_partner' })
  expect(countsOf(await report(), 'funnel', 'in_touch')?.people).toBe(2)
})

test('beyond the forty sectors with the most applicants the others stand together, with their people', async () => {
  const { apply, report, list } = await openRound()
  await apply(Array.from({ length: 43 }, (_, at) => ({ sector: `Sector ${String(at).padStart(2, '0')}` })))
  await apply([{ sector: 'Sector 42' }, { sector: null }, { sector: ' \t' }, { sector: 'total' }, { sector: 'total' }])
  const { rows } = sectionOf(await report(), 'sector')
  expect(rows).toHaveLength(42)
  expect(rows.slice(-2).map(({ key, name, counts }) => [key, name, counts.applicants])).toEqual([
    ['other', 'Other sectors', 4],
    ['not_said', 'Not said', 2],
  ])
  expect(rows.find(({ key }) => key === '~total')).toMatchObject({ name: 'total', counts: { applicants: 2 } })
  expect((await list('sector', 'other', 'applicants')).items).toHaveLength(4)
  expect((await list('sector', '~total', 'applicants')).items).toHaveLength(2)
  expect((await list('sector', 'total', 'applicants')).items).toHaveLength(48)
})

test('erased people are counted as before, and listed without their names', async () => {
  const { deps, apply, report, list } = await openRound()
  const [ana, ben] = (await apply([
    { country: 'KE', state: 'confirmed' },
    { country: 'KE', state: 'confirmed' },
  ])) as [number, number]
  const before = await report()
  await erase(deps, ana)
  expect(JSON.stringify(await report())).toBe(JSON.stringify(before))
  expect(await list('country', 'KE', 'participants')).toEqual({
    items: [
      { person_id: ana, given_name: 'Erased person', family_name: '', country_code: 'KE' },
      // two people are shown to those who may see people: nothing is hidden here
      { person_id: ben, given_name: 'Ana', family_name: 'Souza', country_code: 'KE' },
    ],
    next: null,
  })
})

test('pages of people follow one another, and what the report does not have is refused by name', async () => {
  const { deps, apply, list } = await openRound()
  const ids = await apply(Array.from({ length: 5 }, () => ({})))
  const wanted = { kind: 'round', code: '2016A', section: 'funnel', row: 'applicants', column: 'people' } as const
  const first = await listReportPeople(deps, { ...wanted, limit: 3 })
  expect(first.items.map(({ person_id }) => person_id)).toEqual(ids.slice(0, 3))
  const last = await listReportPeople(deps, { ...wanted, limit: 3, after: first.next as number })
  expect(last).toMatchObject({ items: [{ person_id: ids[3] }, { person_id: ids[4] }], next: null })
  expect((await list('states', 'applied', 'people')).items).toHaveLength(5)
  expect((await list('states', 'total', 'base')).items).toHaveLength(5)
  expect((await list('country', 'NowhereLand', 'applicants')).items).toEqual([])
  for (const [field, ...figure] of [
    ['section', 'nothing', 'applicants', 'people'],
    ['row', 'funnel', 'constructor', 'people'],
    ['column', 'funnel', 'applicants', 'constructor'],
    ['row', 'states', 'toString', 'people'],
    ['column', 'country', 'BR', "'; drop table people"],
  ] as const)
    await expect(list(...(figure as [string, string, string]))).rejects.toMatchObject({ faults: [{ field }] })
  await expect(listReportPeople(deps, { ...wanted, code: 'none' })).rejects.toBeInstanceOf(NotFound)
  await expect(listReportPeople(deps, { ...wanted, kind: 'association' })).rejects.toBeInstanceOf(NotFound)
})
