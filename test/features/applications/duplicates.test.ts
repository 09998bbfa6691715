import { expect, test } from 'vitest'
import {
  decideDuplicate,
  listDuplicates,
  listTriage,
  proposeDuplicates,
  sweepApplications,
} from '../../../src/features/applications/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addApplicant, addRound } from '../campaigns/round.ts'
import { openForm } from './form-app.ts'

const CODE = { code: '2016A' }
const STAFF = { id: null, name: 'token 1' }

async function openRound() {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  const add = (given_name: string, family_name: string, country_code: string, address: string, to = round) =>
    addApplicant(deps.db, to, { given_name, family_name, country_code, address, state: 'applied' })
  const found = async () => {
    await proposeDuplicates(deps, CODE)
    return (await listDuplicates(deps, CODE)).items.map(({ why, people }) => [people.map(({ name }) => name), why])
  }
  return { deps, round, add, found }
}

test('the same names from two addresses are proposed, however they are written; others are not', async () => {
  const { add, found } = await openRound()
  await add('José', 'García López', 'MX', 'jose@x.example')
  await add('JOSE', 'GARCIA-LOPEZ', 'MX', 'jose.garcia@y.example')
  await add('García López', 'José', 'AR', 'other@z.example')
  await add('José', 'García', 'MX', 'another@z.example')
  await add('浩軒', '郝', 'TW', 'a@tw.example')
  await add('أمينة', 'الشريف', 'EG', 'b@eg.example')
  await add('Ivan', 'Petrov', 'BG', 'ivan.petrov@x.example')
  await add('Ivan', 'Petroff', 'BG', 'ivan.petrov@y.example')
  await add('Ivan', 'Ivanov', 'BG', 'ivan@y.example')
  expect(await found()).toEqual([
    [['José García López', 'JOSE GARCIA-LOPEZ'], 'Same name and country, another address'],
    [['José García López', 'García López José'], 'Same name, another country and address'],
    [['JOSE GARCIA-LOPEZ', 'García López José'], 'Same name, another country and address'],
    [['Ivan Petrov', 'Ivan Petroff'], 'Same country, similar name and address'],
  ])
})

test('somebody of an earlier round is proposed too; two of earlier rounds alone are not', async () => {
  const { deps, add, found } = await openRound()
  const earlier = await addRound(deps.db, '2015B')
  await add('Ana', 'Souza', 'BR', 'ana@old.example', earlier)
  await add('Ana', 'Souza', 'BR', 'ana@new.example')
  await add('Ben', 'Old', 'KE', 'ben@a.example', earlier)
  await add('Ben', 'Old', 'KE', 'ben@b.example', earlier)
  expect(await found()).toEqual([[['Ana Souza', 'Ana Souza'], 'Same name and country, another address']])
  expect((await listDuplicates(deps, CODE)).items[0]?.people.map(({ application }) => application?.round)).toEqual([
    '2015B',
    '2016A',
  ])
})

test('what was decided stays decided, and a second look proposes nothing again', async () => {
  const { deps, add } = await openRound()
  await add('Ana', 'Souza', 'BR', 'ana@a.example')
  await add('Ana', 'Souza', 'BR', 'ana@b.example')
  expect(await proposeDuplicates(deps, CODE)).toEqual({ proposed: 1 })
  const [pair] = (await listDuplicates(deps, { ...CODE, state: 'open' })).items
  const id = pair?.id as number
  const { proposal, done } = await decideDuplicate(deps, { id, decision: 'different', by: STAFF })
  expect([proposal.state, done]).toEqual(['different', []])
  expect(await proposeDuplicates(deps, CODE)).toEqual({ proposed: 0 })
  expect((await listDuplicates(deps, { ...CODE, state: 'open' })).items).toEqual([])
  expect((await listTriage(deps, CODE)).items.map(({ state, open_duplicates }) => [state, open_duplicates])).toEqual([
    ['applied', 0],
    ['applied', 0],
  ])
  await expect(decideDuplicate(deps, { id: 999, decision: 'same', by: STAFF })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('one person who applied twice: the earlier application is withdrawn, the later stands, nobody is merged', async () => {
  const { deps, add } = await openRound()
  const first = await add('Ana', 'Souza', 'BR', 'ana@a.example')
  const second = await add('Ana', 'Souza', 'BR', 'ana@b.example')
  await proposeDuplicates(deps, CODE)
  const { id } = (await listDuplicates(deps, CODE)).items[0] as { id: number }
  const { done } = await decideDuplicate(deps, { id, decision: 'same', by: STAFF })
  expect(done).toEqual(['The earlier application of Ana Souza to 2016A was withdrawn; the later one stands.'])
  const { items } = await listTriage(deps, CODE)
  expect(items.map(({ person_id, state }) => [person_id, state])).toEqual([
    [first, 'withdrawn'],
    [second, 'applied'],
  ])
  expect(await deps.db.selectFrom('people').select('id').execute()).toHaveLength(2)
  expect(await deps.db.selectFrom('confirmation_answers').select(['answer', 'recorded_by']).execute()).toEqual([
    { answer: 'withdrawn', recorded_by: 'token 1' },
  ])
})

test('an answer that somebody gave is not taken away by it, and staff are told to decide by hand', async () => {
  const { deps, add } = await openRound()
  const first = await add('Ana', 'Souza', 'BR', 'ana@a.example')
  await add('Ana', 'Souza', 'BR', 'ana@b.example')
  await deps.db.updateTable('applications').set({ state: 'confirmed' }).where('person_id', '=', first).execute()
  await proposeDuplicates(deps, CODE)
  const { id } = (await listDuplicates(deps, CODE)).items[0] as { id: number }
  const { done } = await decideDuplicate(deps, { id, decision: 'same', by: STAFF })
  expect(done).toEqual([expect.stringMatching(/^Nothing was changed in 2016A/)])
  expect((await listTriage(deps, CODE)).items.map(({ state }) => state)).toEqual(['confirmed', 'applied'])
})

test('who applies by the form twice from two addresses is proposed by the next sweep', async () => {
  const { deps, send, verify } = await openForm()
  for (const email of ['amina@a.example', 'amina@b.example']) {
    await send({ email })
    await verify(email)
  }
  await sweepApplications(deps)
  expect((await listDuplicates(deps, CODE)).items).toHaveLength(1)
})
