import { appendFileSync } from 'node:fs'
const say = (...a: unknown[]) => appendFileSync('/tmp/rev/break.txt', a.map((x) => JSON.stringify(x)).join(' ') + '\n')
import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { addReportRoutes, reportOnAssociation, reportOnEngagement, reportOnDelivery, refreshReports } from '../../../src/features/reports/index.ts'
import { addAudit } from '../../../src/platform/http/audit.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addRound, type Applicant } from './rounds/programme.ts'
import { openMail } from './engagement/made-up-mail.ts'
const many = (count: number, applicant: Applicant): Applicant[] => Array.from({ length: count }, () => applicant)

test('nul and other names in urls', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps, '2016A', { starts_on: '2016-03-01', ends_on: '2016-06-30' })
  const names = ['a/b', '50 %', '..', '<b>x</b>', '\u202eALIA', '=1+1', 'x'.repeat(10000), 'together', '~together', 'a?b#c&d', ' ALIA ', '@x', '✓'.repeat(190)]
  for (const n of names) await round.apply(many(6, { pathway: n, state: 'confirmed', sector: n, stage: n, country: 'AU' }))
  const app = openApiApp(deps)
  addAudit(app, deps)
  addReportRoutes(app, deps)
  const get = async (url: string, role = 'data_officer') => { const r = await app.inject({ url, headers: asRole(role as never) }); return [r.statusCode, r.body.slice(0, 150)] }
  for (const n of names) say(n.slice(0, 10), await get(`/reports/associations/${encodeURIComponent(n)}?round=2016A`))
  for (const n of names) say('csv', n.slice(0, 10), await get(`/reports/associations/${encodeURIComponent(n)}.csv?round=2016A`))
  say(await get('/reports/associations/%00?round=2016A'))
  say(await get('/reports/associations/a%ff?round=2016A'))
  say(await get('/reports/rounds/%00'))
  say(await get('/reports/rounds/2016A/people?section=sector&row=%00&column=applicants'))
  say(await get('/reports/rounds/2016A/people?section=sector&row=' + encodeURIComponent('=1+1') + '&column=applicants'))
  say(await get('/reports/rounds/2016A/people?section=sector&row=__proto__&column=constructor'))
  say(await get('/reports/rounds/2016A/people?section=states&row=__proto__&column=people'))
  say(await get('/reports/rounds/2016A/people?section=sector&row=together&column=applicants'))
  say(await get('/reports/engagement/people?round=2016A&section=topics&row=99999999999999999999&column=accepted'))
  say(await get('/reports/engagement/people?round=2016A&section=links&row=1-%00&column=people'))
  say(await get('/reports/delivery/people?round=2016A&section=domains&row=%00&column=people'))
  say(await get('/reports/delivery/people?round=2016A&section=domains&row=x&column=__proto__'))
  say(await get('/reports/rounds?as_of=0000-01-01'), await get('/reports/rounds?as_of=%00'), await get('/reports/rounds?as_of=1970-01-01'))
  for (const role of ['director', 'communications_officer', 'viewer']) say(role, await get('/reports/rounds/2016A/people?section=funnel&row=applicants&column=people', role), await get('/reports/delivery/people?round=2016A&section=domains&row=x&column=people', role), await get('/reports/engagement/people?round=2016A&section=topics&row=1&column=accepted', role))
  const csv = (await app.inject({ url: '/reports/rounds/2016A.csv', headers: asRole('viewer') })).body
  say(csv.split('\r\n').filter((l) => l.includes('sector')).map((l) => l.slice(0, 120)).join('\n'))
})

test('a sector called together', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps, '2016A', { starts_on: '2016-03-01', ends_on: '2016-06-30' })
  await round.apply([...many(20, { pathway: 'ALIA', sector: 'together', state: 'confirmed' }), ...many(20, { pathway: 'ALIA', sector: 'Public', state: 'confirmed' }), ...many(8, { pathway: 'ALIA', sector: 'School', state: 'confirmed' }), ...many(2, { pathway: 'ALIA', sector: 'X', state: 'confirmed' })])
  const r = await reportOnAssociation(deps, { pathway: 'ALIA', code: '2016A' })
  say(JSON.stringify(r.sections.find((s) => s.key === 'sector'), null, 1).slice(0, 3000))
  const round2 = await addRound(deps, '2016B')
  await round2.apply(many(20, { pathway: 'ALIA', sector: 'together', state: 'confirmed' }))
  say(JSON.stringify((await reportOnAssociation(deps, { pathway: 'ALIA', code: '2016B' })).sections.find((s) => s.key === 'sector')?.rows))
})

test('history with times that go back', async () => {
  const mail = await openMail()
  const { deps } = mail
  const round = await mail.addRound()
  const p = await mail.addPerson('Ada', round)
  const c = await mail.addCampaign(round)
  for (const state of ['accepted', 'cancelled', 'skipped', 'uncertain']) await mail.addEmail(c, { person_id: await mail.addPerson('B', round), state })
  say(JSON.stringify((await reportOnEngagement(deps, { code: '2016A' })).sentences))
  say(JSON.stringify((await reportOnDelivery(deps, { code: '2016A' })).sentences), p)
})
