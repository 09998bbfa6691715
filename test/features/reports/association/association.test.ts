import { expect, test } from 'vitest'
import {
  addReportRoutes,
  listPathways,
  type Report,
  reportOnAssociation,
  writeReportCsv,
} from '../../../../src/features/reports/index.ts'
import { addAudit } from '../../../../src/platform/http/audit.ts'
import { asRole, openApiApp } from '../../../support/api-app.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { type Applicant, addRound } from '../rounds/programme.ts'

const many = (count: number, applicant: Applicant): Applicant[] => Array.from({ length: count }, () => applicant)
const ALIA = { pathway: 'ALIA', state: 'confirmed', sector: 'Public', stage: 'Early' }

/** A round of forty people through ALIA from four countries, three through IRRT and sixty who came directly. */
async function openRound() {
  const deps = await openTestDeps()
  const round = await addRound(deps, '2016A', { starts_on: '2016-03-01', ends_on: '2016-06-30' })
  await round.apply([
    ...many(20, { ...ALIA, country: 'AU' }),
    ...many(15, { ...ALIA, country: 'NZ' }),
    ...many(3, { ...ALIA, country: 'FJ' }),
    ...many(2, { ...ALIA, country: 'TO' }),
    ...many(3, { ...ALIA, pathway: 'IRRT', country: 'US' }),
    ...many(60, { state: 'confirmed', country: 'KE' }),
  ])
  return { deps, round }
}

const rowsOf = (report: Report, key: string) =>
  report.sections
    .find((section) => section.key === key)
    ?.rows.map(({ name, counts }) => [name, counts.applicants, counts.participants])

test('an association reads how its people came, and small countries only together', async () => {
  const { deps } = await openRound()
  const report = await reportOnAssociation(deps, { pathway: 'ALIA', code: '2016A' })
  expect(rowsOf(report, 'country')).toEqual([
    ['Australia', 20, 20],
    ['3 others together', 20, 20],
  ])
  expect(rowsOf(report, 'rounds')).toEqual([['2016A', 40, 40]])
  expect(report.sentences[0]).toBe('40 of 40 applicants (100 %) who came to 2016A through ALIA took part.')
  expect(report.sections.some(({ has_people }) => has_people)).toBe(false)
})

test('a value that is called as our own rows are stays a row of its own', async () => {
  const { deps } = await openRound()
  const later = await addRound(deps, '2016B', { starts_on: '2016-09-01' })
  await later.apply([
    ...many(20, { ...ALIA, sector: 'together' }),
    ...many(15, { ...ALIA, sector: '~together' }),
    ...many(8, { ...ALIA, sector: 'a School' }),
    ...many(2, { ...ALIA, sector: 'Special' }),
  ])
  const report = await reportOnAssociation(deps, { pathway: 'ALIA', code: '2016B' })
  const rows = report.sections.find(({ key }) => key === 'sector')?.rows ?? []
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
  expect(rowsOf(report, 'sector')).toEqual([
    ['together', 20, 20],
    ['a School', 8, 8],
    ['2 others together', 17, 17],
  ])
})

test('of three people nothing is told, in figures, in words or in the file', async () => {
  const { deps } = await openRound()
  const report = await reportOnAssociation(deps, { pathway: 'IRRT', code: '2016A' })
  for (const { rows, total } of report.sections)
    for (const { counts } of [...rows, ...(total ? [total] : [])])
      expect(Object.values(counts).every((count) => count === 'hidden')).toBe(true)
  expect(report.sentences).toEqual([
    'Fewer than five people came to 2016A through IRRT: any figure would tell of somebody, so none is shown.',
  ])
  expect(writeReportCsv(report)).not.toMatch(/United States|,3[,\r]/)
})

test('a name in another direction turns no word around it', async () => {
  const { deps, round } = await openRound()
  await round.apply(many(6, { pathway: '\u202eALIB', state: 'confirmed' }))
  await round.apply(many(6, { pathway: 'جمعية', state: 'confirmed' }))
  const overridden = await reportOnAssociation(deps, { pathway: '\u202eALIB', code: '2016A' })
  expect([overridden.title, ...overridden.sentences].join()).not.toMatch(/\u202e/)
  const arabic = await reportOnAssociation(deps, { pathway: 'جمعية', code: '2016A' })
  expect(arabic.title).toBe('\u2068جمعية\u2069 in 2016A')
  expect(arabic.sentences[0]).toContain('through \u2068جمعية\u2069 took part.')
})

test('an association of nobody is told that nobody came', async () => {
  const { deps } = await openRound()
  const report = await reportOnAssociation(deps, { pathway: 'ABC', code: '2016A' })
  expect(report.sentences).toEqual(['Nobody came to 2016A through ABC.'])
})

test('pathways are listed with the largest first', async () => {
  const { deps } = await openRound()
  expect(await listPathways(deps, { code: '2016A' })).toEqual(['direct', 'ALIA', 'IRRT'])
})

test('the API gives it as JSON and as CSV, and has no list of people for it', async () => {
  const { deps } = await openRound()
  const app = openApiApp(deps)
  addAudit(app, deps)
  addReportRoutes(app, deps)
  const get = (path: string) => app.inject({ url: `/reports/associations/${path}`, headers: asRole('viewer') })
  expect((await get('ALIA?round=2016A')).json()).toMatchObject({ kind: 'association', pathway: 'ALIA' })
  expect((await get('ALIA.csv?round=2016A')).body).toContain('Australia')
  expect((await get('ALIA/people?round=2016A')).statusCode).toBe(404)
  expect((await get('ALIA?round=2099Z')).statusCode).toBe(404)
})
