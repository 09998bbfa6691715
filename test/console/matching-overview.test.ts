import { expect, test } from 'vitest'
import { createRound } from '../../src/features/rounds/index.ts'
import { madeUp, openMatching } from '../features/matching/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { openReview, textOf } from './matching-round.ts'

test('before there is a round, and before anybody is confirmed, the page says what to do', async () => {
  const empty = await openTestDeps()
  const first = await openConsole(empty)
  const none = (await first.get('/console/matching')).body
  expect(none).toContain('There is no round yet')
  expect(none).toContain('href="/console/rounds/new"')
  expect((await first.get('/console/matching/criteria')).body).toContain('There is no round yet')
  await createRound(empty, { code: '2016A', name: 'Round' })
  expect((await first.get('/console/matching')).body).toContain('Nobody is confirmed yet')

  const { visit } = await openReview(madeUp(1))
  const page = (await visit.get('/console/matching')).body
  expect(page).toContain('Only one person is confirmed')
  expect(page).not.toContain('action="/console/matching/runs"')
  const refused = await visit.post('/console/matching/runs')
  expect(refused.statusCode).toBe(409)
  expect(refused.body).toContain('Only one person of round 2016A is confirmed')
})

test('who is matched and who is left out are counted, each figure leading to its people', async () => {
  const { visit } = await openReview([
    ...madeUp(6),
    ...madeUp(2, { state: 'applied' }),
    ...madeUp(1, { state: 'removed' }),
    ...madeUp(1, { address: '' }),
  ])
  const page = (await visit.get('/console/matching')).body
  expect(page).toContain('<a href="/console/participants?state&#x3D;confirmed"><strong>6 people</strong></a>')
  expect(textOf(page)).toContain('from 6 countries')
  expect(page).toMatch(/state&#x3D;applied,waitlisted,declined,lapsed,withdrawn">2 people not confirmed/)
  expect(page).toContain('state&#x3D;removed">1 person removed')
  expect(textOf(page)).toContain('1 person without an email address')
})

test('the hierarchy is told in words with its weights, and so are policy, mode and the odd one', async () => {
  const { visit } = await openReview(madeUp(4))
  const page = textOf((await visit.get('/console/matching')).body)
  expect(page).toContain('Partners live in different countries.')
  expect(page).toContain('Shared interests 25 of 120')
  expect(page).toContain('As many people as possible, then the best possible worst pair, then the highest total.')
  expect(page).toContain('With an odd number one pair becomes three')
  expect(page).toContain('nobody has changed them for this round')
})

test('one press begins a run and leads to it; a second is told that one goes on', async () => {
  const { visit, work, rung } = await openReview(madeUp(8))
  expect((await visit.get('/console/matching')).body).toContain('Match 8 people')
  const started = await visit.post('/console/matching/runs')
  expect([started.statusCode, started.headers.location]).toEqual([303, '/console/matching/1'])
  const again = await visit.post('/console/matching/runs')
  expect(again.statusCode).toBe(409)
  expect(again.body).toContain('has not ended yet')
  // Its progress stands where it was begun.
  expect(again.body).toContain('hx-get="/console/matching/1/progress"')
  await work(rung[0] as number)
  const page = (await visit.get('/console/matching')).body
  expect(page).toContain('<a class="button primary" href="/console/matching/1">Review 4 pairs</a>')
  expect(page).toContain('Match 8 people again')
})

test('a run that goes on says how far it is, asks again by itself, and can be cancelled', async () => {
  const { visit, deps } = await openReview(madeUp(6))
  await visit.post('/console/matching/runs')
  await deps.db
    .updateTable('jobs')
    .set({ state: 'running', done: 34, total: 100, created_at: deps.clock.now() })
    .execute()
  const page = (await visit.get('/console/matching/1')).body
  expect(page).toContain('<title>(34 %) Matching… · Pairpost</title>')
  expect(page).toContain('Matching 6 people: 34 % of the work is done')
  expect(page).toContain('hx-trigger="every 2s"')
  expect(page).toContain('role="status">25 % are done.')
  deps.clock.advance(61_000)
  const part = (await visit.get('/console/matching/1/progress')).body
  expect(part).toContain('hx-trigger="every 10s"')
  expect(part).not.toContain('<html')
  const cancelled = await visit.post('/console/matching/1/cancel')
  expect(cancelled.headers.location).toBe('/console/matching/1?notice=cancelled')
  expect((await visit.get('/console/matching/1')).body).toContain('It was asked to stop and ends soon.')
})

test('the last part that is asked for says that it is done, and no longer asks', async () => {
  const { visit, match } = await openReview(madeUp(6))
  const id = await match()
  const part = (await visit.get(`/console/matching/${id}/progress`)).body
  expect(part).toContain('The matching is done.')
  expect(part).toContain(`href="/console/matching/${id}"`)
  expect(part).not.toContain('hx-trigger')
})

test('a run that failed says why, and its job leads to it', async () => {
  const { visit, deps } = await openReview(madeUp(6))
  await visit.post('/console/matching/runs')
  await deps.db
    .updateTable('jobs')
    .set({ state: 'failed', error: '<b>No</b> worker.', finished_at: deps.clock.now() })
    .execute()
  const page = (await visit.get('/console/matching/1')).body
  expect(page).toContain('did not come to its end')
  expect(page).toContain('&lt;b&gt;No&lt;/b&gt; worker.')
  expect(page).toContain('Match again')
  expect(page).not.toContain('hx-trigger')
  const job = (await visit.get('/console/jobs/1')).body
  expect(job).toContain('<h1>A matching run</h1>')
  expect(job).toContain('href="/console/matching/1"')
})

test('who may read sees figures and no buttons; a viewer has no part in it', async () => {
  const { visit, match } = await openReview(madeUp(6))
  const id = await match()
  const officer = await openConsole((await openMatching(madeUp(6))).deps, 'communications_officer')
  const page = (await officer.get('/console/matching')).body
  expect(page).toContain('aria-current="page">Matching')
  expect(page).not.toContain('action="/console/matching/runs"')
  expect(page).not.toContain('Change the criteria')
  const review = (await visit.get(`/console/matching/${id}`)).body
  expect(review).toContain('Keep together')
  const viewer = await openConsole((await openMatching(madeUp(2))).deps, 'viewer')
  expect((await viewer.get('/console')).body).not.toContain('/console/matching')
  expect((await viewer.get('/console/matching')).statusCode).toBe(403)
})
