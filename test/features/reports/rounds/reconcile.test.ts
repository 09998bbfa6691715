import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  listReportPeople,
  type Report,
  refreshReports,
  reportOnRound,
  reportOnRounds,
} from '../../../../src/features/reports/index.ts'
import { openTestDeps, type TestDeps } from '../../../support/deps.ts'
import { happenings, openProgramme } from './history.ts'
import { peopleBySteps, STEPS } from './oracle.ts'
import { forgetFigures } from './programme.ts'

const RUNS = 6

async function emptyAgain({ db, clock }: TestDeps): Promise<void> {
  await sql`truncate rounds, people, report_changes restart identity cascade`.execute(db)
  clock.set('2016-03-01T09:00:00Z')
}

const everyReport = async (deps: TestDeps, as_of?: string) => [
  await reportOnRounds(deps, { as_of }),
  ...(await Promise.all(['2015B', '2016A', '2016B'].map((code) => reportOnRound(deps, { code, as_of })))),
]

const listAll = async (deps: TestDeps, wanted: Parameters<typeof listReportPeople>[1]) => {
  const ids: number[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof listReportPeople>> = await listReportPeople(deps, {
      ...wanted,
      after,
      limit: 3,
    })
    ids.push(...page.items.map(({ person_id }) => person_id))
    after = page.next
  }
  return ids
}

test('every figure reconciles with the list of participants, the partnerships and the answers, and with its own people', async () => {
  const deps = await openTestDeps()
  await fc.assert(
    fc.asyncProperty(happenings(true), async (story) => {
      await emptyAgain(deps)
      const { rounds, happen } = await openProgramme(deps)
      for (const happening of story) await happen(happening)
      for (const round of rounds) {
        const { steps, unknown, everybody } = await peopleBySteps(deps, round)
        const report = await reportOnRound(deps, { code: round.code })
        const sections = new Map(report.sections.map((section) => [section.key, section]))
        for (const key of ['country', 'sector', 'career_stage', 'pathway', 'experience']) {
          const section = sections.get(key)
          for (const step of STEPS) {
            const expected = unknown[step] ? 'unknown' : steps[step].length
            expect(section?.total?.counts[step], `${key} ${step}`).toBe(expected)
            if (expected === 'unknown') continue
            const counts = section?.rows.map(({ counts }) => Number(counts[step])) ?? []
            expect(
              counts.reduce((sum, count) => sum + count, 0),
              `${key} ${step}`,
            ).toBe(expected)
          }
        }
        for (const { key, counts } of sections.get('country')?.rows ?? [])
          for (const step of STEPS.filter((one) => !unknown[one]))
            expect(counts[step]).toBe(steps[step].filter(({ country_code }) => country_code === key).length)
        for (const { key, counts } of sections.get('states')?.rows ?? [])
          expect(counts.people).toBe(everybody.filter(({ state }) => state === key).length)
        const funnel = sections.get('funnel')?.rows.find(({ key }) => key === 'participants')
        expect(funnel?.counts).toEqual({
          people: steps.participants.length,
          base: everybody.length,
          countries: new Set(steps.participants.map(({ country_code }) => country_code)).size,
        })
        await expectPeople(deps, report, round.code)
      }
    }),
    { numRuns: RUNS },
  )
}, 240_000)

/** Behind each count of a report stand as many people, each once. */
async function expectPeople(deps: TestDeps, report: Report, code: string): Promise<void> {
  for (const { key: section, rows, total, columns } of report.sections)
    for (const row of [...rows, ...(total ? [total] : [])])
      for (const { key: column, unit } of columns) {
        const count = row.counts[column]
        const wanted = { kind: 'round', code, section, row: row.key, column } as const
        if (count === 'unknown') continue
        const ids = await listAll(deps, wanted)
        expect(new Set(ids).size).toBe(ids.length)
        if (unit === 'people') expect(ids.length, `${section} ${row.key} ${column}`).toBe(count)
      }
}

test('kept figures are those that are counted anew, and those of the present day, whatever happens in between', async () => {
  const deps = await openTestDeps()
  await fc.assert(
    fc.asyncProperty(happenings(true), fc.nat(3), async (story, often) => {
      await emptyAgain(deps)
      const { happen } = await openProgramme(deps)
      for (const [at, happening] of story.entries()) {
        await happen(happening)
        // some are read, some are refreshed by the job, so that what is kept is of many ages
        if (at % 4 === often) await reportOnRound(deps, { code: ['2015B', '2016A', '2016B'][at % 3] as string })
        if (at % 11 === often) await refreshReports(deps)
      }
      const kept = await everyReport(deps)
      expect(await deps.db.selectFrom('report_changes').selectAll().execute()).toEqual([])
      const today = deps.clock.now().toISOString().slice(0, 10)
      const ofToday = await everyReport(deps, today)
      expect(ofToday.map(({ sections }) => sections)).toEqual(kept.map(({ sections }) => sections))
      await forgetFigures(deps)
      expect(JSON.stringify(await everyReport(deps))).toBe(JSON.stringify(kept))
    }),
    { numRuns: RUNS },
  )
}, 240_000)

test('a report of a past day is the one that was pulled on it, whatever happened since', async () => {
  const deps = await openTestDeps()
  await fc.assert(
    fc.asyncProperty(happenings(false), fc.nat(99), async (story, percent) => {
      await emptyAgain(deps)
      const { happen } = await openProgramme(deps)
      // the timetable is not kept by days
      const days = story.filter(({ what }) => what !== 'start')
      const at = Math.floor((days.length * percent) / 100)
      for (const happening of days.slice(0, at)) await happen(happening)
      const day = deps.clock.now().toISOString().slice(0, 10)
      deps.clock.set(`${day}T23:59:59.999Z`)
      const pulled = await everyReport(deps, day)
      deps.clock.advance(1)
      for (const happening of days.slice(at)) await happen(happening)
      const again = await everyReport(deps, day)
      // a round whose last day this is was not over before it ended
      const withoutCompleted = (reports: Report[]) =>
        day === '2016-03-20' ? reports.map(({ data_at }) => data_at) : JSON.stringify(reports)
      expect(withoutCompleted(again)).toEqual(withoutCompleted(pulled))
    }),
    { numRuns: RUNS },
  )
}, 240_000)
