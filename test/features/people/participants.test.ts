import { expect, test } from 'vitest'
import { importApplications } from '../../../src/features/imports/index.ts'
import {
  browseParticipants,
  eachParticipant,
  listEverybody,
  listParticipantChoices,
  listParticipants,
  type ParticipantChoice,
  suppressPerson,
} from '../../../src/features/people/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { csvOf, type Form } from '../../support/exports.ts'

const FORMS: Form[] = [
  { address: 'ana.maria@library.example', given: 'Ana María', family: 'de Souza', country: 'Brazil' },
  { address: 'elodie@bib.example', given: 'Élodie', family: 'Anand', country: 'France', association: 'IRRT' },
  { address: 'x_1@library.example', given: 'Иван', family: 'Петров', country: 'Serbia' },
  { address: 'chen@library.example', given: '小明', family: '陈', country: 'China' },
]

async function openRound(forms = FORMS) {
  const deps = await openTestDeps()
  const round = await createRound(deps, { code: '2016A', name: 'Round' })
  await importApplications(deps, { code: '2016A', content: csvOf(forms) })
  const found = async (choice: ParticipantChoice) =>
    (await listParticipants(deps, { code: '2016A', ...choice })).items.map(({ given_name }) => given_name)
  return { deps, round, found }
}

test('people are found by the beginning of either name, of both, and of an address', async () => {
  const { found } = await openRound()
  expect(await found({ text: 'ana' })).toEqual(['Ana María', 'Élodie'])
  expect(await found({ text: ' ANA   maría de ' })).toEqual(['Ana María'])
  expect(await found({ text: 'de souza ana' })).toEqual(['Ana María'])
  expect(await found({ text: 'souza' })).toEqual([])
  expect(await found({ text: 'élodie' })).toEqual(['Élodie'])
  expect(await found({ text: 'иван пет' })).toEqual(['Иван'])
  expect(await found({ text: '陈 小' })).toEqual(['小明'])
  expect(await found({ text: 'CHEN@lib' })).toEqual(['小明'])
  expect(await found({ text: 'x_' })).toEqual(['Иван'])
  for (const text of ['%', '_', '\\', "'", 'x%']) expect(await found({ text }), text).toEqual([])
  expect(await found({ text: ' ' })).toHaveLength(4)
  expect(await found({ text: 'a\0na' })).toEqual(['Ana María', 'Élodie'])
})

test('a beginning that very many share finds the same people as a rare one', async () => {
  const many = Array.from({ length: 2100 }, (_, at) => ({ address: `reader${at}@library.example`, given: 'Reader' }))
  const { deps, found } = await openRound([...FORMS, ...many])
  expect(await found({ text: 'reader' })).toHaveLength(100)
  expect(await found({ text: 'reader2099' })).toEqual(['Reader'])
  expect(await browseParticipants(deps, { code: '2016A', text: 'reader' })).toMatchObject({
    counted: { count: 200, more: true },
    everybody: { count: 2104, more: false },
  })
  let read = 0
  for await (const page of eachParticipant(deps, { code: '2016A', text: 'reader' })) read += page.length
  expect(read).toBe(2100)
})

test('filters narrow one another, the count says the same, and choices are what occurs', async () => {
  const { deps, round, found } = await openRound()
  const [first, second] = (await listParticipants(deps, { code: '2016A' })).items.map(({ person_id }) => person_id)
  const { id } = await deps.db
    .insertInto('partnerships')
    .values({ round_id: round.id })
    .returning('id')
    .executeTakeFirstOrThrow()
  const members = [first, second].map((person_id) => ({ partnership_id: id, person_id: person_id as number }))
  await deps.db.insertInto('partnership_members').values(members).execute()

  const cases: [ParticipantChoice, string[]][] = [
    [{ matched: true }, ['Ana María', 'Élodie']],
    [{ matched: false }, ['Иван', '小明']],
    [{ matched: true, country: 'France' }, ['Élodie']],
    [{ pathway: 'IRRT' }, ['Élodie']],
    [{ sector: 'Public', pathway: 'direct', text: 'chen' }, ['小明']],
    [{ sector: 'Nowhere' }, []],
    [{ states: ['confirmed'] }, []],
    [{ country: 'BR', text: 'elodie' }, []],
  ]
  for (const [choice, names] of cases) {
    expect(await found(choice), JSON.stringify(choice)).toEqual(names)
    expect(await browseParticipants(deps, { code: '2016A', ...choice })).toMatchObject({
      counted: { count: names.length, more: false },
      everybody: { count: 4 },
    })
  }
  expect(await listParticipantChoices(deps, { round_id: round.id })).toMatchObject({
    countries: ['BR', 'CN', 'FR', 'RS'],
    pathways: ['IRRT', 'direct'],
    sectors: ['Public'],
  })
  await deps.db.updateTable('partnerships').set({ ended_at: new Date() }).execute()
  expect(await found({ matched: true })).toEqual([])
})

test('a sector as long as an answer may be is kept, listed by its beginning and found by it', async () => {
  const { deps, round, found } = await openRound()
  const sector = 'é'.repeat(5000)
  await deps.db.updateTable('applications').set({ sector }).execute()
  const { sectors } = await listParticipantChoices(deps, { round_id: round.id })
  expect(sectors).toEqual(['é'.repeat(200)])
  expect(await found({ sector: sectors[0] })).toHaveLength(4)
})

test('anybody is found over all rounds, with their latest application', async () => {
  const { deps } = await openRound()
  await createRound(deps, { code: '2016B', name: 'Next' })
  const later = csvOf([{ ...(FORMS[0] as Form), at: '7/1/2016 10:00:00' }])
  await importApplications(deps, { code: '2016B', content: later })
  const { items, next } = await listEverybody(deps, { limit: 2 })
  expect(items).toMatchObject([
    { given_name: 'Ana María', round_code: '2016B', state: 'applied', suppressed: [] },
    { given_name: 'Élodie', round_code: '2016A' },
  ])
  await suppressPerson(deps, { id: items[0]?.person_id as number, scope: 'all', reason: 'manual', source: 'test' })
  expect((await listEverybody(deps, { limit: 2, after: next as number })).next).toBeNull()
  const searched = await listEverybody(deps, { text: 'ana mar', limit: 50 })
  expect(searched).toMatchObject({ items: [{ given_name: 'Ana María', suppressed: ['all'] }], next: null })
  expect(await listEverybody(deps, { text: 'nobody', limit: 50 })).toEqual({ items: [], next: null })
})
