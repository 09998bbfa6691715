import { expect, test } from 'vitest'
import { importApplications } from '../../src/features/imports/index.ts'
import { suppressPerson } from '../../src/features/people/index.ts'
import { createRound } from '../../src/features/rounds/index.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { csvOf, type Form } from '../support/exports.ts'

const FORMS: Form[] = [
  { address: 'ana@library.example', given: 'Ana', family: 'Souza', country: 'Brazil' },
  { address: 'layla@library.example', given: 'ليلى', family: 'حداد', country: 'Jordan' },
  { address: 'cy@library.example', given: 'Cy', family: "O'Neil", country: 'Chile' },
]

async function openRound(forms = FORMS) {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  if (forms.length > 0) await importApplications(deps, { code: '2016A', content: csvOf(forms) })
  const rows = await deps.db.selectFrom('addresses').select('person_id').orderBy('person_id').execute()
  return { deps, ids: rows.map(({ person_id }) => person_id) }
}

const many = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ address: `reader${at}@library.example`, given: `Reader${at}` }))

test('participants are shown with country, state and what stops mail; names in any script stand alone', async () => {
  const { deps, ids } = await openRound()
  await suppressPerson(deps, { id: ids[2] as number, scope: 'all', reason: 'manual', source: 'staff 1' })
  const { get } = await openConsole(deps)
  const { statusCode, body } = await get('/console/participants')
  expect(statusCode).toBe(200)
  expect(body).toContain('3 people in round 2016A')
  expect(body).toContain('<bdi>ليلى حداد</bdi>')
  expect(body).toContain('Jordan')
  expect(body).toContain('<bdi>Cy O&#x27;Neil</bdi>')
  expect(body.match(/badge bad">suppressed/g)).toHaveLength(1)
  expect(body).toContain('href="/console/rounds/2016A/import"')
})

test('filters are kept, counted with their base, and nothing found offers everybody', async () => {
  const { deps } = await openRound()
  const { get } = await openConsole(deps)
  const found = await get('/console/participants?country=CL&state=applied&q=&sector=&pathway=&matched=')
  expect(found.body).toContain('1 of 3 people in round 2016A')
  expect(found.body).toContain('<option value="CL" selected>Chile</option>')
  expect(found.body).toContain('href="/console/participants.csv?state&#x3D;applied&amp;country&#x3D;CL"')
  const none = await get('/console/participants?q=zz%00&sector=Nowhere')
  expect(none.body).toContain('0 of 3 people')
  expect(none.body).toContain('Nobody matches')
  expect((await get('/console/participants?state=happy')).statusCode).toBe(422)
  expect((await get('/console/participants?country=Atlantis')).statusCode).toBe(422)
  expect((await get('/console/participants?matched=%3Cb%3E')).statusCode).toBe(422)
})

test('pages of fifty lead on and back to the first', async () => {
  const { deps } = await openRound(many(51))
  const { get } = await openConsole(deps)
  const first = (await get('/console/participants?country=AU')).body
  expect(first.match(/scope="row"/g)).toHaveLength(50)
  const next = /href="([^"]*after[^"]*)" rel="next"/
    .exec(first)?.[1]
    ?.replaceAll('&amp;', '&')
    .replaceAll('&#x3D;', '=')
  const second = (await get(next as string)).body
  expect(second).toContain('Reader50')
  expect(second.match(/scope="row"/g)).toHaveLength(1)
  expect(second).toContain('Back to the first')
  expect(second).not.toContain('rel="next"')
})

test('without a round or without people the page says what belongs there', async () => {
  const none = await openTestDeps()
  expect((await (await openConsole(none)).get('/console/participants')).body).toContain('There is no round yet')
  expect((await (await openConsole(none)).get('/console/participants.csv')).statusCode).toBe(404)
  const { deps } = await openRound([])
  const director = await openConsole(deps)
  expect((await director.get('/console/participants')).body).toContain('Nobody has applied yet')
  const officer = await openConsole(deps, 'communications_officer', { app: director.app })
  expect((await officer.get('/console/participants')).body).not.toContain('/import"')
})

test('a viewer sees no people, in no form', async () => {
  const { deps, ids } = await openRound()
  const { get } = await openConsole(deps, 'viewer')
  for (const url of ['', '?everywhere=1', '.csv', `/${ids[0]}`]) {
    expect((await get(`/console/participants${url}`)).statusCode, url).toBe(403)
  }
})

test('the CSV has exactly the filtered people, safe for a spreadsheet, and is written down', async () => {
  const { deps, ids } = await openRound(many(1003))
  await deps.db
    .updateTable('people')
    .set({ family_name: '=HYPERLINK("http://x.example")' })
    .where('id', '=', ids[0] as number)
    .execute()
  await deps.db
    .updateTable('applications')
    .set({ state: 'confirmed' })
    .where('person_id', '>', ids[2] as number)
    .execute()
  const { get, staff } = await openConsole(deps)
  const all = await get('/console/participants.csv')
  expect(all.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(all.headers['content-disposition']).toBe('attachment; filename="participants-2016A.csv"')
  const lines = all.body.split('\r\n')
  expect(lines[0]).toMatch(/^\ufeffperson_id,given_name,family_name,address,/)
  expect(lines).toHaveLength(1003 + 2)
  expect(lines[1]).toContain(`Reader0,"'=HYPERLINK(""http://x.example"")",reader0@library.example`)
  expect(lines[1]).toContain(',2016-01-20T10:00:00.000Z,')
  const some = await get('/console/participants.csv?state=applied')
  expect(some.body.split('\r\n').slice(1, -1)).toHaveLength(3)
  const log = await deps.db.selectFrom('audit_log').selectAll().orderBy('id').execute()
  expect(log.filter(({ did }) => did === 'Export participants')).toMatchObject([
    { actor: `staff ${staff.id}`, status: 200 },
    { actor: `staff ${staff.id}`, status: 200 },
  ])
})

test('anybody is found over all rounds', async () => {
  const { deps } = await openRound()
  await createRound(deps, { code: '2016B', name: 'Next', starts_on: '2016-03-01', ends_on: '2016-06-30' })
  const { get } = await openConsole(deps)
  expect((await get('/console/participants')).body).toContain('Nobody has applied yet')
  const found = (await get('/console/participants?everywhere=1&q=ana+s')).body
  expect(found).toContain('<bdi>Ana Souza</bdi>')
  expect(found).not.toContain('Cy')
  expect(found).toContain('2016A')
  expect((await get('/console/participants?everywhere=1&q=zz')).body).toContain('Nobody found')
})
