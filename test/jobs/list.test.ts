import { expect, test } from 'vitest'
import { listJobs, startLongWork } from '../../src/jobs/long-work.ts'
import { listFailedJobs } from '../../src/jobs/long-work-queries.ts'
import { percentDone, secondsLeft } from '../../src/jobs/progress.ts'
import { addJobRoutes } from '../../src/jobs/routes.ts'
import { openTestDeps } from '../support/deps.ts'
import { serveRoutes } from '../support/routes.ts'

const STARTED = new Date('2016-03-01T09:00:00Z')
const after = (seconds: number) => new Date(STARTED.getTime() + seconds * 1000)
const RUNNING = { state: 'running', attempts: 1, done: 25, total: 100, started_at: STARTED }

test('what is left is told from the rate so far', () => {
  expect(secondsLeft(RUNNING, after(10))).toBe(30)
})

test.each([
  ['it has only begun', { ...RUNNING, done: 0 }, 10],
  ['the first two seconds tell nothing', RUNNING, 1],
  ['it has ended', { ...RUNNING, state: 'done', done: 100 }, 10],
  ['it was begun anew, at a rate that nobody knows', { ...RUNNING, attempts: 2 }, 10],
  ['the total is not known', { ...RUNNING, total: 0 }, 10],
])('nothing is told when %s', (_why, job, seconds) => {
  expect(secondsLeft(job, after(seconds))).toBeUndefined()
})

test('a percentage is of a known total, and 100 only at the end', () => {
  expect([percentDone({ done: 999, total: 1000 }), percentDone({ done: 1000, total: 1000 })]).toEqual([99, 100])
  expect(percentDone({ done: 0, total: 0 })).toBeUndefined()
})

test('long work is listed the newest first, page by page and by state', async () => {
  const deps = await openTestDeps()
  const quiet = { ...deps, ring: async () => undefined }
  const ids: number[] = []
  for (let made = 0; made < 5; made++) ids.push(await startLongWork(quiet, 'import', {}))
  await deps.db.updateTable('jobs').set({ state: 'failed' }).where('id', 'in', ids.slice(0, 2)).execute()
  const app = await serveRoutes((api) => addJobRoutes(api, deps))
  const list = async (query: string) => (await app.inject(`/jobs${query}`)).json()
  const first = await list('?limit=3')
  expect(first.items.map(({ id }: { id: number }) => id)).toEqual(ids.slice(2).reverse())
  const rest = await list(`?limit=3&after=${first.next}`)
  expect([rest.items.map(({ id }: { id: number }) => id), rest.next]).toEqual([ids.slice(0, 2).reverse(), null])
  expect((await listJobs(deps, { state: 'failed' })).items.map(({ id }) => id)).toEqual(ids.slice(0, 2).reverse())
  expect((await app.inject('/jobs?state=asleep')).statusCode).toBe(422)
})

test('failed work that was done again since needs nobody', async () => {
  const deps = await openTestDeps()
  const add = async (kind: string, state: string) =>
    (await deps.db.insertInto('jobs').values({ kind, state, error: 'No.' }).returning('id').executeTakeFirstOrThrow())
      .id
  await add('import', 'failed')
  await add('import', 'done')
  const open = await add('export', 'failed')
  const since = new Date(Date.now() - 60_000)
  expect((await listFailedJobs(deps.db, { since, limit: 5 })).map(({ id }) => id)).toEqual([open])
  expect(await listFailedJobs(deps.db, { since: new Date(Date.now() + 60_000), limit: 5 })).toEqual([])
})
