import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { demoWork } from '../../src/demo/data.ts'
import { createRound } from '../../src/features/rounds/index.ts'
import { longWorkHandlers } from '../../src/jobs/long-work.ts'
import { addApplicant, addDraft } from '../features/campaigns/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'

/** The five steps as the page shows them: title and state. */
function stepsOf(page: string): string[] {
  const list = /<ol class="steps">([\s\S]*?)<\/ol>/.exec(page)?.[1] ?? ''
  return [...list.matchAll(/<h3>([^<]*?) (?:<span class="badge \w+">(\w+)<\/span>)?<\/h3>/g)].map(
    ([, title, state]) => `${title}: ${state ?? 'to do'}`,
  )
}

const addRound = (deps: TestDeps) => createRound(deps, { code: '2016A', name: 'Round', starts_on: '2016-03-07' })

test('each of the five steps is found from the data, whichever comes first', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const steps = async () => stepsOf((await visit.get('/console/start')).body)
  expect(await steps()).toEqual([
    'Programme and sender: to do',
    'Who else works here: to do',
    'The first round: to do',
    'The first applicants, or the first topic email: to do',
    'A test email to me: to do',
  ])
  expect((await visit.get('/console/start')).body).toContain('After the first round.')
  const { id } = await addRound(deps)
  await addApplicant(deps.db, id)
  await deps.db.updateTable('programme').set({ name: 'Our network' }).execute()
  await openConsole(deps, 'viewer', { app: visit.app })
  const draft = await addDraft(deps.db, { subject: 'Topic 1' })
  expect((await steps()).map((step) => step.split(': ')[1])).toEqual(['done', 'done', 'done', 'done', 'to do'])
  expect((await visit.get('/console')).body).toContain('4 of 5 are done')

  const sent = await visit.post('/console/start/test')
  expect(sent.headers.location).toBe('/console/start?notice=tested')
  const [test] = await deps.db.selectFrom('deliveries').selectAll().where('campaign_id', '=', draft).execute()
  expect(test).toMatchObject({ is_test: true, state: 'queued', address: visit.staff.address })
  expect(await steps()).toContain('A test email to me: to do')
  await sql`update deliveries set state = 'accepted' where campaign_id = ${draft}`.execute(deps.db)
  expect(await steps()).toContain('A test email to me: done')
  expect((await visit.get('/console')).body).not.toContain('/console/start"')
})

test('the mail that signs staff in is no test email', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  await sql`insert into campaigns (kind, lane, state) values ('staff', 'automatic', 'sending') on conflict do nothing`.execute(
    deps.db,
  )
  await sql`insert into deliveries (campaign_id, is_test, lane, state, language, version, due_at)
    select id, true, 'automatic', 'accepted', 'en', 1, now() from campaigns where kind = 'staff'`.execute(deps.db)
  expect(stepsOf((await visit.get('/console/start')).body)).toContain('A test email to me: to do')
})

test('a test without a draft is refused in words, and nothing is queued', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  await addRound(deps)
  expect((await visit.get('/console/start')).body).toContain('href="/console/campaigns/new"')
  const answer = await visit.post('/console/start/test')
  expect([answer.statusCode, answer.body]).toEqual([
    409,
    expect.stringContaining('There is no draft to test with yet.'),
  ])
})

test('a draft that cannot be made into a message is named, with what stops it', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  await addRound(deps)
  await addDraft(deps.db, { subject: 'Topic 1', body_markdown: 'Hello {{participant.nonsense}}' })
  const answer = await visit.post('/console/start/test')
  expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining('“Topic 1” cannot be sent yet.')])
})

test('a step is skipped and taken up again; all of them are hidden from Home and stay where they are', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const people = async () => stepsOf((await visit.get('/console/start')).body)[1]
  for (let pressed = 0; pressed < 2; pressed++) await visit.post('/console/start/skip', { step: 'people' })
  expect(await people()).toBe('Who else works here: skipped')
  await visit.post('/console/start/skip', { step: 'people', wanted: 'yes' })
  expect(await people()).toBe('Who else works here: to do')
  expect((await visit.get('/console')).body).toContain('href="/console/start"')
  const hidden = await visit.post('/console/start/skip', { step: 'all' })
  expect(hidden.headers.location).toBe('/console/start?notice=hidden')
  expect((await visit.get('/console')).body).not.toContain('href="/console/start"')
  expect((await visit.get('/console/start')).body).toContain('Show these steps on Home again')
  expect((await visit.post('/console/start/skip', { step: 'everything' })).statusCode).toBe(422)
})

test('the first steps are a director’s', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps, 'communications_officer')
  expect((await visit.get('/console/start')).statusCode).toBe(403)
  for (const path of ['skip', 'demo', 'demo/remove'])
    expect((await visit.post(`/console/start/${path}`, { step: 'all' })).statusCode, path).toBe(403)
})

test('demo data are loaded from a button, give Home something to do, and are removed after a question', async () => {
  const deps = await openTestDeps({ DEMO_SCALE: '0.02' })
  const visit = await openConsole(deps)
  const pressed = await visit.post('/console/start/demo')
  expect([pressed.statusCode, pressed.headers.location]).toEqual([303, '/console/jobs/1'])
  expect((await visit.post('/console/start/demo')).headers.location).toBe('/console/jobs/1')
  expect((await visit.get('/console/start')).body).toContain('It is being loaded')
  const work = longWorkHandlers(deps, demoWork(deps))
  await work['run-long-work']({ job_id: 1 }, new AbortController().signal)
  expect((await visit.get('/console/jobs/1')).body).toContain('Round 2016A is there, with 9 topic emails as drafts.')
  const home = (await visit.get('/console')).body
  expect(home).toContain('nothing leaves this machine')
  expect(home).toContain('Topic 1: Getting to know you</bdi>” is ready: review and schedule it')
  const again = await visit.post('/console/start/demo')
  expect([again.statusCode, again.body]).toEqual([409, expect.stringContaining('loaded already')])

  const question = (await visit.get('/console/start/demo/remove')).body
  expect(question).toContain('It cannot be undone.')
  for (let twice = 0; twice < 2; twice++) {
    const gone = await visit.post('/console/start/demo/remove')
    expect(gone.headers.location).toBe('/console/start?notice=removed')
  }
  expect(await deps.db.selectFrom('rounds').select('id').execute()).toEqual([])
  expect((await visit.get('/console')).body).not.toContain('nothing leaves this machine')
})

test('why demo data cannot be loaded, or removed now, is said', async () => {
  const real = await openTestDeps({ SMTP_URL: 'smtp://mail.example:25' })
  const visit = await openConsole(real)
  expect((await visit.get('/console/start')).body).toContain('SMTP_URL is set')
  expect((await visit.post('/console/start/demo')).statusCode).toBe(409)

  const deps = await openTestDeps({ DEMO_SCALE: '0.02' })
  const other = await openConsole(deps)
  await other.post('/console/start/demo')
  await longWorkHandlers(deps, demoWork(deps))['run-long-work']({ job_id: 1 }, new AbortController().signal)
  await deps.db.updateTable('campaigns').set({ state: 'sending' }).where('id', '=', 1).execute()
  const answer = await other.post('/console/start/demo/remove')
  expect([answer.statusCode, answer.body]).toEqual([
    409,
    expect.stringContaining('is being sent. Pause or cancel it first.'),
  ])
})
