import { expect, test } from 'vitest'
import { getFaultsCsv, importApplications } from '../../../src/features/imports/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { csvOf, type Form, readForms } from '../../support/exports.ts'

async function openRound(): Promise<TestDeps> {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  return deps
}

const countRows = async (deps: TestDeps) => {
  const count = (table: 'people' | 'addresses' | 'applications') =>
    deps.db
      .selectFrom(table)
      .select((is) => is.fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow()
  const found = await Promise.all([count('people'), count('addresses'), count('applications')])
  return found.map(({ rows }) => rows)
}

const good = csvOf([{}]).toString()
const utf16 = (text: string) => Buffer.from(text, 'utf16le')

const FILES: [string, Buffer, RegExp][] = [
  ['an empty file', Buffer.alloc(0), /^Line 1: The file is empty/],
  ['a file of blank lines', Buffer.from('\ufeff\r\n \r\n'), /^Line 1: The file is empty/],
  ['a header without rows', csvOf([]), /^Line 1: There are no applications below the header/],
  ['a workbook', Buffer.from('504b030414000600', 'hex'), /Excel workbook.*CSV UTF-8/],
  ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /old Excel workbook/],
  ['a PDF', Buffer.from('%PDF-1.7'), /PDF/],
  ['a web page', Buffer.from('\r\n<!DOCTYPE html><html><body>a,b</body></html>'), /web page/],
  ['random octets', Buffer.from('0102030005', 'hex'), /not text/],
  [
    'prose',
    Buffer.from('Dear all,\nhere are our applicants.\n'),
    /No column was found for address, given name, country/,
  ],
  ['JSON', Buffer.from('[{"email": "a@b.example"}]'), /quotation mark/],
  ['UTF-16 with its mark', Buffer.concat([Buffer.from('fffe', 'hex'), utf16(good)]), /UTF-16.*CSV UTF-8/],
  ['UTF-16 without its mark', utf16(good), /UTF-16/],
  [
    'Latin-1',
    Buffer.concat([csvOf([{}, { address: 'ben@library.example' }]), Buffer.from('x,y,Ren\xe9\r\n', 'latin1')]),
    /^Line 4: .*not in UTF-8.*Latin-1/,
  ],
  ['100,000 columns', Buffer.from(`${'Email,'.repeat(99_999)}x\n1\n`), /header has 100000 columns; 500/],
  ['a row of 200 KB', csvOf([{}, { request: 'x'.repeat(200_000) }]), /^Line 3: The row is longer than 100 KB/],
  ['a quotation mark never closed', Buffer.from(`${good}1/20/2016 10:00:00,"ben`), /^Line 3: .*never closed/],
  ['a quotation mark in a cell', Buffer.from(`${good}1/20/2016 10:00:00,b"en"\r\n`), /^Line 3: .*within a cell/],
]

test.each(FILES)('%s is one clear fault', async (_name, content, message) => {
  await expect(readForms(content)).rejects.toThrow(message)
})

test('nothing of a file that cannot be read is imported, and the fault is kept', async () => {
  const deps = await openRound()
  for (const [, content, message] of FILES) {
    await expect(importApplications(deps, { code: '2016A', content })).rejects.toMatchObject({
      code: 'unreadable_file',
      faults: [{ message: expect.stringMatching(message) }],
    })
  }
  expect(await countRows(deps)).toEqual([0, 0, 0])
  const imports = await deps.db.selectFrom('imports').select(['content', 'faults', 'finished_at']).execute()
  expect(imports).toHaveLength(FILES.length)
  for (const row of imports) expect(row).toMatchObject({ content: null, faults: [{ line: expect.any(Number) }] })
})

test('a file over 20 MB is refused before it is read', async () => {
  await expect(readForms(Buffer.alloc(50 * 1024 * 1024, 0x61))).rejects.toThrow(/larger than 20 MB/)
})

const ROWS: [string, Form, string, RegExp][] = [
  ['no address', { address: ' ' }, 'address', /missing/],
  ['two @', { address: 'a@b@c.example' }, 'address', /more than one @/],
  ['300 characters', { address: `${'a'.repeat(300)}@c.example` }, 'address', /300 characters/],
  ['CR/LF in the address', { address: 'a@c.example\r\nBcc: b@c.example' }, 'address', /line break/],
  ['an unknown country', { country: 'Atlantis' }, 'country', /"Atlantis" is not a country we know/],
  ['no country', { country: '' }, 'country', /missing/],
  ['no given name', { given: ' ' }, 'given_name', /missing/],
  ['a header in a name', { given: 'Anna\r\nBcc: b@c.example' }, 'given_name', /line break/],
  ['a control character', { family: 'Car\u0007ter' }, 'family_name', /control character/],
  ['a turned-round name', { family: 'Car\u202eter' }, 'family_name', /control character/],
  ['HTML', { given: '<b>Anna</b>' }, 'given_name', /HTML/],
  ['an entity', { given: 'Anna&#60;script' }, 'given_name', /HTML/],
  ['a link', { family: 'see http://spam.example' }, 'family_name', /link/],
  ['a formula', { given: '=HYPERLINK("http://x.example")' }, 'given_name', /formula/],
  ['a formula behind a tab', { family: '\t=1+1' }, 'family_name', /formula/],
  ['a formula with a plus', { given: '+1' }, 'given_name', /formula/],
  ['a name of 201 characters', { given: 'a'.repeat(201) }, 'given_name', /201 characters/],
  ['no such day', { at: '2/30/2016 10:00:00' }, 'submitted_at', /not a date and time/],
  ['a time in words', { at: 'soon' }, 'submitted_at', /"soon" is not a date/],
  ['a formula for a country', { country: '=1+1' }, 'country', /not a country/],
]

test.each(ROWS)('a row with %s is a fault of its line and field', async (_name, form, field, message) => {
  const { faults, forms } = await readForms(csvOf([{ address: 'first@library.example' }, form]))
  expect(faults).toEqual([{ line: 3, field, message: expect.stringMatching(message) }])
  expect(forms).toHaveLength(1)
})

test('faulty rows are left out and the others are imported', async () => {
  const deps = await openRound()
  const content = csvOf([{ address: 'first@library.example' }, ...ROWS.map(([, form]) => form), {}])
  const result = await importApplications(deps, { code: '2016A', content })
  expect(result).toMatchObject({ rows: ROWS.length + 2, created: 2, resubmitted: 0, faulty_count: ROWS.length })
  expect(await countRows(deps)).toEqual([2, 2, 2])
})

test('lines are counted as an editor counts them, whatever stands in the cells before', async () => {
  for (const line of ['\n', '\r\n']) {
    const head = csvOf([{ request: `one${line}two${line}${line}four` }], line).toString()
    const rows = csvOf([{ country: 'Atlantis', request: `a${line}b` }, { country: 'Lemuria' }], line)
      .toString()
      .split(line)
      .slice(1)
      .join(line)
    const content = Buffer.from(`${head}${line}${line}${rows}`)
    const { faults } = await readForms(content)
    expect(faults.map((fault) => fault.line)).toEqual([8, 10])
  }
})

test('a row with too few or too many columns is a fault', async () => {
  const { faults, forms } = await readForms(Buffer.from(`${good}1/20/2016 10:00:00,ben@library.example,Ben\r\n`))
  expect(forms).toHaveLength(1)
  expect(faults).toEqual([{ line: 3, field: 'row', message: 'The row has 3 columns, the header has 12.' }])
})

test('a line break between the words of a name becomes a space, and the result says so', async () => {
  const deps = await openRound()
  const content = csvOf([{ given: 'Anna\r\nMaria', family: 'Carter\n' }])
  const { cleaned, faulty_count } = await importApplications(deps, { code: '2016A', content })
  expect(faulty_count).toBe(0)
  expect(cleaned).toEqual([
    { line: 2, field: 'given_name', message: 'The given name had a line break, which became a space.' },
  ])
  const person = await deps.db.selectFrom('people').selectAll().executeTakeFirstOrThrow()
  expect(person).toMatchObject({ given_name: 'Anna Maria', family_name: 'Carter' })
})

test('faults as CSV run in no spreadsheet', async () => {
  const deps = await openRound()
  const content = csvOf([{ given: '=cmd|"/c calc"!A1', country: '@SUM(1,2)' }, { address: 'x@y.example' }])
  const { import_id } = await importApplications(deps, { code: '2016A', content })
  const csv = await getFaultsCsv(deps, { id: import_id })
  const lines = csv.trimEnd().split('\r\n')
  expect(lines[0]).toBe('line,field,message')
  expect(lines).toHaveLength(3)
  for (const line of lines.slice(1)) expect(line).toMatch(/^2,(given_name|country),"?(The|"")/)
  for (const cell of csv.split(/,|\r\n/)) expect(cell).not.toMatch(/^[=+\-@\t]/)
})
