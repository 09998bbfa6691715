import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createApiToken, findCaller, listApiTokens, listMembers } from '../../src/features/staff/index.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'

const PEOPLE = '/console/settings/people'
const TOKENS = '/console/settings/tokens'
const ZOE = { name: 'Zoë & Co', address: 'Zoe@ILN.example', role: 'viewer', time_zone: 'Europe/Stockholm' }

async function open() {
  const deps = await openTestDeps()
  const visit = await openConsole(deps, 'director', { name: 'Ana Souza', address: 'ana@iln.example' })
  const members = async () => (await listMembers(deps, { after: 0, limit: 50 })).items
  return { deps, visit, members }
}

test('somebody is invited once, however often the form is sent, and stands in the list', async () => {
  const { visit, members } = await open()
  expect((await visit.post(`${PEOPLE}/invite`, ZOE)).headers.location).toBe(`${PEOPLE}?notice=invited`)
  const again = await visit.post(`${PEOPLE}/invite`, ZOE)
  expect(again.statusCode).toBe(422)
  expect(again.body).toContain('Zoë &amp; Co has this address already.')
  expect(again.body).toContain('value="Zoe@ILN.example"')
  expect(again.body).toContain('value="Europe/Stockholm" selected')
  expect((await members()).map(({ name }) => name)).toEqual(['Ana Souza', 'Zoë & Co'])
  const { body } = await visit.get(`${PEOPLE}?notice=invited`)
  expect(body).toContain('<bdi>Zoë &amp; Co</bdi>')
  expect(body).toContain('never yet')
  expect(body).toContain('role="status">Invited.')
})

test('a faulty invitation names each fault and keeps what was typed', async () => {
  const { visit, members } = await open()
  const { statusCode, body } = await visit.post(`${PEOPLE}/invite`, {
    name: 'x'.repeat(300),
    address: 'nobody',
    role: 'boss',
    time_zone: 'Mars/Phobos',
  })
  expect(statusCode).toBe(422)
  for (const field of ['name', 'address', 'role', 'time_zone']) {
    expect(body).toContain(`href="#${field}"`)
    expect(body).toContain(`id="${field}"`)
  }
  expect(body).toContain('x'.repeat(300))
  expect(body).toContain('value="Mars/Phobos" selected')
  expect(await members()).toHaveLength(1)
})

test('a director changes role, name and zone of somebody, disables and enables them', async () => {
  const { visit, members } = await open()
  await visit.post(`${PEOPLE}/invite`, ZOE)
  const id = (await members()).at(-1)?.id
  const changed = { ...ZOE, name: 'Zoë Lindqvist', role: 'data_officer' }
  expect((await visit.post(`${PEOPLE}/${id}`, changed)).headers.location).toContain('notice=saved')
  expect((await members()).at(-1)).toMatchObject({ name: 'Zoë Lindqvist', role: 'data_officer' })
  for (const _press of [1, 2])
    expect((await visit.post(`${PEOPLE}/${id}/disable`)).headers.location).toContain('notice=disabled')
  expect((await visit.get(`${PEOPLE}/${id}`)).body).toContain('they cannot sign in')
  expect((await visit.post(`${PEOPLE}/${id}/enable`)).headers.location).toContain('notice=enabled')
  expect((await members()).at(-1)?.disabled_at).toBeNull()
  expect((await visit.get(`${PEOPLE}/987654`)).statusCode).toBe(404)
})

test('who is disabled is out with the next click', async () => {
  const { deps, visit } = await open()
  const other = await openConsole(deps, 'communications_officer', { app: visit.app })
  expect((await other.get('/console/settings')).statusCode).toBe(200)
  await visit.post(`${PEOPLE}/${other.staff.id}/disable`)
  expect((await other.get('/console/settings')).headers.location).toBe('/sign-in')
  await visit.post(`${PEOPLE}/${other.staff.id}/enable`)
  expect((await other.get('/console/settings')).headers.location).toBe('/sign-in')
})

test('the only director cannot give up the role, and nobody can disable themselves: both say why', async () => {
  const { visit, members } = await open()
  const { id } = visit.staff
  const own = { name: 'Ana S.', address: 'ana@iln.example', role: 'viewer', time_zone: 'UTC' }
  const demoted = await visit.post(`${PEOPLE}/${id}`, own)
  expect(demoted.statusCode).toBe(409)
  expect(demoted.body).toContain('the only director who can sign in')
  expect(demoted.body).toContain('value="Ana S."')
  const disabled = await visit.post(`${PEOPLE}/${id}/disable`)
  expect(disabled.statusCode).toBe(409)
  expect(disabled.body).toContain('You cannot disable yourself')
  expect(await members()).toMatchObject([{ name: 'Ana Souza', role: 'director', disabled_at: null }])
})

test('everybody sets their own name and zone, and nothing else of themselves', async () => {
  const { deps, visit, members } = await open()
  const viewer = await openConsole(deps, 'viewer', { app: visit.app, address: 'viewer@iln.example' })
  const form = { name: 'Vi', time_zone: 'Asia/Tokyo', address: 'other@iln.example', role: 'director' }
  expect((await viewer.post('/console/settings/me', form)).statusCode).toBe(303)
  expect((await members()).at(-1)).toMatchObject({
    name: 'Vi',
    time_zone: 'Asia/Tokyo',
    role: 'viewer',
    address: 'viewer@iln.example',
  })
  const faulty = await viewer.post('/console/settings/me', { ...form, name: ' ' })
  expect(faulty.statusCode).toBe(422)
  expect(faulty.body).toContain('Everybody needs a name.')
})

test('the first director, who has no address, says it on their own page', async () => {
  const { deps, visit, members } = await open()
  await sql`update staff set address = null`.execute(deps.db)
  expect((await visit.get('/console/settings/me')).body).toContain('id="address"')
  const form = { name: 'Ana', time_zone: 'UTC', address: 'Ana@ILN.example' }
  expect((await visit.post('/console/settings/me', form)).statusCode).toBe(303)
  expect((await members())[0]?.address).toBe('ana@iln.example')
  expect((await visit.get('/console/settings/me')).statusCode).toBe(200)
})

test('a token is shown once, on no page that can be opened again, and works', async () => {
  const { deps, visit } = await open()
  expect((await visit.get(TOKENS)).body).toContain('No API token yet')
  const answer = await visit.post(TOKENS, { name: 'Website', role: 'viewer' })
  expect(answer.statusCode).toBe(201)
  expect(answer.headers['cache-control']).toBe('no-store')
  const token = /value="(pp_[0-9a-f]{40})"/.exec(answer.body)?.[1] ?? ''
  expect(await findCaller(deps, token)).toMatchObject({ role: 'viewer' })
  const { body } = await visit.get(TOKENS)
  expect(body).toContain('<bdi>Website</bdi>')
  expect(body).not.toContain(token)
  const { rows } = await sql<{ all: string }>`select string_agg(l::text, ' ') as all from audit_log l`.execute(deps.db)
  expect(rows[0]?.all).toContain('Make an API token')
  expect(rows[0]?.all).not.toContain(token)
})

test('a form for a token that is sent twice makes one', async () => {
  const { deps, visit } = await open()
  const form = { name: 'Website', role: 'viewer' }
  const answers = await Promise.all([visit.post(TOKENS, form), visit.post(TOKENS, form)])
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 422])
  expect((await listApiTokens(deps, { after: 0, limit: 50 })).items).toHaveLength(1)
  const faulty = await visit.post(TOKENS, { name: ' ', role: '' })
  expect(faulty.body).toContain('href="#name"')
  expect(faulty.body).toContain('href="#role"')
})

test('a token is revoked after a question, and pressing twice does no harm', async () => {
  const { deps, visit } = await open()
  const { id, token } = await createApiToken(deps, { name: '<script>', role: 'director' })
  const page = await visit.get(`${TOKENS}/${id}/revoke`)
  expect(page.body).toContain('<bdi>&lt;script&gt;</bdi>')
  expect(await findCaller(deps, token)).toBeDefined()
  for (const _press of [1, 2])
    expect((await visit.post(`${TOKENS}/${id}/revoke`)).headers.location).toBe(`${TOKENS}?notice=revoked`)
  expect(await findCaller(deps, token)).toBeUndefined()
  expect((await visit.get(`${TOKENS}/${id}/revoke`)).body).toContain('is revoked since')
  expect((await visit.post(`${TOKENS}/987654/revoke`)).statusCode).toBe(404)
})

test('what was done stands in the activity log, with whom, about what and how it ended', async () => {
  const { deps, visit } = await open()
  await sql`insert into audit_log (at, actor, actor_name, role, did, route, params, status) values
    ('2016-03-01T08:00:00Z', 'staff 77', 'Ben <Okafor>', 'communications_officer', 'Pause a campaign', 'POST /console/campaigns/:id/pause', '{"id":"7"}', 303),
    ('2016-03-01T08:01:00Z', 'token 5', 'token 5', 'viewer', 'Change a round', 'PATCH /api/v1/rounds/:code', '{"code":"2016A"}', 409),
    ('2016-03-01T08:02:00Z', 'staff 77', 'Ben <Okafor>', 'director', 'Revoke an API token', 'POST /console/settings/tokens/:id/revoke', '{"id":"3"}', null)`.execute(
    deps.db,
  )
  const { body } = await visit.get('/console/settings/activity')
  expect(body).toContain('Ben &lt;Okafor&gt;')
  expect(body).toMatch(/Pause a campaign \(<a href="\/console\/campaigns\/7">campaign 7<\/a>\)/)
  expect(body).toMatch(/Change a round \(<a href="\/console\/rounds\/2016A">round 2016A<\/a>\)[\s\S]*?refused/)
  expect(body).toMatch(/Revoke an API token \(token 3\)[\s\S]*?not known: the service stopped meanwhile/)
  const filtered = await visit.get('/console/settings/activity?who=token+5')
  expect(filtered.body).toContain('Change a round')
  expect(filtered.body).not.toContain('Pause a campaign')
  expect(filtered.body).toContain('/console/settings/activity.csv?who&#x3D;token+5')
})

test('the activity log goes as CSV, safe for a spreadsheet, and the export itself is written down', async () => {
  const { deps, visit } = await open()
  await sql`insert into audit_log (at, actor, actor_name, role, did, route, status) values
    ('2016-03-01T08:00:00Z', 'staff 77', '=cmd()', 'director', 'Say "hello"', 'POST /x', 200)`.execute(deps.db)
  const answer = await visit.get('/console/settings/activity.csv')
  expect(answer.headers['content-type']).toContain('text/csv')
  expect(answer.headers['content-disposition']).toContain('activity-2016-03-01.csv')
  expect(answer.body).toContain(`staff 77,'=cmd(),director,"Say ""hello""",,done,200,POST /x`)
  const { body } = await visit.get('/console/settings/activity')
  expect(body).toContain('Export the activity log')
})

test('a long log is read page by page', async () => {
  const { deps, visit } = await open()
  await sql`insert into audit_log (actor, actor_name, role, did, route, status)
    select 'staff 77', 'Ben', 'director', 'Did thing ' || n, 'POST /x', 200 from generate_series(1, 120) n`.execute(
    deps.db,
  )
  const shown: string[] = []
  for (let url = '/console/settings/activity?who=staff+77'; url; ) {
    const { body } = await visit.get(url)
    shown.push(...[...body.matchAll(/Did thing (\d+)/g)].map(([, n]) => n as string))
    url = (/href="([^"]+)" rel="next"/.exec(body)?.[1] ?? '').replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
  }
  expect(shown).toEqual(Array.from({ length: 120 }, (_, at) => String(120 - at)))
})
