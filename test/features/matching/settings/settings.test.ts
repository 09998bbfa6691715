import { expect, test } from 'vitest'
import {
  DEFAULT_HIERARCHY,
  getMatchingSettings,
  type Hierarchy,
  measurePool,
  measureSettingsEffect,
  saveMatchingSettings,
} from '../../../../src/features/matching/index.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { type Applicant, addApplicants, madeUp } from '../round.ts'

const code = '2016A'

async function openRound(people: Applicant[] = madeUp(8)) {
  const deps = await openTestDeps()
  return { deps, ids: await addApplicants(deps, people) }
}

const weighing = (key: string, weight: number): Hierarchy => ({
  ...DEFAULT_HIERARCHY,
  criteria: DEFAULT_HIERARCHY.criteria.map((one) => (one.key === key ? { ...one, weight } : one)),
})

test('a round that nobody has set has the programme’s own settings, and keeps what is saved', async () => {
  const { deps } = await openRound()
  expect(await getMatchingSettings(deps, { code })).toMatchObject({
    version: 0,
    policy: 'floor',
    mode: 'pairs',
    odd_one: 'trio',
    hierarchy: DEFAULT_HIERARCHY,
  })
  const saved = await saveMatchingSettings(deps, { code, change: { policy: 'total' }, version: 0, by: 'staff 1' })
  expect(saved).toMatchObject({ version: 1, policy: 'total', odd_one: 'trio', updated_by: 'staff 1' })
  const change = { hierarchy: weighing('sector', 40) }
  expect(await saveMatchingSettings(deps, { code, change, version: 1, by: 'staff 2' })).toMatchObject({
    version: 2,
    policy: 'total',
    hierarchy: change.hierarchy,
  })
  await expect(getMatchingSettings(deps, { code: '1999Z' })).rejects.toMatchObject({ code: 'not_found' })
})

test('of two who save from the same version the second is told, and writes nothing', async () => {
  const { deps } = await openRound()
  for (const version of [0, 1]) {
    const save = (policy: 'total' | 'balanced') =>
      saveMatchingSettings(deps, { code, change: { policy }, version, by: policy })
    const both = await Promise.allSettled([save('total'), save('balanced')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const [refused] = both.filter((one) => one.status === 'rejected')
    expect(refused?.reason).toMatchObject({ code: 'settings_changed' })
    const [kept] = both.filter((one) => one.status === 'fulfilled')
    expect(await getMatchingSettings(deps, { code })).toMatchObject({
      policy: kept?.value.policy,
      version: version + 1,
    })
  }
})

test('weights that are all zero, an answer that no form has and a group of two are refused in words, by field', async () => {
  const { deps } = await openRound()
  const save = (hierarchy: Hierarchy) =>
    saveMatchingSettings(deps, { code, change: { hierarchy }, version: 0, by: 'staff 1' })
  const zero = { ...DEFAULT_HIERARCHY, criteria: DEFAULT_HIERARCHY.criteria.map((one) => ({ ...one, weight: 0 })) }
  await expect(save(zero)).rejects.toMatchObject({
    faults: [{ field: 'criteria', message: expect.stringMatching(/weight is 0/) }],
  })
  const [first] = DEFAULT_HIERARCHY.criteria
  const unknown = { ...first, answer: 'favourite_colour' } as Hierarchy['criteria'][number]
  await expect(save({ ...DEFAULT_HIERARCHY, criteria: [unknown] })).rejects.toMatchObject({
    faults: [{ field: 'criteria.0.answer', message: expect.stringContaining('"favourite_colour"') }],
  })
  await expect(
    saveMatchingSettings(deps, { code, change: { mode: 'groups', group_size: 2 }, version: 0, by: 'staff 1' }),
  ).rejects.toMatchObject({ faults: [{ field: 'group_size' }] })
  expect(await getMatchingSettings(deps, { code })).toMatchObject({ version: 0 })
})

test('a criterion may be about any answer that a form of the round has', async () => {
  const { deps } = await openRound([{ answers: { favourite_colour: 'red' } }, { country: 'FI' }])
  const [first] = DEFAULT_HIERARCHY.criteria
  const hierarchy = { ...DEFAULT_HIERARCHY, criteria: [{ ...first, answer: 'favourite_colour' }] } as Hierarchy
  await expect(
    saveMatchingSettings(deps, { code, change: { hierarchy }, version: 0, by: 'staff 1' }),
  ).resolves.toMatchObject({ version: 1 })
})

test('the effect of a change: pairs allowed, mean, and who has the fewest possible partners, before and after', async () => {
  const { deps, ids } = await openRound([
    ...madeUp(3, { country: 'BR' }),
    { given: 'Mikko', country: 'FI' },
    { given: 'Sari', country: 'FI' },
  ])
  const open: Hierarchy = { ...weighing('sector', 0), rules: { ...DEFAULT_HIERARCHY.rules, other: 'none' } }
  const effect = await measureSettingsEffect(deps, { code, hierarchy: open })
  expect(effect).toMatchObject({
    people: 5,
    before: { pairs: 10, allowed: 6 },
    after: { allowed: 10, without_partners: 0 },
  })
  expect(effect.before.mean).not.toBe(effect.after.mean)
  const same = await measureSettingsEffect(deps, { code, hierarchy: DEFAULT_HIERARCHY })
  expect(same.after).toEqual(same.before)
  expect(same.fewest.slice(0, 2)).toMatchObject([
    { person_id: ids[0], partners: 2, before: 2, given_name: 'Person0' },
    { person_id: ids[1], partners: 2 },
  ])
  expect(await getMatchingSettings(deps, { code })).toMatchObject({ version: 0 })
})

test('only confirmed people who agreed to the code of conduct, with an address and never removed, are matched', async () => {
  const { deps, ids } = await openRound([
    ...madeUp(3),
    { state: 'applied' },
    { state: 'declined' },
    { conduct: false },
    { address: '' },
    { state: 'removed' },
    { address: 'gone@library.example' },
  ])
  await deps.db
    .insertInto('suppressions')
    .values({ address: 'gone@library.example', scope: 'all', reason: 'removed', source: 'test' })
    .execute()
  expect(ids).toHaveLength(9)
  expect(await measurePool(deps, { code })).toEqual({
    people: 3,
    countries: 3,
    left_out: [
      { reason: 'removed', people: 2, words: expect.any(String) },
      { reason: 'not_confirmed', people: 2, words: 'not confirmed' },
      { reason: 'no_conduct', people: 1, words: expect.stringContaining('code of conduct') },
      { reason: 'no_address', people: 1, words: expect.any(String) },
    ],
  })
})
