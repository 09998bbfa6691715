import { expect, test } from 'vitest'
import { createRound } from '../../src/features/rounds/index.ts'
import { getJob } from '../../src/jobs/long-work.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'

type Job = Partial<{
  kind: string
  state: string
  done: number
  total: number
  result: string
  error: string
  input: string
}>

/** A row of the table jobs, begun 20 seconds ago. */
async function addJob({ db, clock }: TestDeps, job: Job = {}): Promise<number> {
  const began = new Date(clock.now().getTime() - 20_000)
  const times = { created_at: began, started_at: began, attempts: 1 }
  const row = { kind: 'import', state: 'running', ...times, ...job }
  return (await db.insertInto('jobs').values(row).returning('id').executeTakeFirstOrThrow()).id
}

test('running work says how far it is of what, when it will end, and asks again by itself', async () => {
  const deps = await openTestDeps()
  const id = await addJob(deps, { done: 612, total: 1008 })
  const visit = await openConsole(deps)
  const page = (await visit.get(`/console/jobs/${id}`)).body
  expect(page).toContain('<title>(60 %) Importing… · Pairpost</title>')
  expect(page).toContain('612 of 1,008 steps (60 %)')
  expect(page).toContain('less than a minute left')
  expect(page).toContain('hx-trigger="every 2s"')
  expect(page).toContain(`href="/console/jobs/${id}">Look again`)
  const part = (await visit.get(`/console/jobs/${id}/progress`)).body
  expect(part).toMatch(/^<title>\(60 %\) Importing… · Pairpost<\/title>/)
  expect(part).toContain('50 % are done.')
  expect(part).not.toContain('<html')
  deps.clock.advance(60_000)
  expect((await visit.get(`/console/jobs/${id}/progress`)).body).toContain('hx-trigger="every 10s"')
})

test('work that has ended says what came of it, and no longer asks', async () => {
  const deps = await openTestDeps()
  const result = JSON.stringify({ rows: 1290, created: 1267, resubmitted: 23, faulty_count: 2 })
  const id = await addJob(deps, { state: 'done', done: 10, total: 10, result })
  const visit = await openConsole(deps)
  const page = (await visit.get(`/console/jobs/${id}`)).body
  expect(page).toContain('1,290 rows were read: 1,267 new applicants')
  expect(page).toContain('2 faults were found')
  expect(page).not.toContain('hx-trigger')
  expect(page).not.toContain('Cancel')
})

test('an error stands there in words, and hostile ones as words only', async () => {
  const deps = await openTestDeps()
  const id = await addJob(deps, { state: 'failed', error: '<script>alert(1)</script>', kind: 'of another release' })
  const page = (await (await openConsole(deps)).get(`/console/jobs/${id}`)).body
  expect(page).toContain('&lt;script&gt;')
  expect(page).toContain('<h1>Long work</h1>')
})

test('nothing is foretold while the total is not known', async () => {
  const deps = await openTestDeps()
  const id = await addJob(deps, { state: 'waiting' })
  const page = (await (await openConsole(deps)).get(`/console/jobs/${id}`)).body
  expect(page).toContain('<title>Importing… · Pairpost</title>')
  expect(page).not.toContain('<progress')
  expect(page).not.toContain('left')
})

test('an import leads to its page', async () => {
  const deps = await openTestDeps()
  const round = await createRound(deps, { code: '2016A', name: 'Round' })
  const job_id = await addJob(deps)
  const row = { round_id: round.id, job_id, file_name: 'forms.csv', dry_run: true }
  const { id } = await deps.db.insertInto('imports').values(row).returning('id').executeTakeFirstOrThrow()
  await deps.db
    .updateTable('jobs')
    .set({ input: JSON.stringify({ import_id: id }) })
    .execute()
  const page = (await (await openConsole(deps)).get(`/console/jobs/${job_id}`)).body
  expect(page).toContain(`href="/console/rounds/2016A/imports/${id}"`)
  expect(page).toContain('The import of forms.csv into round 2016A')
})

test('work can be cancelled, once and again, by who may import', async () => {
  const deps = await openTestDeps()
  const id = await addJob(deps, { done: 1, total: 10 })
  const visit = await openConsole(deps)
  const officer = await openConsole(deps, 'communications_officer', { app: visit.app })
  expect((await officer.get(`/console/jobs/${id}`)).body).not.toContain('>Cancel<')
  expect((await officer.post(`/console/jobs/${id}/cancel`)).statusCode).toBe(403)
  for (let pressed = 0; pressed < 2; pressed++) {
    const answer = await visit.post(`/console/jobs/${id}/cancel`)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/console/jobs/${id}`])
  }
  expect(await getJob(deps, { id })).toMatchObject({ state: 'running', cancel_requested: true })
  const page = (await visit.get(`/console/jobs/${id}`)).body
  expect(page).toContain('asked to stop')
  expect(page).not.toContain('>Cancel<')
})

test('jobs are listed the newest first, 50 a page, and by state', async () => {
  const deps = await openTestDeps()
  for (let made = 0; made < 52; made++) await addJob(deps, { state: made === 0 ? 'failed' : 'done' })
  const visit = await openConsole(deps)
  const first = (await visit.get('/console/jobs')).body
  expect(first).toContain('number 52')
  expect(first).not.toContain('number 2<')
  expect(first).toContain('href="/console/jobs?before&#x3D;3"')
  const second = (await visit.get('/console/jobs?before=3')).body
  expect(second).toContain('number 2<')
  const failed = (await visit.get('/console/jobs?state=failed')).body
  expect(failed).toContain('number 1<')
  expect(failed).not.toContain('number 2<')
  expect((await visit.get('/console/jobs?state=running')).body).toContain('No job is in this state')
  const viewer = await openConsole(deps, 'viewer', { app: visit.app })
  expect((await viewer.get('/console/jobs')).statusCode).toBe(403)
  expect((await visit.get('/console/jobs/99')).statusCode).toBe(404)
})
