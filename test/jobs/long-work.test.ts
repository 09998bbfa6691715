import { expect, test } from 'vitest'
import { type Handlers, JOBS, type JobInputs } from '../../src/jobs/catalog.ts'
import {
  getJob,
  type LongWork,
  type LongWorkKinds,
  longWorkHandlers,
  requestCancel,
  startLongWork,
} from '../../src/jobs/long-work.ts'
import { addJobRoutes } from '../../src/jobs/routes.ts'
import { InvalidInput, NotFound } from '../../src/lib/errors.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { serveRoutes } from '../support/routes.ts'

async function openWork(kinds: LongWorkKinds) {
  const deps = await openTestDeps()
  const rung: number[] = []
  const quiet = {
    ...deps,
    ring: async (name: string, input: object) => {
      if (name === 'run-long-work') rung.push((input as JobInputs['run-long-work']).job_id)
    },
  }
  const handlers = longWorkHandlers(quiet, kinds)
  const stopping = new AbortController()
  return {
    deps: quiet,
    rung,
    stopping,
    run: (job_id: number) => handlers['run-long-work']({ job_id }, stopping.signal),
    sweep: () => handlers['sweep-long-work']({}, stopping.signal),
  }
}

/** Work that lasts until it is told to stop. */
const endless = ({ signal }: LongWork) =>
  new Promise<never>((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason)))

const age = (deps: Pick<TestDeps, 'db'>, id: number, column: 'beat_at' | 'created_at', seconds: number) =>
  deps.db
    .updateTable('jobs')
    .set({ [column]: new Date(Date.now() - seconds * 1000) })
    .where('id', '=', id)
    .execute()

test('work is noted, rung for, run once, and its outcome kept', async () => {
  const seen: unknown[] = []
  const { deps, rung, run } = await openWork({
    count: async ({ input, job_id, progress }) => {
      seen.push([job_id, input])
      progress(7, 7)
      return { state: 'done', result: { counted: 7 } }
    },
  })
  const id = await startLongWork(deps, 'count', { to: 7 })
  expect(rung).toEqual([id])
  expect(await getJob(deps, { id })).toMatchObject({ state: 'waiting', done: 0, total: 0 })
  await Promise.all([run(id), run(id), run(id)])
  await run(id)
  expect(seen).toEqual([[id, { to: 7 }]])
  expect(await getJob(deps, { id })).toMatchObject({
    state: 'done',
    done: 7,
    total: 7,
    result: { counted: 7 },
    error: null,
    attempts: 1,
  })
})

test('a failure keeps our own words, and no others', async () => {
  const { deps, run } = await openWork({
    refused: async () => {
      throw new InvalidInput([{ field: 'file', message: 'is empty.' }])
    },
    absent: async () => {
      throw new NotFound('Round 1999Z')
    },
    broken: async () => {
      throw new Error('anna@library.example: secret')
    },
    outcome: async () => ({ state: 'failed', error: 'Too much.', result: { rows: 0 } }),
  })
  const failed = async (kind: string) => {
    const id = await startLongWork(deps, kind, {})
    await run(id)
    const { state, error, result } = await getJob(deps, { id })
    return { state, error, result }
  }
  expect(await failed('refused')).toEqual({
    state: 'failed',
    error: 'file: is empty.',
    result: { errors: [{ field: 'file', message: 'is empty.' }] },
  })
  expect(await failed('absent')).toMatchObject({ state: 'failed', error: 'Round 1999Z was not found.' })
  expect(await failed('broken')).toMatchObject({ state: 'failed', error: expect.not.stringContaining('anna') })
  expect(await failed('outcome')).toEqual({ state: 'failed', error: 'Too much.', result: { rows: 0 } })
  expect(await failed('unheard of')).toMatchObject({ state: 'failed', error: expect.stringContaining('unheard of') })
})

test('work of a lost worker is rung for and taken again; the lost one can no longer write', async () => {
  let begun = 0
  const { deps, rung, run, sweep } = await openWork({
    twice: async (work) => (++begun === 1 ? endless(work) : { state: 'done', result: 'second' }),
  })
  const id = await startLongWork(deps, 'twice', {})
  const lost = run(id)
  await expect.poll(() => begun).toBe(1)
  await sweep()
  expect(rung).toEqual([id])
  await age(deps, id, 'beat_at', 31)
  await Promise.all([sweep(), run(id)])
  expect(begun).toBe(2)
  await lost
  expect(await getJob(deps, { id })).toMatchObject({ state: 'done', result: 'second', attempts: 2 })
})

test('the sweep rings for work whose ring was lost', async () => {
  const { deps, rung, sweep } = await openWork({})
  const id = await startLongWork(deps, 'any', {})
  await sweep()
  expect(rung).toEqual([id])
  await age(deps, id, 'created_at', 6)
  await sweep()
  expect(rung).toEqual([id, id])
})

test('work that ends its worker again and again is given up', async () => {
  const { deps, run } = await openWork({ deadly: async () => ({ state: 'done', result: null }) })
  const id = await startLongWork(deps, 'deadly', {})
  await deps.db.updateTable('jobs').set({ attempts: 5, state: 'running' }).where('id', '=', id).execute()
  await age(deps, id, 'beat_at', 31)
  await run(id)
  expect(await getJob(deps, { id })).toMatchObject({ state: 'failed', error: expect.stringContaining('5 times') })
})

test('waiting work is cancelled at once, running work is asked to stop, ended work stays as it is', async () => {
  let begun = 0
  const { deps, run } = await openWork({
    endless: (work) => {
      begun++
      work.progress(3, 9)
      return endless(work)
    },
  })
  const waiting = await startLongWork(deps, 'endless', {})
  expect(await requestCancel(deps, { id: waiting })).toMatchObject({ state: 'cancelled' })
  await run(waiting)
  expect(begun).toBe(0)

  const running = await startLongWork(deps, 'endless', {})
  const ended = run(running)
  await expect.poll(() => begun).toBe(1)
  expect(await requestCancel(deps, { id: running })).toMatchObject({ state: 'running', cancel_requested: true })
  await ended
  expect(await requestCancel(deps, { id: running })).toMatchObject({ state: 'cancelled', done: 3, total: 9 })
  await expect(requestCancel(deps, { id: 999 })).rejects.toMatchObject({ code: 'not_found' })
})

test('a process that stops gives its work back at once', async () => {
  let begun = 0
  const { deps, run, stopping } = await openWork({
    endless: (work) => {
      begun++
      return endless(work)
    },
  })
  const id = await startLongWork(deps, 'endless', {})
  const ended = run(id)
  await expect.poll(() => begun).toBe(1)
  stopping.abort()
  await ended
  expect(await getJob(deps, { id })).toMatchObject({ state: 'waiting' })
  await run(id)
  expect(begun).toBe(1)
})

test('the API shows a job while it runs and cancels it', async () => {
  let begun = 0
  const { deps, run } = await openWork({
    endless: (work) => {
      begun++
      work.progress(2, 5)
      return endless(work)
    },
  })
  const app = await serveRoutes((api) => addJobRoutes(api, deps))
  const id = await startLongWork(deps, 'endless', {})
  const ended = run(id)
  await expect.poll(() => begun).toBe(1)
  await expect
    .poll(async () => (await app.inject(`/jobs/${id}`)).json(), { timeout: 5000 })
    .toEqual({ id, kind: 'endless', state: 'running', done: 2, total: 5, result: null, error: null })
  expect((await app.inject({ method: 'POST', url: `/jobs/${id}/cancel` })).statusCode).toBe(200)
  await ended
  expect((await app.inject(`/jobs/${id}`)).json()).toMatchObject({ state: 'cancelled' })
})

test('the queue itself brings the work to a worker', async () => {
  const deps = await openTestDeps()
  const kinds: LongWorkKinds = { real: async () => ({ state: 'done', result: 'yes' }) }
  const none = async () => undefined
  const others = Object.fromEntries(Object.keys(JOBS).map((name) => [name, none])) as unknown as Handlers
  await deps.work({ ...others, ...longWorkHandlers(deps, kinds) }, ['work'])
  const id = await startLongWork(deps, 'real', {})
  await expect.poll(async () => (await getJob(deps, { id })).state, { timeout: 10_000 }).toBe('done')
})
