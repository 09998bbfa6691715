import { expect, test } from 'vitest'
import {
  findUndoObstacle,
  forgetKeptUploads,
  getKeptImport,
  importWork,
  keepUpload,
  listImports,
  listImportsOfPerson,
  startDryRun,
  startKeptImport,
  suggestColumns,
  undoImport,
} from '../../../src/features/imports/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { longWorkHandlers, requestCancel } from '../../../src/jobs/long-work.ts'
import { openTestDeps } from '../../support/deps.ts'
import { csvOf, type Form } from '../../support/exports.ts'

const HOURS = 3_600_000
const ANSWERS = { submitted_at: 1, address: 2, given_name: 3, family_name: 4, country: 5 }

async function openRound() {
  const opened = await openTestDeps()
  const rung: number[] = []
  const deps = {
    ...opened,
    ring: async (_name: string, input: object) => {
      rung.push((input as { job_id: number }).job_id)
    },
  }
  const round = await createRound(deps, { code: '2016A', name: 'Round' })
  const handlers = longWorkHandlers(deps, importWork(deps))
  /** Runs whatever was rung for. */
  const work = async () => {
    for (const job_id of rung.splice(0)) await handlers['run-long-work']({ job_id }, new AbortController().signal)
  }
  const keep = (forms: Form[]) => keepUpload(deps, { code: '2016A', content: csvOf(forms), file_name: 'forms.csv' })
  const see = (id: number) => getKeptImport(deps, { id })
  /** Uploaded, its columns named, tried. */
  const tried = async (forms: Form[]) => {
    const id = await keep(forms)
    const { job_id: seen } = await startDryRun(deps, { id, choice: ANSWERS })
    await work()
    return { id, seen }
  }
  return { deps, round, rung, work, keep, see, tried }
}

const count = async ({ db }: Pick<Awaited<ReturnType<typeof openRound>>['deps'], 'db'>) =>
  (await db.selectFrom('applications').select('id').execute()).length

test('a file is uploaded once: columns, dry run, import, undo, and then it is forgotten', async () => {
  const { deps, work, keep, see } = await openRound()
  const id = await keep([{ address: 'ana@library.example', given: 'Ana' }, { address: 'broken' }])
  expect(await see(id)).toMatchObject({ step: 'columns', has_file: true, file_name: 'forms.csv', round_code: '2016A' })
  expect((await see(id)).header?.samples[1]).toEqual(['ana@library.example', 'broken'])
  expect(await suggestColumns(deps, await see(id))).toMatchObject({ address: [2], country: [5], interests: [8] })

  const { job_id } = await startDryRun(deps, { id, choice: { ...ANSWERS, interests: 8 } })
  expect(await see(id)).toMatchObject({ step: 'checking' })
  await work()
  expect(await see(id)).toMatchObject({
    step: 'checked',
    has_file: true,
    result: { created: 1, faulty_count: 1, faulty: [{ line: 3, field: 'address' }] },
  })
  expect(await count(deps)).toBe(0)

  await startKeptImport(deps, { id, seen: job_id })
  expect(await see(id)).toMatchObject({ step: 'importing', has_file: true })
  await work()
  expect(await see(id)).toMatchObject({ step: 'imported', has_file: false, header: null, result: { created: 1 } })
  expect(await count(deps)).toBe(1)

  // The next file with this header begins with these columns.
  const next = await see(await keep([{}]))
  expect(await suggestColumns(deps, next)).toEqual({ ...columnsOf(ANSWERS), interests: [8] })

  expect(await findUndoObstacle(deps, { id, now: deps.clock.now() })).toBeUndefined()
  await undoImport(deps, { id })
  expect(await see(id)).toMatchObject({ step: 'undone' })
  expect(await count(deps)).toBe(0)
})

const columnsOf = (choice: Record<string, number>) =>
  Object.fromEntries(Object.entries(choice).map(([field, column]) => [field, [column]]))

test('"Import" pressed twice, also at the same moment, imports once', async () => {
  const { deps, rung, work, see, tried } = await openRound()
  const { id, seen } = await tried([{}])
  await Promise.all(Array.from({ length: 8 }, () => startKeptImport(deps, { id, seen })))
  expect(rung.length).toBe(1)
  await work()
  await startKeptImport(deps, { id, seen })
  expect(rung).toEqual([])
  expect(await see(id)).toMatchObject({ step: 'imported' })
  expect(await count(deps)).toBe(1)
})

test('what is imported is what was seen: other columns chosen meanwhile refuse the old page', async () => {
  const { deps, work, tried, see } = await openRound()
  const { id, seen } = await tried([{}])
  const second = await startDryRun(deps, { id, choice: { ...ANSWERS, family_name: 6 } })
  await expect(startKeptImport(deps, { id, seen })).rejects.toMatchObject({ code: 'import_not_checked' })
  await expect(startDryRun(deps, { id, choice: ANSWERS })).rejects.toMatchObject({ code: 'import_busy' })
  await work()
  await expect(startKeptImport(deps, { id, seen })).rejects.toMatchObject({ code: 'import_changed' })
  await startKeptImport(deps, { id, seen: second.job_id })
  await work()
  expect(await see(id)).toMatchObject({ step: 'imported', result: { mapping: { family_name: [6] } } })
  await expect(startDryRun(deps, { id, choice: ANSWERS })).rejects.toMatchObject({ code: 'import_ended' })
})

test('a worker that still holds the dry run when the import begins writes nothing', async () => {
  const { deps, work, tried, see } = await openRound()
  const { id, seen } = await tried([{}])
  await startKeptImport(deps, { id, seen })
  const late = importWork(deps).import?.({
    job_id: seen,
    input: { import_id: id },
    progress: () => undefined,
    signal: new AbortController().signal,
  })
  await expect(late).rejects.toMatchObject({ code: 'import_begun_anew' })
  expect(await see(id)).toMatchObject({ step: 'importing' })
  await work()
  expect(await see(id)).toMatchObject({ step: 'imported', result: { dry_run: false, created: 1 } })
})

test('columns are asked for by name: missing, unknown and twice the same', async () => {
  const { deps, keep } = await openRound()
  const id = await keep([{}])
  const faultsOf = async (choice: Record<string, number>) => {
    const error = await startDryRun(deps, { id, choice }).catch((thrown) => thrown)
    return error.faults?.map(({ field }: { field: string }) => field)
  }
  expect(await faultsOf({})).toEqual(['address', 'given_name', 'country'])
  expect(await faultsOf({ ...ANSWERS, sector: 99 })).toEqual(['sector'])
  expect(await faultsOf({ ...ANSWERS, sector: 0 })).toEqual(['sector'])
  expect(await faultsOf({ ...ANSWERS, sector: 2 })).toEqual(['sector'])
})

test('a file that cannot be read is refused with what is wrong with it', async () => {
  const { deps } = await openRound()
  const refusal = async (content: Buffer) => {
    const error = await keepUpload(deps, { code: '2016A', content }).catch((thrown) => thrown)
    return error.faults?.[0]?.message
  }
  expect(await refusal(Buffer.alloc(0))).toBe('The file is empty.')
  expect(await refusal(Buffer.from('PK\u0003\u0004rest of a workbook'))).toMatch(/^This is an Excel workbook/)
  expect(await refusal(Buffer.from('a,b\nx,\0\n'))).toMatch(/^Line 2: The file is not text/)
  expect(await refusal(Buffer.from('a,b\nJos\xe9,b\n', 'latin1'))).toMatch(/^Line 2: The line is not in UTF-8/)
  expect(await refusal(csvOf([]))).toBe('There are no applications below the header.')
  expect(await refusal(Buffer.alloc(20 * 1024 * 1024 + 1, 'a'))).toBe('The file is larger than 20 MB.')
  expect(await deps.db.selectFrom('imports').select('id').execute()).toEqual([])
})

test('two header rows are one header, and a spread question is one column to choose', async () => {
  const { deps, see, work } = await openRound()
  const file = [
    'Respondent ID,Your email,Your first name,Country,Your interests,,',
    ',Open-Ended Response,Open-Ended Response,Response,Copyright,Teaching,Archives',
    '1,ana@library.example,Ana,Chile,Copyright,,Archives',
  ].join('\n')
  const id = await keepUpload(deps, { code: '2016A', content: Buffer.from(file) })
  const row = await see(id)
  expect(await suggestColumns(deps, row)).toMatchObject({ address: [2], given_name: [3], interests: [5, 6, 7] })
  expect(row.header?.samples[4]).toEqual(['Copyright'])
  await startDryRun(deps, { id, choice: { address: 2, given_name: 3, country: 4, interests: 5 } })
  await work()
  expect(await see(id)).toMatchObject({ step: 'checked', result: { rows: 1, mapping: { interests: [5, 6, 7] } } })
})

test('a file waits a day: then it is forgotten with its first rows, unless work is reading it', async () => {
  const { deps, work, keep, see, tried } = await openRound()
  const waiting = await keep([{}])
  const { id, seen } = await tried([{}])
  deps.clock.advance(23 * HOURS)
  expect(await forgetKeptUploads(deps)).toBe(0)
  await startKeptImport(deps, { id, seen })
  deps.clock.advance(48 * HOURS)
  expect(await forgetKeptUploads(deps)).toBe(1)
  expect(await see(waiting)).toMatchObject({ step: 'forgotten', has_file: false, header: null })
  await expect(startDryRun(deps, { id: waiting, choice: ANSWERS })).rejects.toMatchObject({ code: 'import_forgotten' })
  await work()
  expect(await see(id)).toMatchObject({ step: 'imported' })
})

test('a cancelled import keeps its file and can be begun again', async () => {
  const { deps, rung, work, see, tried } = await openRound()
  const { id, seen } = await tried([{}])
  await startKeptImport(deps, { id, seen })
  await requestCancel(deps, { id: rung.pop() as number })
  expect(await see(id)).toMatchObject({ step: 'stopped', has_file: true })
  await startKeptImport(deps, { id, seen: 0 })
  await work()
  expect(await see(id)).toMatchObject({ step: 'imported' })
})

test('an import can be undone for a day, and says why when it cannot', async () => {
  const { deps, work, tried } = await openRound()
  const { id, seen } = await tried([{}])
  const at = (hours: number) => new Date(Date.now() + hours * HOURS)
  expect(await findUndoObstacle(deps, { id, now: at(0) })).toMatch(/dry run/)
  await startKeptImport(deps, { id, seen })
  expect(await findUndoObstacle(deps, { id, now: at(0) })).toMatch(/has not ended/)
  await work()
  expect(await findUndoObstacle(deps, { id, now: at(23) })).toBeUndefined()
  expect(await findUndoObstacle(deps, { id, now: at(25) })).toMatch(/24 hours/)
  await expect(undoImport(deps, { id, now: at(25) })).rejects.toMatchObject({ code: 'import_not_undoable' })
  await deps.db.updateTable('applications').set({ sector: 'School' }).execute()
  expect(await findUndoObstacle(deps, { id, now: at(0) })).toMatch(/1 of its rows was changed/)
})

test('imports of a round and of a person are listed, the newest first', async () => {
  const { deps, round, work, tried, keep } = await openRound()
  const first = await tried([{ address: 'ana@library.example' }])
  await startKeptImport(deps, first)
  await work()
  const second = await tried([{ address: 'ana@library.example', given: 'Anna', at: '1/21/2016 10:00:00' }])
  await startKeptImport(deps, second)
  await work()
  const waiting = await keep([{}])
  const { items } = await listImports(deps, { round_id: round.id })
  expect(items).toMatchObject([
    { id: waiting, step: 'columns' },
    { id: second.id, step: 'imported', created: 0, updated: 1 },
    { id: first.id, step: 'imported', created: 1 },
  ])
  const { person_id } = await deps.db.selectFrom('addresses').select('person_id').executeTakeFirstOrThrow()
  expect((await listImportsOfPerson(deps, { person_id })).map(({ id }) => id)).toEqual([second.id, first.id])
  expect(await listImportsOfPerson(deps, { person_id: person_id + 1 })).toEqual([])
})
