import { expect, test } from 'vitest'
import { importApplications } from '../../../src/features/imports/index.ts'
import {
  endPause,
  getPerson,
  liftEndedPauses,
  liftPersonSuppressions,
  liftSuppression,
  listPersonSuppressions,
  listSuppressions,
  pausePerson,
  suppressAddress,
  suppressPerson,
} from '../../../src/features/people/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { csvOf } from '../../support/exports.ts'

const DAY = 86_400_000

/** One person with two addresses. */
async function openPerson() {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  await importApplications(deps, { code: '2016A', content: csvOf([{ address: 'ana@library.example', given: 'Ana' }]) })
  const { person_id: id } = await deps.db.selectFrom('addresses').select('person_id').executeTakeFirstOrThrow()
  await deps.db
    .insertInto('addresses')
    .values({ person_id: id, address: 'ana@home.example', is_primary: false })
    .execute()
  const inDays = (days: number) => new Date(deps.clock.now().getTime() + days * DAY)
  const stands = async () =>
    (await listSuppressions(deps, {})).items.map(({ address, reason }) => `${address} ${reason}`).sort()
  return { deps, id, inDays, stands }
}

test('a pause stops campaigns at every address, moves when it is asked for again, and ends by itself', async () => {
  const { deps, id, inDays } = await openPerson()
  await pausePerson(deps, { id, until: inDays(30), source: 'delivery 1' })
  const moved = await pausePerson(deps, { id, until: inDays(10), source: 'delivery 2' })
  expect(moved.suppressions).toMatchObject(
    ['ana@library.example', 'ana@home.example'].map((address) => ({
      address,
      scope: 'campaigns',
      reason: 'paused',
      source: 'delivery 2',
      ends_at: inDays(10),
    })),
  )
  await suppressPerson(deps, { id, scope: 'all', reason: 'manual', source: 'staff 1' })
  deps.clock.advance(10 * DAY - 1)
  expect(await liftEndedPauses(deps)).toBe(0)
  deps.clock.advance(1)
  expect(await liftEndedPauses(deps)).toBe(2)
  expect(await liftEndedPauses(deps)).toBe(0)
  expect((await getPerson(deps, { id })).suppressions.map(({ reason }) => reason)).toEqual(['manual', 'manual'])
})

test('a pause ends before its time when its person says so, and nothing else is lifted', async () => {
  const { deps, id, inDays, stands } = await openPerson()
  await pausePerson(deps, { id, until: inDays(30), source: 'delivery 1' })
  await suppressPerson(deps, { id, scope: 'campaigns', reason: 'manual', source: 'staff 1' })
  await endPause(deps, { id })
  expect(await stands()).toEqual(['ana@home.example manual', 'ana@library.example manual'])
  await endPause(deps, { id })
  // A pause that was lifted is not the one that is asked for later.
  await pausePerson(deps, { id, until: inDays(5), source: 'delivery 3' })
  expect((await listPersonSuppressions(deps, { id })).filter(({ reason }) => reason === 'paused').length).toBe(4)
})

test('a pause must end, and within a year', async () => {
  const { deps, id, inDays } = await openPerson()
  const pause = (until: Date) => pausePerson(deps, { id, until, source: 'x' })
  for (const until of [inDays(0), inDays(-1), inDays(367), new Date(Number.NaN)]) {
    await expect(pause(until)).rejects.toMatchObject({ faults: [{ field: 'until' }] })
  }
  await expect(pausePerson(deps, { id: 999, until: inDays(1), source: 'x' })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('any address can be suppressed: one unknown to us alone, one of a person with all of theirs', async () => {
  const { deps, id, stands } = await openPerson()
  const stop = (address: string) => suppressAddress(deps, { address, scope: 'all', source: 'staff 1' })
  expect(await stop(' Stranger@Elsewhere.EXAMPLE ')).toEqual({
    address: 'stranger@elsewhere.example',
    person_id: undefined,
    is_new: true,
  })
  expect(await stop('stranger@elsewhere.example')).toMatchObject({ is_new: false })
  expect(await stop('ana@home.example')).toMatchObject({ person_id: id, is_new: true })
  expect(await stands()).toEqual([
    'ana@home.example manual',
    'ana@library.example manual',
    'stranger@elsewhere.example manual',
  ])
  for (const address of ['', 'a@b@c.org', 'a@b\u0000.org', 'x'.repeat(300)]) {
    await expect(stop(address)).rejects.toMatchObject({ faults: [{ field: 'address' }] })
  }
})

test('a person suppressed for one reason is lifted for that reason alone', async () => {
  const { deps, id, stands } = await openPerson()
  await suppressPerson(deps, { id, scope: 'all', reason: 'manual', source: 'staff 1' })
  await deps.db
    .insertInto('suppressions')
    .values({ address: 'ana@library.example', scope: 'all', reason: 'complaint', source: 'fbl' })
    .execute()
  await liftPersonSuppressions(deps, { id, only: { scope: 'all', reason: 'manual' } })
  expect(await stands()).toEqual(['ana@library.example complaint'])
  expect(await listPersonSuppressions(deps, { id })).toMatchObject([
    { reason: 'complaint', lifted_at: null },
    { reason: 'manual', lifted_at: expect.any(Date) },
    { reason: 'manual', lifted_at: expect.any(Date) },
  ])
})

test('lifting one row of the list lifts it for its person, once; an old page lifts nothing newer', async () => {
  const { deps, id, stands } = await openPerson()
  await suppressPerson(deps, { id, scope: 'all', reason: 'manual', source: 'staff 1' })
  const [first] = (await listSuppressions(deps, {})).items
  const old = first?.id as number
  expect(await liftSuppression(deps, { id: old })).toMatchObject({ lifted: true })
  expect(await stands()).toEqual([])
  await suppressPerson(deps, { id, scope: 'all', reason: 'manual', source: 'staff 2' })
  expect(await liftSuppression(deps, { id: old })).toMatchObject({ lifted: false })
  expect((await stands()).length).toBe(2)
  await expect(liftSuppression(deps, { id: 999 })).rejects.toMatchObject({ code: 'not_found' })
})

test('the list is found by the beginning of an address, and comes in pages', async () => {
  const { deps } = await openPerson()
  for (const address of ['a_b@x.example', 'aab@x.example', 'b@x.example', 'c%d@x.example']) {
    await suppressAddress(deps, { address, scope: 'all', source: 'staff 1' })
  }
  const found = async (beginning: string) =>
    (await listSuppressions(deps, { beginning })).items.map(({ address }) => address)
  expect(await found('A_')).toEqual(['a_b@x.example'])
  expect(await found('%')).toEqual([])
  expect(await found(' ')).toHaveLength(4)
  const page = await listSuppressions(deps, { limit: 3 })
  expect(page.items.map(({ address }) => address)).toEqual(['c%d@x.example', 'b@x.example', 'aab@x.example'])
  const rest = await listSuppressions(deps, { limit: 3, before: page.next as number })
  expect(rest).toMatchObject({ items: [{ address: 'a_b@x.example' }], next: null })
})
