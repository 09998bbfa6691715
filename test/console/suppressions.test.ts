import { expect, test } from 'vitest'
import { importApplications } from '../../src/features/imports/index.ts'
import { pausePerson, suppressAddress } from '../../src/features/people/index.ts'
import { createRound } from '../../src/features/rounds/index.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { csvOf } from '../support/exports.ts'

const PATH = '/console/settings/suppressions'

async function openList() {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  await importApplications(deps, { code: '2016A', content: csvOf([{ address: 'ana@library.example', given: 'Ana' }]) })
  const { person_id: id } = await deps.db.selectFrom('addresses').select('person_id').executeTakeFirstOrThrow()
  return { deps, id, console: await openConsole(deps) }
}

test('an empty list says who comes there', async () => {
  const { console } = await openList()
  expect((await console.get(PATH)).body).toContain('Nobody is suppressed')
  expect((await console.get(`${PATH}?q=x`)).body).toContain('No such address')
})

test('any address is added, twice without harm, and lifted, twice without harm', async () => {
  const { deps, console } = await openList()
  const add = (address: string, scope = 'all') => console.post(PATH, { address, scope })
  expect((await add(' Stranger@Elsewhere.example ')).headers.location).toBe(`${PATH}?notice=added`)
  expect((await add('stranger@elsewhere.example')).headers.location).toBe(`${PATH}?notice=there`)
  expect((await add('ana@library.example', 'campaigns')).headers.location).toBe(`${PATH}?notice=added-campaigns`)
  const { body } = await console.get(`${PATH}?notice=added`)
  expect(body).toContain('No mail goes to this address any more.')
  expect(body).toContain('stranger@elsewhere.example')
  expect(body).toMatch(/<a href="\/console\/participants\/\d+"><bdi>Ana Carter<\/bdi>/)
  expect(body).toContain(`<bdi>${console.staff.name}</bdi>`)
  const { id } = await deps.db
    .selectFrom('suppressions')
    .select('id')
    .where('address', 'like', 'stranger%')
    .executeTakeFirstOrThrow()
  expect((await console.post(`${PATH}/${id}/lift`)).headers.location).toBe(`${PATH}?notice=lifted`)
  expect((await console.post(`${PATH}/${id}/lift`)).headers.location).toBe(`${PATH}?notice=lifted-before`)
  expect((await console.get(PATH)).body).not.toContain('stranger@')
  expect((await console.post(`${PATH}/999/lift`)).statusCode).toBe(404)
})

test('a bad address is named and kept as it was typed', async () => {
  const { console } = await openList()
  const answer = await console.post(PATH, { address: '"><script>@x', scope: 'campaigns' })
  expect(answer.statusCode).toBe(422)
  expect(answer.body).toContain('value="&quot;&gt;&lt;script&gt;@x"')
  expect(answer.body).toContain('href="#address"')
  expect(answer.body).toContain('value="campaigns" checked')
})

test('the list is searched by the beginning of an address and comes fifty at a time', async () => {
  const { deps, console } = await openList()
  for (let at = 0; at < 51; at++)
    await suppressAddress(deps, { address: `r${at}@x.example`, scope: 'all', source: 'staff 1' })
  const first = (await console.get(`${PATH}?q=R`)).body
  expect(first.match(/scope="row"/g)).toHaveLength(50)
  const next = /href="([^"]*before[^"]*)" rel="next"/
    .exec(first)?.[1]
    ?.replaceAll('&amp;', '&')
    .replaceAll('&#x3D;', '=')
  const second = (await console.get(next as string)).body
  expect(second).toContain('<bdi>r0@x.example</bdi>')
  expect(second.match(/scope="row"/g)).toHaveLength(1)
  expect((await console.get(`${PATH}?q=r50@`)).body.match(/scope="row"/g)).toHaveLength(1)
})

test('the CSV is the list as it is searched, with the end of a pause, and is written down', async () => {
  const { deps, id, console } = await openList()
  await pausePerson(deps, { id, until: new Date('2016-05-01T00:00:00Z'), source: 'delivery 1' })
  await suppressAddress(deps, { address: '+me@x.example', scope: 'all', source: 'staff 1' })
  const { body, headers } = await console.get(`${PATH}.csv`)
  expect(headers['content-type']).toBe('text/csv; charset=utf-8')
  const [header, ...lines] = body.split('\r\n')
  expect(header).toBe('\ufeffaddress,scope,reason,source,since,until,person_id')
  expect(lines[0]).toMatch(/^'\+me@x\.example,all,manual,staff 1,20\d\d-.*Z,,$/)
  expect(lines[1]).toMatch(/^ana@library\.example,campaigns,paused,delivery 1,.*,2016-05-01T00:00:00\.000Z,\d+$/)
  expect((await console.get(`${PATH}.csv?q=ana`)).body.split('\r\n')).toHaveLength(3)
  const log = await deps.db.selectFrom('audit_log').select(['did', 'status']).execute()
  expect(log.filter(({ did }) => did === 'Export the suppression list')).toHaveLength(2)
})

test('who may only read has no form, and a viewer has no list', async () => {
  const { deps, console } = await openList()
  await suppressAddress(deps, { address: 'x@x.example', scope: 'all', source: 'staff 1' })
  const officer = await openConsole(deps, 'communications_officer', { app: console.app })
  const { body } = await officer.get(PATH)
  expect(body).toContain('x@x.example')
  expect(body).not.toContain('/lift')
  expect((await officer.post(PATH, { address: 'y@x.example', scope: 'all' })).statusCode).toBe(403)
  const viewer = await openConsole(deps, 'viewer', { app: console.app })
  expect((await viewer.get(PATH)).statusCode).toBe(403)
  expect((await viewer.get(`${PATH}.csv`)).statusCode).toBe(403)
})
