import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { refreshReports, reportOnRound, reportOnRounds } from '../../../../src/features/reports/index.ts'
import { openTestDeps, type TestDeps } from '../../../support/deps.ts'
import { addRound } from './programme.ts'

const applicantsOf = async (deps: TestDeps) =>
  (await reportOnRound(deps, { code: '2016A' })).sections[0]?.rows[0]?.counts.people
const countChanges = async ({ db }: TestDeps) => (await db.selectFrom('report_changes').selectAll().execute()).length

test('what is kept is shown without counting, until something changes', async () => {
  const deps = await openTestDeps()
  const { apply } = await addRound(deps, '2016A')
  await apply([{}, {}])
  expect(await applicantsOf(deps)).toBe(2)
  await sql`update round_figures set figures = jsonb_set(figures, '{total,applicants}', '41')`.execute(deps.db)
  expect(await applicantsOf(deps)).toBe(41)
  await apply([{}])
  expect(await applicantsOf(deps)).toBe(3)
})

test('figures that were kept by another way of counting are not shown', async () => {
  const deps = await openTestDeps()
  const { apply } = await addRound(deps, '2016A')
  await apply([{}])
  await applicantsOf(deps)
  await sql`update round_figures set figures = '{"version": 0}'`.execute(deps.db)
  expect(await applicantsOf(deps)).toBe(1)
})

test('a change that is committed while figures are counted is not lost', async () => {
  const deps = await openTestDeps()
  const { apply, round_id } = await addRound(deps, '2016A')
  const [ana] = (await apply([{ country: 'KE' }, {}])) as [number]
  expect(await applicantsOf(deps)).toBe(2)
  // a writer that has not committed: its change and the mark it left are seen together, or neither
  let written = () => {}
  let commit = () => {}
  const isWritten = new Promise<void>((resolve) => (written = resolve))
  const mayCommit = new Promise<void>((resolve) => (commit = resolve))
  const writing = deps.db.transaction().execute(async (tx) => {
    await tx.deleteFrom('applications').where('person_id', '=', ana).execute()
    written()
    await mayCommit
  })
  await isWritten
  await sql`insert into report_changes (round_id) values (${round_id})`.execute(deps.db)
  expect(await applicantsOf(deps)).toBe(2)
  commit()
  await writing
  expect(await countChanges(deps)).toBe(1)
  expect(await applicantsOf(deps)).toBe(1)
  expect(await countChanges(deps)).toBe(0)
})

test('many who read and refresh while others write get figures, and in the end the right ones', async () => {
  const deps = await openTestDeps()
  const rounds = [await addRound(deps, '2015B', { starts_on: '2015-09-01' }), await addRound(deps, '2016A')]
  const people = (await rounds[0]?.apply(Array.from({ length: 8 }, () => ({})))) as number[]
  await rounds[1]?.apply(people.map((person_id) => ({ person_id, state: 'confirmed' })))
  await Promise.all([
    ...people.map((person_id) => rounds[0]?.move(person_id, 'confirmed')),
    ...Array.from({ length: 6 }, () => reportOnRounds(deps)),
    ...Array.from({ length: 4 }, () => refreshReports(deps)),
    ...Array.from({ length: 4 }, () => reportOnRound(deps, { code: '2016A' })),
  ])
  const rows = (await reportOnRounds(deps)).sections[0]?.rows
  expect(rows?.map(({ counts }) => [counts.participants, counts.returning])).toEqual([
    [8, 0],
    [8, 8],
  ])
})

test('the job counts what has changed, and forgets what is said of rounds that are gone', async () => {
  const deps = await openTestDeps()
  const { apply, round_id } = await addRound(deps, '2016A')
  await addRound(deps, '2016B')
  await apply([{}])
  await sql`insert into report_changes (round_id) values (4711)`.execute(deps.db)
  await refreshReports(deps)
  expect(await countChanges(deps)).toBe(0)
  const kept = await deps.db.selectFrom('round_figures').select('round_id').execute()
  expect(kept.map((row) => row.round_id)).toContain(round_id)
})
