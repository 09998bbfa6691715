import { expect, test } from 'vitest'
import { recordAnswers } from '../../../src/features/confirmations/index.ts'
import { importApplications } from '../../../src/features/imports/index.ts'
import { listParticipants, suppressPerson } from '../../../src/features/people/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { csvOf } from '../../support/exports.ts'

async function openRound() {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  const forms = ['ana', 'ben', 'cho'].map((name) => ({ address: `${name}@library.example`, given: name }))
  await importApplications(deps, { code: '2016A', content: csvOf(forms) })
  const states = async () => (await listParticipants(deps, { code: '2016A' })).items.map(({ state }) => state)
  const [ana = 0, ben = 0, cho = 0] = (await listParticipants(deps, { code: '2016A' })).items.map(
    (row) => row.person_id,
  )
  return { deps, ana, ben, cho, states }
}

test('answers are recorded together, and said again they change nothing', async () => {
  const { deps, ana, ben, states } = await openRound()
  const answers = [
    { person_id: ana, answer: 'confirmed' },
    { person_id: ben, answer: 'declined' },
  ] as const
  expect(await recordAnswers(deps, { code: '2016A', answers })).toEqual({ changed: 2, unchanged: 0 })
  expect(await states()).toEqual(['confirmed', 'declined', 'applied'])
  expect(await recordAnswers(deps, { code: '2016A', answers })).toEqual({ changed: 0, unchanged: 2 })
  const taken = [{ person_id: ana, answer: 'applied' }] as const
  expect(await recordAnswers(deps, { code: '2016A', answers: taken })).toEqual({ changed: 1, unchanged: 0 })
  expect(await states()).toEqual(['applied', 'declined', 'applied'])
})

test('nobody is confirmed who is unknown, has left, or did not agree to the code of conduct, and then nobody else is', async () => {
  const { deps, ana, ben, cho, states } = await openRound()
  await suppressPerson(deps, { id: ben, scope: 'all', reason: 'removed', source: 'test' })
  await deps.db
    .updateTable('applications')
    .set({ code_of_conduct_agreed: false })
    .where('person_id', '=', cho)
    .execute()
  const answers = [ana, ben, cho, 999_999].map((person_id) => ({ person_id, answer: 'confirmed' as const }))
  await expect(recordAnswers(deps, { code: '2016A', answers })).rejects.toMatchObject({
    faults: [
      { field: 'answers.1', message: 'ben Carter has left the round.' },
      { field: 'answers.2', message: 'cho Carter did not agree to the code of conduct, and cannot be confirmed.' },
      { field: 'answers.3', message: 'Person 999999 has no application in this round.' },
    ],
  })
  expect(await states()).toEqual(['applied', 'removed', 'applied'])
  const twice = [
    { person_id: ana, answer: 'confirmed' as const },
    { person_id: ana, answer: 'declined' as const },
  ]
  await expect(recordAnswers(deps, { code: '2016A', answers: twice })).rejects.toMatchObject({
    faults: [{ field: 'answers.0', message: 'ana Carter is there twice, with two answers.' }],
  })
})
