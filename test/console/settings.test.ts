import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { ensureSender } from '../../src/features/deliveries/index.ts'
import { getProgramme, updateProgramme } from '../../src/features/programme/index.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'

const open = async (role?: Parameters<typeof openConsole>[1], environment = {}) => {
  const deps = await openTestDeps(environment)
  return { deps, visit: await openConsole(deps, role) }
}

const FORM = {
  name: 'International Librarians Network',
  contact_address: 'hello@iln.example',
  from_name: 'The ILN team',
  footer: 'PO Box 1\r\nSydney',
  languages: ['en', 'fr'],
  other_languages: 'portuguese; pt-BR',
  second_person_over: '1,000',
}

test('the programme is saved as it was typed, and the page says so', async () => {
  const { deps, visit } = await open()
  const answer = await visit.post('/console/settings', FORM)
  expect(answer.statusCode).toBe(303)
  expect(await getProgramme(deps.db)).toMatchObject({
    name: 'International Librarians Network',
    contact_address: 'hello@iln.example',
    footer: 'PO Box 1\nSydney',
    languages: ['en', 'fr', 'pt', 'pt-BR'],
    second_person_over: 1000,
  })
  const page = await visit.get(answer.headers.location as string)
  expect(page.body).toContain('role="status">The settings are saved')
  expect(page.body).toMatch(/<input[^>]+id="name"[^>]+value="International Librarians Network"/)
  expect(page.body).toMatch(/value="pt-BR" checked/)
})

test('clicks are counted until somebody takes the tick away, and the page shows which', async () => {
  const { deps, visit } = await open()
  const tick = async () => /<input[^>]+id="count_clicks"[^>]*>/.exec((await visit.get('/console/settings')).body)?.[0]
  expect(await tick()).toContain('checked')
  expect((await visit.post('/console/settings', { ...FORM, count_clicks: 'yes' })).statusCode).toBe(303)
  expect((await getProgramme(deps.db)).count_clicks).toBe(true)
  // A browser leaves out a box without a tick.
  expect((await visit.post('/console/settings', FORM)).statusCode).toBe(303)
  expect((await getProgramme(deps.db)).count_clicks).toBe(false)
  expect(await tick()).not.toContain('checked')
  const faulty = await visit.post('/console/settings', { ...FORM, name: 'a\u0000b', count_clicks: 'yes' })
  expect(faulty.body).toMatch(/<input[^>]+id="count_clicks"[^>]+checked/)
})

test('a faulty form names every fault and keeps what was typed', async () => {
  const { deps, visit } = await open()
  const typed = {
    ...FORM,
    name: '<b>"ILN"</b>',
    footer: 'a\nb\nc\nd\ne\nf & more',
    other_languages: 'Klingonian',
    second_person_over: 'many',
  }
  const answer = await visit.post('/console/settings', typed)
  expect(answer.statusCode).toBe(422)
  for (const field of ['name', 'footer', 'languages', 'second_person_over']) {
    expect(answer.body).toContain(`href="#${field}"`)
    expect(answer.body).toContain(`id="${field}"`)
  }
  expect(answer.body).toContain('value="&lt;b&gt;&quot;ILN&quot;&lt;/b&gt;"')
  expect(answer.body).toContain('f &amp; more</textarea>')
  expect(answer.body).toContain('value="many"')
  expect(answer.body).toContain('value="Klingonian"')
  expect(answer.body).toContain('value="hello@iln.example"')
  expect((await getProgramme(deps.db)).name).toBe('')
})

test('of two who change the settings at one time, the second is told, keeps what they typed, and may save it', async () => {
  const { deps, visit } = await open()
  const seen = (await getProgramme(deps.db)).updated_at.toISOString()
  await updateProgramme(deps, { name: 'Written by the other' })
  const answer = await visit.post('/console/settings', { ...FORM, name: 'Mine', seen })
  expect(answer.statusCode).toBe(409)
  expect(answer.body).toContain('Somebody changed these settings')
  expect(answer.body).toContain('value="Mine"')
  expect((await getProgramme(deps.db)).name).toBe('Written by the other')
  const newest = /name="seen" value="([^"]+)"/.exec(answer.body)?.[1] ?? ''
  expect((await visit.post('/console/settings', { ...FORM, name: 'Mine', seen: newest })).statusCode).toBe(303)
  expect((await getProgramme(deps.db)).name).toBe('Mine')
})

test('who may not change the settings reads them, and sees no form and no tab that leads nowhere', async () => {
  const { deps, visit } = await open('viewer')
  await updateProgramme(deps, { name: 'ILN', footer: 'PO Box 1' })
  const { body } = await visit.get('/console/settings')
  expect(body).toContain('PO Box 1')
  expect(body).not.toContain('action="/console/settings"')
  for (const tab of ['people', 'tokens', 'activity']) {
    expect(body).not.toContain(`href="/console/settings/${tab}"`)
    expect((await visit.get(`/console/settings/${tab}`)).statusCode).toBe(403)
  }
  expect((await visit.post('/console/settings', FORM)).statusCode).toBe(403)
  expect((await visit.post('/console/settings/sending', {})).statusCode).toBe(403)
  for (const tab of ['', '/sending', '/languages', '/me'])
    expect((await visit.get(`/console/settings${tab}`)).statusCode).toBe(200)
})

test('the limits show what counts against them, what is left and when there is room again', async () => {
  const { deps, visit } = await open()
  expect((await visit.get('/console/settings/sending')).body).toContain('There is no limit')
  const sender = await ensureSender(deps.db, '2000/24h')
  await fillWindow(deps.db, sender, 1204)
  const { body } = await visit.get('/console/settings/sending')
  expect(body).toMatch(
    /1,204 of 2,000 in the last 24 hours, 796 left; the oldest leaves the window at [^.]*\d\d:\d\d\. Campaigns may use 596 of these\./,
  )
  expect(body).toContain('<progress id="limit-86400" value="1204" max="2000">')
})

test('the limits change by their windows, and a fault keeps what was typed and what holds', async () => {
  const { deps, visit } = await open()
  await ensureSender(deps.db, '5/1s')
  const typed = {
    per_second: '14',
    per_minute: '',
    per_hour: '',
    per_day: '2,000',
    limits: '500/10m',
    automatic_reserve_percent: '20 %',
  }
  expect((await visit.post('/console/settings/sending', typed)).headers.location).toContain('notice=limits')
  expect(await limitsOf(deps.db)).toEqual({ limits: '14/1s,500/600s,2000/86400s', reserve: 20 })
  const { body } = await visit.get('/console/settings/sending')
  for (const value of ['value="14"', 'value="2000"', 'value="500/10m"', 'value="20"']) expect(body).toContain(value)

  for (const [change, field] of [
    [{ per_second: 'fast' }, 'per_second'],
    [{ per_day: '-1' }, 'per_day'],
    [{ limits: '10 per week' }, 'limits'],
    [{ limits: 'x'.repeat(10_000) }, 'limits'],
    [{ automatic_reserve_percent: '' }, 'automatic_reserve_percent'],
    [{ automatic_reserve_percent: '91' }, 'automatic_reserve_percent'],
  ] as const) {
    const answer = await visit.post('/console/settings/sending', { ...typed, per_hour: '77', ...change })
    expect(answer.statusCode, JSON.stringify(change).slice(0, 60)).toBe(422)
    expect(answer.body).toContain(`href="#${field}"`)
    expect(answer.body).toContain('value="77"')
  }
  expect(await limitsOf(deps.db)).toEqual({ limits: '14/1s,500/600s,2000/86400s', reserve: 20 })
})

test('the password of the mail server stands on no page', async () => {
  const { visit } = await open('director', { SMTP_URL: 'smtps://programme%40iln.example:s3cret@smtp.iln.example' })
  const { body } = await visit.get('/console/settings/sending')
  expect(body).toContain('smtp.iln.example, port 465, encrypted from the start, signed in as programme@iln.example')
  expect(body).not.toContain('s3cret')
})

test('what keeps mail from leaving is said in words; a director lets a stopped domain go on, twice without harm', async () => {
  const { deps, visit } = await open()
  const sender = await ensureSender(deps.db, undefined)
  await sql`update senders set closed_until = clock_timestamp() + interval '1 hour', closed_words = '550 <Daily> limit'`.execute(
    deps.db,
  )
  await deps.db
    .insertInto('domain_stops')
    .values({ sender_id: sender, domain: 'strict.example', stopped_at: new Date(), words: '554 5.7.1 Go away' })
    .execute()
  const { body } = await visit.get('/console/settings/sending')
  expect(body).toContain('Its words: “550 &lt;Daily&gt; limit”')
  expect(body).toContain('554 5.7.1 Go away')
  for (const _press of [1, 2])
    expect((await visit.post('/console/settings/sending/domains', { domain: 'strict.example' })).statusCode).toBe(303)
  expect((await visit.get('/console/settings/sending')).body).not.toContain('strict.example')
})

test('each language of the programme says whether its fixed words exist', async () => {
  const { deps, visit } = await open()
  await updateProgramme(deps, { languages: ['ar', 'sw'], footer: 'PO <Box> 1' })
  const { body } = await visit.get('/console/settings/languages')
  expect(body).toMatch(/Arabic <span class="badge good">/)
  expect(body).toMatch(/Swahili <span class="badge wait">/)
  expect(body).toContain('lang="ar" dir="rtl"')
  expect(body).toContain('PO &lt;Box&gt; 1')
})

async function fillWindow(db: Awaited<ReturnType<typeof open>>['deps']['db'], sender: number, count: number) {
  await sql`insert into rounds (code, name) values ('2016A', 'Round')`.execute(db)
  await sql`insert into campaigns (round_id, kind, lane) values (1, 'topic', 'campaign')`.execute(db)
  await sql`insert into deliveries (campaign_id, is_test, lane, state, address, domain, language, version, due_at)
    values (1, true, 'campaign', 'queued', 'a@x.example', 'x.example', 'en', 1, now())`.execute(db)
  await sql`insert into workers (host, pid) values ('h', 1)`.execute(db)
  await sql`insert into attempts (delivery_id, sender_id, worker_id, lane, address, counted, ended_at)
    select (select max(id) from deliveries), ${sender}, (select max(id) from workers), 'campaign', 'a@x.example', true, now() - interval '1 hour' from generate_series(1, ${count}::int)`.execute(
    db,
  )
}

async function limitsOf(db: Awaited<ReturnType<typeof open>>['deps']['db']) {
  const { rows } = await sql`select limits, automatic_reserve_percent as reserve from senders`.execute(db)
  return rows[0]
}
