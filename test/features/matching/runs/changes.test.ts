import { expect, test } from 'vitest'
import {
  DEFAULT_HIERARCHY,
  getMatchingRun,
  lockPair,
  saveMatchingSettings,
} from '../../../../src/features/matching/index.ts'
import { openMemory } from '../../../../src/lib/remember.ts'
import { addApplicants, madeUp, openMatching } from '../round.ts'

async function openRun() {
  const opened = await openMatching(madeUp(6))
  const id = await opened.match()
  const look = async () => {
    const { data_changed, changes } = await getMatchingRun(opened.deps, { id })
    return { data_changed, changes }
  }
  return { ...opened, id, look, db: opened.deps.db }
}

const NOTHING = { data_changed: false, changes: [] }

test('a run whose people have changed says what, in words', async () => {
  const { deps, db, ids, look } = await openRun()
  expect(await look()).toEqual(NOTHING)
  await addApplicants(deps, madeUp(2))
  expect(await look()).toEqual({ data_changed: true, changes: ['2 people joined.'] })
  await db
    .updateTable('applications')
    .set({ state: 'withdrawn' })
    .where('person_id', '=', ids[0] as number)
    .execute()
  await db
    .updateTable('applications')
    .set({ sector: 'School' })
    .where('person_id', '=', ids[1] as number)
    .execute()
  expect((await look()).changes).toEqual([
    '2 people joined.',
    '1 person left.',
    'The answers of 1 person were changed, or who their partners were before.',
  ])
})

test('a name that is spelt right, a decision about a proposal and settings saved as they were change nothing', async () => {
  const { deps, db, ids, id, look } = await openRun()
  await db
    .updateTable('people')
    .set({ given_name: 'Anna' })
    .where('id', '=', ids[0] as number)
    .execute()
  const { id: proposal_id } = await db.selectFrom('proposals').select('id').limit(1).executeTakeFirstOrThrow()
  await lockPair(deps, { proposal_id, by: 'staff 1' })
  await saveMatchingSettings(deps, { code: '2016A', change: { policy: 'floor' }, version: 0, by: 'staff 1' })
  expect(await look()).toEqual(NOTHING)
  await db
    .updateTable('matching_runs')
    .set({ finished_at: new Date(), approved_at: new Date() })
    .where('id', '=', id)
    .execute()
  await addApplicants(deps, madeUp(1))
  // What is approved is a matter of its partnerships.
  expect(await look()).toEqual(NOTHING)
})

test('other settings are a change, and so is another policy', async () => {
  const { deps, look } = await openRun()
  const [first, ...others] = DEFAULT_HIERARCHY.criteria
  const hierarchy = { ...DEFAULT_HIERARCHY, criteria: [{ ...first, weight: 99 } as typeof first & object, ...others] }
  await saveMatchingSettings(deps, { code: '2016A', change: { hierarchy }, version: 0, by: 'staff 1' })
  expect(await look()).toEqual({ data_changed: true, changes: ['The matching settings were changed.'] })
})

test('whether data have changed is remembered for a moment, since every form is read for it', async () => {
  const { deps, id } = await openRun()
  let now = 0
  const memory = openMemory(() => now)
  expect(await getMatchingRun({ ...deps, memory }, { id })).toMatchObject(NOTHING)
  await addApplicants(deps, madeUp(1))
  expect(await getMatchingRun({ ...deps, memory }, { id })).toMatchObject(NOTHING)
  now = 60_000
  expect(await getMatchingRun({ ...deps, memory }, { id })).toMatchObject({ data_changed: true })
})
