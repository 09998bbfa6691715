import { expect, test } from 'vitest'
import { addReportRoutes } from '../../../src/features/reports/index.ts'
import { addAudit } from '../../../src/platform/http/audit.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addRound } from './rounds/programme.ts'

async function openReports() {
  const deps = await openTestDeps()
  const app = openApiApp(deps)
  addAudit(app, deps)
  addReportRoutes(app, deps)
  const { apply } = await addRound(deps, '2016A')
  const ids = await apply([{ country: 'KE', state: 'confirmed' }, { country: 'KE' }])
  const get = (url: string, role: Parameters<typeof asRole>[0] = 'viewer') => app.inject({ url, headers: asRole(role) })
  return { deps, ids, get }
}

test('reports are JSON, and the same as a CSV file with a name and a day', async () => {
  const { get } = await openReports()
  const rounds = await get('/reports/rounds')
  expect(rounds.statusCode).toBe(200)
  expect(rounds.json()).toMatchObject({
    kind: 'rounds',
    sections: [{ rows: [{ key: '2016A', counts: { applicants: 2 } }] }],
  })
  expect((await get('/reports/rounds/2016A')).json()).toMatchObject({ kind: 'round', round: '2016A', as_of: null })

  const file = await get('/reports/rounds/2016A.csv')
  expect(file.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="report-round-2016A-2016-03-01.csv"',
  })
  expect(file.body).toContain('round,2016A,,2016-03-01T09:00:00.000Z,country,KE,Kenya,')
  const all = await get('/reports/rounds.csv?as_of=2016-02-29')
  expect(all.headers['content-disposition']).toBe('attachment; filename="report-rounds-2016-02-29.csv"')
  expect(all.body.split('\r\n')[1]).toMatch(/^rounds,,2016-02-29,/)
})

test('the people behind a figure are for those who may see people, and every look is written down', async () => {
  const { deps, ids, get } = await openReports()
  const url = '/reports/rounds/2016A/people?section=country&row=KE&column=applicants'
  for (const role of ['viewer', 'communications_officer', 'director'] as const)
    expect((await get(url, role)).statusCode).toBe(403)
  const answer = await get(`${url}&limit=1`, 'data_officer')
  expect(answer.json()).toEqual({
    items: [{ person_id: ids[0], given_name: 'Ana', family_name: 'Souza', country_code: 'KE' }],
    next: ids[0],
  })
  await get('/reports/rounds/2016A.csv', 'director')
  await get('/reports/rounds/2016A', 'director')
  const log = await deps.db.selectFrom('audit_log').select(['did', 'actor', 'status']).orderBy('id').execute()
  expect(log).toEqual([
    { did: 'List the people behind a figure', actor: 'data_officer', status: 200 },
    { did: 'Export the report on a round', actor: 'director', status: 200 },
  ])
})

test.each([
  ['/reports/rounds/none', 404],
  ['/reports/rounds/none.csv', 404],
  ['/reports/rounds/2016A?as_of=2016-02-30', 422],
  ['/reports/rounds?as_of=2099-01-01', 422],
  ['/reports/rounds/2016A?since=2016-01-01', 422],
  ['/reports/rounds/2016A/people?section=country&row=KE', 422],
  ['/reports/rounds/2016A/people?section=country&row=KE&column=secret', 422],
  ['/reports/rounds/2016A/people?section=funnel&row=in_touch&column=people', 409],
  ['/reports/rounds/2016A/people?section=country&row=%00&column=applicants', 422],
])('%s answers %i', async (url, status) => {
  const { get } = await openReports()
  const answer = await get(url, 'data_officer')
  expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([
    url,
    status,
    expect.stringContaining('problem+json'),
  ])
})
