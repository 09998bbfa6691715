import { expect, test } from 'vitest'
import { importWork, startImport } from '../../src/features/imports/index.ts'
import { createRound } from '../../src/features/rounds/index.ts'
import { longWorkHandlers } from '../../src/jobs/long-work.ts'
import { type ConsoleVisit, openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { csvOf, type Form } from '../support/exports.ts'

const UPLOAD = '/console/rounds/2016A/import'
const COLUMNS = { submitted_at: '1', address: '2', given_name: '3', family_name: '4', country: '5' }

async function openRound() {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  const console = await openConsole(deps)
  return { deps, console, work: () => work(deps), upload: (content: Buffer) => upload(console, content) }
}

/** Runs every job that waits, as a worker would. */
async function work(deps: TestDeps) {
  const handlers = longWorkHandlers(deps, importWork(deps))
  const waiting = await deps.db.selectFrom('jobs').select('id').where('state', '=', 'waiting').execute()
  for (const { id } of waiting) await handlers['run-long-work']({ job_id: id }, new AbortController().signal)
}

/** What a browser sends for a form with a file. @param parts in this order */
function multipart(parts: [name: string, content: Buffer | string, file?: string][]) {
  const boundary = 'a-boundary-of-a-form'
  const chunks = parts.flatMap(([name, content, file]) => [
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`,
    file === undefined ? '\r\n\r\n' : `; filename="${file}"\r\ncontent-type: text/csv\r\n\r\n`,
    content,
    '\r\n',
  ])
  const payload = Buffer.concat([...chunks, `--${boundary}--\r\n`].map((chunk) => Buffer.from(chunk)))
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }
}

async function send({ app, cookie }: ConsoleVisit, parts: Parameters<typeof multipart>[0]) {
  const { payload, headers } = multipart(parts)
  const asPage = { accept: 'text/html', host: 'localhost', cookie }
  return app.inject({ method: 'POST', url: UPLOAD, headers: { ...asPage, ...headers }, payload })
}

const upload = async (visit: ConsoleVisit, content: Buffer, name = 'forms.csv') =>
  send(visit, [
    ['_csrf', await visit.csrf()],
    ['file', content, name],
  ])

/** Uploaded and tried: its page, and the job that is looked at. */
async function tried(given: Awaited<ReturnType<typeof openRound>>, forms: Form[], columns = COLUMNS) {
  const uploaded = await given.upload(csvOf(forms))
  const path = String(uploaded.headers.location).replace('/columns', '')
  await given.console.post(`${path}/columns`, columns)
  await given.work()
  const { body } = await given.console.get(path)
  return { path, body, seen: /name="seen" value="(\d+)"/.exec(body)?.[1] ?? '' }
}

const applications = async ({ db }: TestDeps) => (await db.selectFrom('applications').select('id').execute()).length

test('an export is uploaded once, its columns named, tried, imported and undone, without a script', async () => {
  const given = await openRound()
  const { deps, console } = given
  expect((await console.get(UPLOAD)).body).toContain('Nothing has been imported into this round yet.')
  const uploaded = await given.upload(csvOf([{ given: 'Ana' }, { address: 'broken', given: '<b>' }]))
  expect(uploaded.statusCode).toBe(303)
  const columns = (await console.get(uploaded.headers.location as string)).body
  expect(columns).toContain('<option value="2" selected>Email address – anna@library.example</option>')
  expect(columns).toContain('In this column: <bdi>Ana</bdi>, <bdi>&lt;b&gt;</bdi>')
  const path = String(uploaded.headers.location).replace('/columns', '')
  expect((await console.get(path)).headers.location).toBe(`${path}/columns`)

  expect((await console.post(`${path}/columns`, COLUMNS)).headers.location).toBe(path)
  const checking = (await console.get(path)).body
  expect(checking).toContain('being checked')
  expect(checking).toContain(`hx-get="${path}/state"`)
  expect(checking).toContain('Look again')
  await given.work()
  const state = (await console.get(`${path}/state`, { 'hx-request': 'true' })).body
  expect(state).not.toContain('hx-trigger')
  expect(state).toContain('Import 1 applicant</button>')

  const checked = (await console.get(path)).body
  expect(checked).toContain('of 2 rows')
  expect(checked).toContain('2 faults')
  expect(checked).toContain('The given name &quot;&lt;b&gt;&quot; contains HTML.')
  expect(await applications(deps)).toBe(0)
  const seen = /name="seen" value="(\d+)"/.exec(checked)?.[1] as string

  for (const _ of [1, 2]) expect((await console.post(`${path}/import`, { seen })).headers.location).toBe(path)
  expect(await deps.db.selectFrom('jobs').select('id').execute()).toHaveLength(2)
  expect((await console.get(path)).body).toContain('being imported')
  await given.work()
  await console.post(`${path}/import`, { seen })
  expect(await applications(deps)).toBe(1)
  const imported = (await console.get(path)).body
  expect(imported).toContain('Undo the import')
  const row = await deps.db.selectFrom('imports').select(['content', 'header']).executeTakeFirstOrThrow()
  expect(row).toEqual({ content: null, header: null })

  expect((await console.get(`${path}/undo`)).body).toContain('The 1 new applications are deleted')
  for (const _ of [1, 2]) expect((await console.post(`${path}/undo`)).headers.location).toBe(`${path}?notice=undone`)
  expect(await applications(deps)).toBe(0)
  expect((await console.get(UPLOAD)).body).toContain('1 new, 0 updated, of 2 rows')
  const log = await deps.db.selectFrom('audit_log').select('did').orderBy('id').execute()
  expect(log.map(({ did }) => did)).toEqual(
    expect.arrayContaining(['Upload applications', 'Import applications', 'Undo an import']),
  )
})

test('a file that is none is refused with a sentence, and nothing of it is kept', async () => {
  const { deps, upload } = await openRound()
  const cases: [Buffer, string][] = [
    [Buffer.alloc(0), 'The file is empty.'],
    [Buffer.from('PK\u0003\u0004and so on'), 'This is an Excel workbook'],
    [Buffer.from([0x00, 0xff, 0x10, 0x0a, 0x07]), 'The file is not text'],
    [Buffer.from('Email,Name\nJosé,x\n', 'latin1'), 'not in UTF-8'],
    [Buffer.from('Email,Name\n', 'utf16le'), 'UTF-16'],
    [Buffer.from('Email address,Name,Country\n'), 'There are no applications below the header.'],
    [Buffer.alloc(21 * 1024 * 1024, 'a,b\n'), 'The file is larger than 20 MB.'],
  ]
  for (const [content, words] of cases) {
    const answer = await upload(content)
    expect(answer.statusCode, words).toBe(422)
    expect(answer.body).toContain(words)
    expect(answer.body).toContain('href="#file"')
  }
  expect(await deps.db.selectFrom('imports').select('id').execute()).toEqual([])
})

test('a form without a file, without a token or with the file first is refused', async () => {
  const { deps, console } = await openRound()
  const file: [string, Buffer, string] = ['file', csvOf([{}]), 'forms.csv']
  const token: [string, string] = ['_csrf', await console.csrf()]
  const nothing = await send(console, [token, ['file', '', '']])
  expect(nothing.statusCode).toBe(422)
  expect(nothing.body).toContain('Choose a file first.')
  for (const parts of [[file], [file, token], [['_csrf', 'x'], file]] as Parameters<typeof multipart>[0][]) {
    expect((await send(console, parts)).statusCode).toBe(403)
  }
  expect((await console.post(UPLOAD, { file: 'x' })).statusCode).toBe(403)
  expect(await deps.db.selectFrom('imports').select('id').execute()).toEqual([])
})

test('columns that do not fit are named beside their field, and what was chosen is kept', async () => {
  const { console, upload } = await openRound()
  const path = (await upload(csvOf([{}]))).headers.location as string
  const answer = await console.post(path, { address: '', given_name: '99', country: '5', sector: '5', interests: 'x' })
  expect(answer.statusCode).toBe(422)
  for (const field of ['address', 'given_name', 'sector', 'interests']) {
    expect(answer.body, field).toContain(`href="#${field}"`)
  }
  expect(answer.body).toContain('Choose the column with the address.')
  expect(answer.body.match(/<option value="5" selected>/g)).toHaveLength(2)
})

test('hostile titles and cells are shown as text', async () => {
  const { console, upload } = await openRound()
  const content = Buffer.from(
    'Email address,Given name,Country,"<script>alert(1)</script>",,\u202eevil\na@b.example,Ana,Peru,"<img src=x>",1,2\n',
  )
  const { body } = await console.get((await upload(content)).headers.location as string)
  expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt; – &lt;img src&#x3D;x&gt;')
  expect(body).toContain('Column 5 – 1')
  expect(body).not.toContain('<script>alert')
})

test('an old page does not import what it does not show', async () => {
  const given = await openRound()
  const { path, seen } = await tried(given, [{}])
  await given.console.post(`${path}/columns`, { ...COLUMNS, sector: '6' })
  expect((await given.console.post(`${path}/import`, { seen })).headers.location).toBe(
    `${path}?notice=import_not_checked`,
  )
  expect((await given.console.post(`${path}/columns`, COLUMNS)).headers.location).toBe(`${path}?notice=import_busy`)
  await given.work()
  const late = await given.console.post(`${path}/import`, { seen })
  expect(late.headers.location).toBe(`${path}?notice=import_changed`)
  expect((await given.console.get(late.headers.location as string)).body).toContain('other columns since you looked')
  expect(await applications(given.deps)).toBe(0)
})

test('all faults are in the CSV; the page shows the first fifty', async () => {
  const given = await openRound()
  const forms = Array.from({ length: 60 }, (_, at) => ({ address: `=x${at}`, given: 'Ana' }))
  const { path, body } = await tried(given, [...forms, { address: 'good@library.example' }])
  expect(body).toContain('60 faults')
  expect(body).toContain('The first 50')
  expect(body.match(/data-label="What is wrong"/g)).toHaveLength(50)
  const csv = await given.console.get(`${path}/faults.csv`)
  expect(csv.body.split('\r\n')).toHaveLength(62)
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
})

test('countries over the cap are named with their share', async () => {
  const given = await openRound()
  const forms = Array.from({ length: 4 }, (_, at) => ({ address: `r${at}@library.example`, country: 'Chile' }))
  const { body } = await tried(given, [...forms, { address: 'x@library.example', country: 'Peru' }])
  expect(body).toContain('Countries over the cap of 20 %')
  expect(body).toContain('Chile: 4 applicants, 80 %')
  expect(body).not.toContain('Peru:')
})

test('a file that its columns make unreadable can be given other columns; one with nothing new says so', async () => {
  const given = await openRound()
  const first = await tried(given, [{}])
  await given.console.post(`${first.path}/import`, { seen: first.seen })
  await given.work()
  const second = await tried(given, [{}])
  expect(second.body).toContain('Nothing would change')
  expect(second.body).not.toContain('name="seen"')
})

test('what cannot be undone says why', async () => {
  const given = await openRound()
  const { path, seen } = await tried(given, [{}])
  expect((await given.console.get(`${path}/undo`)).body).toContain('It was a dry run')
  await given.console.post(`${path}/import`, { seen })
  await given.work()
  await given.deps.db.updateTable('applications').set({ sector: 'School' }).execute()
  expect((await given.console.get(path)).body).toContain('can no longer be undone')
  const refused = await given.console.post(`${path}/undo`)
  expect(refused.statusCode).toBe(409)
  expect(refused.body).toContain('1 of its rows was changed since')
})

test('an import of another round, of nobody, or of a program is answered for what it is', async () => {
  const given = await openRound()
  const { deps, console } = given
  await createRound(deps, { code: '2016B', name: 'Next' })
  const { path } = await tried(given, [{}])
  expect((await console.get(path.replace('2016A', '2016B'))).statusCode).toBe(404)
  expect((await console.get('/console/rounds/2016A/imports/999')).statusCode).toBe(404)
  expect((await console.get('/console/rounds/1999Z/import')).statusCode).toBe(404)
  const { import_id } = await startImport(deps, { code: '2016A', content: csvOf([{}]), dry_run: true })
  await given.work()
  const page = (await console.get(`/console/rounds/2016A/imports/${import_id}`)).body
  expect(page).toContain('its file is not kept')
  expect((await console.get(`/console/rounds/2016A/imports/${import_id}/columns`)).statusCode).toBe(303)
})

test('who may read sees imports and cannot begin one; a viewer sees none', async () => {
  const given = await openRound()
  const { path, seen } = await tried(given, [{}])
  const officer = await openConsole(given.deps, 'communications_officer', { app: given.console.app })
  const { body } = await officer.get(path)
  expect(body).toContain('checked, not imported')
  expect(body).not.toContain('name="seen"')
  expect((await officer.get(UPLOAD)).body).not.toContain('type="file"')
  expect((await officer.post(`${path}/import`, { seen })).statusCode).toBe(403)
  expect((await upload(officer, csvOf([{}]))).statusCode).toBe(403)
  const viewer = await openConsole(given.deps, 'viewer', { app: given.console.app })
  for (const url of [UPLOAD, path, `${path}/faults.csv`]) expect((await viewer.get(url)).statusCode, url).toBe(403)
})
