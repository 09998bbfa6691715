import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { importApplications } from '../../../../src/features/imports/index.ts'
import { type Report, reportOnRounds, writeReportCsv } from '../../../../src/features/reports/index.ts'
import { createRound } from '../../../../src/features/rounds/index.ts'
import { openConsole } from '../../../support/console.ts'
import { openTestDeps, TEST_TOKEN } from '../../../support/deps.ts'
import { haveExports, readExport, readFates } from '../../../support/exports.ts'

/** As the programme published it. */
const PUBLISHED = [
  ['2013A', 92, 18],
  ['2013B', 391, 39],
  ['2014A', 764, 76],
  ['2014B', 630, 73],
  ['2015A', 820, 79],
  ['2015B', 862, 85],
  ['2016A', 1162, 95],
] as const

test.skipIf(!haveExports)(
  'the published table of seven rounds comes out of their imported forms and answers',
  { timeout: 240_000 },
  async () => {
    const deps = await openTestDeps()
    for (const [code] of PUBLISHED) {
      const { id } = await createRound(deps, { code, name: code })
      await importApplications(deps, { code, content: readExport(code) })
      const confirmed = readFates(code).flatMap(([address, , fate]) => (fate === 'confirm' ? [address] : []))
      await sql`
        update applications set state = 'confirmed'
        where round_id = ${id} and person_id in (select person_id from addresses where address = any(${confirmed}))`.execute(
        deps.db,
      )
    }
    const report = await reportOnRounds(deps)
    const rows = report.sections[0]?.rows ?? []
    expect(rows.map(({ key, counts }) => [key, counts.participants, counts.countries])).toEqual(PUBLISHED)
    expect(report.sentences.slice(0, 2)).toEqual([
      '2016A has 1,162 participants from 95 countries, 300 more than 2015B (+35 %).',
      'The 7 rounds together have 4,721 participants, counted in each round they were in: the most in 2016A (1,162), the fewest in 2013A (92).',
    ])
    const lines = writeReportCsv(report).split('\r\n')
    expect(lines[0]).toContain('name,applicants,participants,countries,')
    for (const [at, [code, participants, countries]] of PUBLISHED.entries())
      expect(lines[at + 1]).toMatch(new RegExp(`,rounds,${code},${code},\\d+,${participants},${countries},`))

    const { app, get } = await openConsole(deps, 'viewer')
    const authorization = `Bearer ${TEST_TOKEN}`
    const api = await app.inject({ url: '/api/v1/reports/rounds', headers: { authorization } })
    expect((api.json() as Report).sections).toEqual(report.sections)
    const file = await app.inject({ url: '/api/v1/reports/rounds.csv', headers: { authorization } })
    expect(file.body.replaceAll(/\d{4}-\d\d-\d\dT[^,]+/g, '')).toBe(
      writeReportCsv(report).replaceAll(/\d{4}-\d\d-\d\dT[^,]+/g, ''),
    )
    const { body: page } = await get('/console/reports/rounds')
    for (const [code, participants, countries] of PUBLISHED) {
      const row = new RegExp(`<tr[^>]*>(?:(?!</tr>)[\\s\\S])*?${code}(?:(?!</tr>)[\\s\\S])*</tr>`, 'g')
      const cells = [...page.matchAll(row)].map(([found]) => found.replaceAll(/<[^>]+>/g, ' '))
      const has = (cell: string) =>
        cell.includes(` ${participants.toLocaleString('en')} `) && cell.includes(` ${countries} `)
      expect(cells.some(has), `${code}: ${cells[0]}`).toBe(true)
    }
  },
)
