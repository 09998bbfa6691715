import { expect, test } from 'vitest'
import {
  addImportRoutes,
  importApplications,
  importWork,
  startImport,
  undoImport,
} from '../../../src/features/imports/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { getJob, longWorkHandlers, requestCancel } from '../../../src/jobs/long-work.ts'
import { addJobRoutes } from '../../../src/jobs/routes.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { csvOf, type Form } from '../../support/exports.ts'
import { serveRoutes } from '../../support/routes.ts'

async function openRound() {
  const deps = await openTestDeps()
  const rung: number[] = []
  const quiet = {
    ...deps,
    ring: async (_name: string, input: object) => {
      rung.push((input as { job_id: number }).job_id)
    },
  }
  await createRound(deps, { code: '2016A', name: 'Round' })
  const handlers = longWorkHandlers(quiet, importWork(deps))
  const run = (job_id: number) => handlers['run-long-work']({ job_id }, new AbortController().signal)
  return { deps: quiet, rung, run }
}

const bring = (deps: TestDeps, forms: Form[]) => importApplications(deps, { code: '2016A', content: csvOf(forms) })

async function snapshot({ db }: Pick<TestDeps, 'db'>) {
  const all = (table: 'people' | 'addresses' | 'applications') =>
    db.selectFrom(table).selectAll().orderBy('id').execute()
  const people = (await all('people')) as { updated_at: Date }[]
  return [people.map(({ updated_at: _, ...rest }) => rest), await all('addresses'), await all('applications')]
}

test('an import is a job: it rings, runs, says how far it is, and keeps no copy of the file', async () => {
  const { deps, rung, run } = await openRound()
  const { job_id, import_id } = await startImport(deps, { code: '2016A', content: csvOf([{}]), file_name: 'a.csv' })
  expect(rung).toEqual([job_id])
  await run(job_id)
  expect(await getJob(deps, { id: job_id })).toMatchObject({
    state: 'done',
    done: 6,
    total: 6,
    error: null,
    result: { rows: 1, created: 1 },
  })
  const row = await deps.db.selectFrom('imports').selectAll().where('id', '=', import_id).executeTakeFirstOrThrow()
  expect(row).toMatchObject({ content: null, finished_at: expect.any(Date) })
})

test('a worker that died after its commit: the import runs again and is done once', async () => {
  const { deps, run } = await openRound()
  const { job_id } = await startImport(deps, { code: '2016A', content: csvOf([{}]) })
  await run(job_id)
  const before = await snapshot(deps)
  const first = await getJob(deps, { id: job_id })
  await deps.db.updateTable('jobs').set({ state: 'waiting', result: null }).where('id', '=', job_id).execute()
  await run(job_id)
  expect(await snapshot(deps)).toEqual(before)
  expect(await getJob(deps, { id: job_id })).toMatchObject({ state: 'done', result: first.result })
})

test('two workers that run one import at the same time do it once', async () => {
  const { deps } = await openRound()
  const { import_id } = await startImport(deps, { code: '2016A', content: csvOf([{}, { address: 'b@c.example' }]) })
  const work = () =>
    importWork(deps).import?.({
      job_id: 1,
      input: { import_id },
      progress: () => undefined,
      signal: new AbortController().signal,
    })
  const [one, two] = await Promise.all([work(), work()])
  expect(one).toEqual(two)
  expect((await snapshot(deps)).map((rows) => rows.length)).toEqual([2, 2, 2])
})

test('two files that name the same new person at the same time make one person', async () => {
  const { deps } = await openRound()
  await createRound(deps, { code: '2016B', name: 'Next' })
  await Promise.all([
    bring(deps, [{}]),
    importApplications(deps, { code: '2016B', content: csvOf([{}, { address: 'b@c.example' }]) }),
  ])
  expect((await snapshot(deps)).map((rows) => rows.length)).toEqual([2, 2, 3])
})

test('a file that cannot be read ends the job as failed, with its fault', async () => {
  const { deps, run } = await openRound()
  const { job_id } = await startImport(deps, { code: '2016A', content: Buffer.alloc(0) })
  for (const _ of [1, 2]) {
    await run(job_id)
    expect(await getJob(deps, { id: job_id })).toMatchObject({
      state: 'failed',
      error: 'Line 1: The file is empty.',
      result: { rows: 0, created: 0, faulty: [{ line: 1, field: 'file', message: 'The file is empty.' }] },
    })
    await deps.db.updateTable('jobs').set({ state: 'waiting' }).where('id', '=', job_id).execute()
  }
})

test('a cancelled import changes nothing', async () => {
  const { deps, run } = await openRound()
  const { job_id } = await startImport(deps, { code: '2016A', content: csvOf([{}]) })
  expect(await requestCancel(deps, { id: job_id })).toMatchObject({ state: 'cancelled' })
  await run(job_id)
  expect((await snapshot(deps)).map((rows) => rows.length)).toEqual([0, 0, 0])

  const { import_id } = await startImport(deps, { code: '2016A', content: csvOf([{}]) })
  const work = importWork(deps).import?.({
    job_id: 2,
    input: { import_id },
    progress: () => undefined,
    signal: AbortSignal.abort('cancelled'),
  })
  await expect(work).rejects.toBe('cancelled')
  expect((await snapshot(deps)).map((rows) => rows.length)).toEqual([0, 0, 0])
})

test('undo puts back exactly what stood before', async () => {
  const { deps } = await openRound()
  await bring(deps, [{}, { address: 'ben@library.example', given: 'Ben' }])
  const before = await snapshot(deps)
  const { import_id } = await bring(deps, [
    { at: '2/1/2016 10:00:00', given: 'Anne', country: 'Chile', interests: 'Copyright', request: 'Somebody new' },
    { address: 'new@library.example' },
  ])
  expect(await undoImport(deps, { id: import_id })).toEqual({
    id: import_id,
    deleted_applications: 1,
    deleted_people: 1,
    restored_applications: 1,
    restored_people: 1,
  })
  expect(await snapshot(deps)).toEqual(before)
  await expect(undoImport(deps, { id: import_id })).rejects.toMatchObject({ code: 'import_not_undoable' })
})

test('undo is refused, with how many, once people of the import were changed or used', async () => {
  const { deps } = await openRound()
  const { import_id } = await bring(deps, [{}, { address: 'ben@library.example' }, { address: 'cy@library.example' }])
  const before = await snapshot(deps)
  const refused = (message: RegExp) =>
    expect(undoImport(deps, { id: import_id })).rejects.toMatchObject({
      code: 'import_used',
      message: expect.stringMatching(message),
    })

  const { import_id: later } = await bring(deps, [{ at: '2/1/2016 10:00:00', country: 'Chile' }])
  await refused(/: 2 of its rows were changed since\./)
  await undoImport(deps, { id: later })
  expect(await snapshot(deps)).toEqual(before)

  await createRound(deps, { code: '2016B', name: 'Next' })
  const next = await importApplications(deps, { code: '2016B', content: csvOf([{}]) })
  await refused(/: 1 of its rows was changed since\./)
  await undoImport(deps, { id: next.import_id })

  const ids = (await deps.db.selectFrom('people').select('id').orderBy('id').execute()).map(({ id }) => id)
  const { round_id } = await deps.db.selectFrom('applications').select('round_id').limit(1).executeTakeFirstOrThrow()
  const pair = await deps.db.insertInto('partnerships').values({ round_id }).returning('id').executeTakeFirstOrThrow()
  await deps.db
    .insertInto('partnership_members')
    .values(ids.slice(0, 2).map((person_id) => ({ partnership_id: pair.id, person_id })))
    .execute()
  await refused(/: 2 of its people have deliveries or partners since\./)

  await deps.db.deleteFrom('partnerships').execute()
  await deps.db
    .updateTable('applications')
    .set({ state: 'confirmed' })
    .where('person_id', '=', ids[0] as number)
    .execute()
  await refused(/: 1 of its rows was changed since\./)
  await deps.db.updateTable('applications').set({ state: 'applied' }).execute()
  await undoImport(deps, { id: import_id })
  expect((await snapshot(deps)).map((rows) => rows.length)).toEqual([0, 0, 0])
})

test('the API takes a file as the body or as a part, answers with a job, and gives the faults as CSV', async () => {
  const { deps, run } = await openRound()
  const app = await serveRoutes(async (api) => {
    await addImportRoutes(api, deps)
    addJobRoutes(api, deps)
  })
  const post = (url: string, type: string, payload: Buffer) =>
    app.inject({ method: 'POST', url, payload, headers: { 'content-type': type } })

  const dry = await post(
    '/rounds/2016A/imports?dry_run=true',
    'text/csv; charset=utf-8',
    csvOf([{}, { country: 'Atlantis' }]),
  )
  expect(dry.statusCode).toBe(202)
  const { job, import: made } = dry.json()
  expect(job.url).toBe(`/api/v1/jobs/${job.id}`)
  await run(job.id)
  expect((await app.inject(`/jobs/${job.id}`)).json()).toMatchObject({
    state: 'done',
    result: { dry_run: true, rows: 2, created: 1, faulty: [{ line: 3, field: 'country' }] },
  })
  const csv = await app.inject(`/imports/${made.id}/faults.csv`)
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(csv.body.split('\r\n')[1]).toMatch(/^3,country,/)
  expect((await app.inject(`/imports/${made.id}`)).json()).toMatchObject({ round: '2016A', dry_run: true })

  const form = new FormData()
  form.set('mapping', JSON.stringify({ address: 2, given_name: 3, country: 5 }))
  form.set('file', new Blob([new Uint8Array(csvOf([{}]))], { type: 'text/csv' }), 'export.csv')
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const multipart = await post(
    '/rounds/2016A/imports',
    request.headers.get('content-type') as string,
    Buffer.from(await request.arrayBuffer()),
  )
  expect(multipart.statusCode).toBe(202)
  await run(multipart.json().job.id)
  expect((await app.inject(multipart.json().job.url.replace('/api/v1', ''))).json()).toMatchObject({
    state: 'done',
    result: { created: 1, mapping: { address: [2] } },
  })
  const undone = await app.inject({ method: 'POST', url: `/imports/${multipart.json().import.id}/undo` })
  expect(undone.json()).toMatchObject({ deleted_people: 1 })

  const large = await post('/rounds/2016A/imports', 'text/csv', Buffer.alloc(21 * 1024 * 1024, 0x61))
  expect([large.statusCode, large.json().code]).toEqual([413, 'file_too_large'])
  expect((await post('/rounds/2016A/imports', 'text/csv', Buffer.alloc(0))).statusCode).toBe(202)
  expect((await post('/rounds/1999Z/imports', 'text/csv', csvOf([{}]))).statusCode).toBe(404)
  expect((await post('/rounds/2016A/imports?mapping=%5B', 'text/csv', csvOf([{}]))).json()).toMatchObject({
    status: 422,
    errors: [{ field: 'mapping' }],
  })
  expect((await post('/rounds/2016A/imports', 'image/png', Buffer.alloc(3))).statusCode).toBe(415)
  expect((await app.inject('/jobs/999')).statusCode).toBe(404)
})
