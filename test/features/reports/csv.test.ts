import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { reportOnRound, writeReportCsv } from '../../../src/features/reports/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addRound } from './rounds/programme.ts'

test('a report as CSV: a line for each row and total, what is unknown in words, names whole and harmless', async () => {
  const deps = await openTestDeps()
  const { apply } = await addRound(deps, '2016A')
  await apply([
    ...['=HYPERLINK("http://bad.example")', '+1', '-1', '@x', '\tx', '\rx', '图书馆', 'مكتبة "عامة"', 'a, b\nc'].map(
      (sector) => ({ sector, state: 'confirmed' }),
    ),
    {},
  ])
  const report = await reportOnRound(deps, { code: '2016A' })
  const text = writeReportCsv(report)
  expect(text.startsWith('\ufeffreport,round,as_of,data_at,section,row,name,people,base,countries,applicants,')).toBe(
    true,
  )
  expect(text.endsWith('\r\n')).toBe(true)
  const rows: Record<string, string>[] = parse(text, { columns: true, bom: true, record_delimiter: '\r\n' })
  const shown = report.sections.flatMap(({ rows, total }) => [...rows, ...(total ? [total] : [])])
  expect(rows).toHaveLength(shown.length)
  for (const [at, { counts }] of shown.entries())
    for (const [column, count] of Object.entries(counts)) expect(rows[at]?.[column]).toBe(String(count))
  expect(rows[0]).toMatchObject({
    ...{ report: 'round', round: '2016A', as_of: '', data_at: '2016-03-01T09:00:00.000Z', section: 'funnel' },
    ...{ row: 'applicants', name: 'Applicants', people: '10', base: '10', applicants: '' },
  })
  const sectors = rows.filter(({ section }) => section === 'sector')
  for (const cell of sectors.flatMap(({ row, name }) => [row, name])) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  const names = sectors.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['图书馆', 'مكتبة "عامة"', 'a, b\nc', "'+1", 'All', 'Not said']))
  expect(sectors.at(-1)).toMatchObject({ row: 'total', in_touch: 'unknown', completed: 'unknown' })
})

test('a report of a past day says which, as an ISO date', async () => {
  const deps = await openTestDeps()
  await addRound(deps, '2016A')
  const text = writeReportCsv(await reportOnRound(deps, { code: '2016A', as_of: '2016-02-29' }))
  expect(text.split('\r\n')[1]).toBe(
    'round,2016A,2016-02-29,2016-02-29T23:59:59.999Z,funnel,applicants,Applicants,0,0,0,,,,,',
  )
})
