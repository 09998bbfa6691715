import { expect, test } from 'vitest'
import {
  decideAboutPair,
  liftMatchingDecision,
  listMatchingDecisions,
  saveMatchingSettings,
  startMatchingRun,
} from '../../../../src/features/matching/index.ts'
import { openMatching } from '../round.ts'

const code = '2016A'
const PEOPLE = [
  { given: 'Ana', family: 'Souza', country: 'BR' },
  { given: 'Ben', family: 'Lee', country: 'AU' },
  { given: 'Carla', family: 'Diaz', country: 'MX' },
  { given: 'Davi', family: 'Melo', country: 'BR' },
  { given: 'Eero', family: 'Laine', country: 'FI', state: 'applied' },
]

async function openDecisions() {
  const opened = await openMatching(PEOPLE)
  const [ana, ben, carla, davi, eero] = opened.ids as [number, number, number, number, number]
  const decide = (kind: 'lock' | 'ban', one: number, other: number, note = '') =>
    decideAboutPair(opened.deps, { code, kind, person_ids: [one, other], note, by: 'staff 1' })
  return { ...opened, decide, ana, ben, carla, davi, eero }
}

test('a decision about two people stands with its note until it is lifted; made or lifted twice it is once', async () => {
  const { deps, decide, ana, ben } = await openDecisions()
  const lock = await decide('lock', ben, ana, 'they know each other’s work')
  expect(lock).toMatchObject({
    kind: 'lock',
    people: [
      { person_id: ana, given_name: 'Ana' },
      { person_id: ben, given_name: 'Ben' },
    ],
    note: 'they know each other’s work',
    decided_by: 'staff 1',
    lifted_at: null,
  })
  expect(await decide('lock', ana, ben)).toEqual(lock)
  expect(await listMatchingDecisions(deps, { code })).toEqual([lock])
  const lifted = await liftMatchingDecision(deps, { id: lock.id, by: 'staff 2' })
  expect(lifted.lifted_at).toBeInstanceOf(Date)
  expect(await liftMatchingDecision(deps, { id: lock.id, by: 'staff 3' })).toEqual(lifted)
  expect(await listMatchingDecisions(deps, { code })).toEqual([])
  await expect(liftMatchingDecision(deps, { id: 999, by: 'staff 1' })).rejects.toMatchObject({ code: 'not_found' })
})

test('who is kept together cannot be parted, nor the other way round, and both are named', async () => {
  const { decide, ana, ben, carla } = await openDecisions()
  await decide('lock', ana, ben)
  await expect(decide('ban', ana, ben)).rejects.toMatchObject({
    code: 'contradiction',
    message: expect.stringMatching(/Ana Souza and Ben Lee/),
  })
  await decide('ban', ana, carla)
  await expect(decide('lock', carla, ana)).rejects.toMatchObject({
    code: 'contradiction',
    message: expect.stringMatching(/Ana Souza and Carla Diaz/),
  })
})

test('nobody is kept together with two people in pairs, nor with whom a hard rule forbids', async () => {
  const { decide, ana, ben, carla, davi } = await openDecisions()
  await decide('lock', ana, ben)
  await expect(decide('lock', ana, carla)).rejects.toMatchObject({
    code: 'contradiction',
    message: expect.stringMatching(/Ana Souza.*(Ben Lee|Carla Diaz)/),
  })
  await expect(decide('lock', ana, davi)).rejects.toMatchObject({
    code: 'contradiction',
    message: expect.stringMatching(/Davi Melo|Ana Souza/),
  })
})

test('two who decide about the same pair at the same time make one decision', async () => {
  const { deps, decide, ana, ben } = await openDecisions()
  const [one, other] = await Promise.all([decide('ban', ana, ben), decide('ban', ben, ana)])
  expect(one).toEqual(other)
  expect(await listMatchingDecisions(deps, { code })).toHaveLength(1)
})

test('the same person twice, or somebody of another round, is no pair', async () => {
  const { decide, ana } = await openDecisions()
  await expect(decide('lock', ana, ana)).rejects.toMatchObject({ faults: [{ field: 'person_ids' }] })
  await expect(decide('lock', ana, 999)).rejects.toMatchObject({
    faults: [{ field: 'person_ids', message: expect.stringContaining('999') }],
  })
})

test('a contradiction that comes later, by confirmation or by the settings, is said when a run begins', async () => {
  const { deps, decide, ana, ben, eero } = await openDecisions()
  await decide('lock', ana, ben)
  await decide('lock', ben, eero)
  await expect(startMatchingRun(deps, { code, by: 'staff 1' })).resolves.toBeDefined()
  await deps.db.updateTable('jobs').set({ state: 'cancelled' }).execute()
  await deps.db.updateTable('applications').set({ state: 'confirmed' }).where('person_id', '=', eero).execute()
  await expect(startMatchingRun(deps, { code, by: 'staff 1' })).rejects.toMatchObject({
    code: 'contradiction',
    message: expect.stringMatching(/Ben Lee/),
  })
  await saveMatchingSettings(deps, { code, change: { mode: 'groups', group_size: 3 }, version: 0, by: 'staff 1' })
  await expect(startMatchingRun(deps, { code, by: 'staff 1' })).resolves.toBeDefined()
})
