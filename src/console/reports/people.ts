import { type Static, Type } from '@fastify/type-provider-typebox'
import { listReportPeople, type Report } from '../../features/reports/index.ts'
import { countryName } from '../../lib/countries.ts'
import { NotFound } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentDay, presentTime } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { type Asked, dayOf, hrefOf, peopleHref } from './asked.ts'
import { openReports, readReport } from './read-report.ts'
import { lowerFirst, sayCount } from './words.ts'

const PAGE = 50

const Query = Type.Object({
  kind: Type.Enum({ rounds: 'rounds', round: 'round', engagement: 'engagement', delivery: 'delivery' }),
  round: Type.String({ minLength: 1, maxLength: 32 }),
  section: Type.String({ maxLength: 40 }),
  row: Type.String({ maxLength: 300 }),
  column: Type.String({ maxLength: 40 }),
  as_of: Type.Optional(Type.String({ maxLength: 40 })),
  after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
})
type Query = Static<typeof Query>

/** GET /console/reports/people: who is behind a figure, fifty a page; that it was looked at is written down. */
export function addReportPeople(app: TypedApp, deps: ConsoleDeps): void {
  const reports = openReports(deps)
  app.route({
    method: 'GET',
    url: '/console/reports/people',
    config: { allow: 'reports.people', does: 'Look at the people behind a figure', audited: true },
    schema: { querystring: Query },
    handler: async ({ query }, reply) => {
      const { kind, round: code, section, row, column, after } = query
      const asked: Asked = { kind, code, pathway: '', as_of: dayOf(query) }
      const at = { section, row, column }
      const [report, found] = await Promise.all([
        readReport(reports, asked),
        listReportPeople(reports, { kind, code, ...at, as_of: asked.as_of, after, limit: PAGE }),
      ])
      const own = peopleHref(asked, at)
      const model = {
        ...describeFigure(report, query),
        back_href: `${hrefOf(asked)}#${encodeURIComponent(section)}`,
        unnamed: sayUnnamed(found.unnamed ?? 0),
        rows: found.items.map(({ person_id, given_name, family_name, country_code }) => ({
          name: `${given_name} ${family_name}`.trim() || '(no name)',
          href: `/console/participants/${person_id}`,
          country: country_code ? countryName(country_code) : '',
        })),
        pager: {
          first: after > 0 ? own : '',
          next: found.next === null ? '' : `${own}&after=${found.next}`,
        },
        paged: found.next !== null || after > 0,
      }
      return deps.shell.show(reply, 'reports/people', { title: model.heading, nav: 'reports' }, model)
    },
  })
}

/** Which figure it is, in words. @throws NotFound when the report has no such figure */
function describeFigure(report: Report, query: Query) {
  const section = report.sections.find(({ key }) => key === query.section)
  const rows = section ? [...section.rows, ...(section.total ? [section.total] : [])] : []
  const row = rows.find(({ key }) => key === query.row)
  const column = section?.columns.find(({ key }) => key === query.column)
  if (!section || !row || !column) throw new NotFound('This figure of the report')
  const { text, base, share } = sayCount(row, column)
  const whole = section.columns.find(({ key }) => key === column.of)
  const of = base && whole && whole.name !== 'Of' ? `${base} ${lowerFirst(whole.name)}` : base
  const definition = report.definitions.find(({ key }) => key === column.definition)
  return {
    heading: `${column.name}: ${row.name}`,
    sentence: `${[text, of, share && `(${share})`].filter(Boolean).join(' ')}.`,
    place: `${report.title}, ${lowerFirst(section.name)}`,
    row_name: row.name,
    definition: definition ?? null,
    data_at: presentTime(new Date(report.data_at), 'UTC'),
    as_of: report.as_of === null ? '' : presentDay(report.as_of),
  }
}

function sayUnnamed(count: number): string {
  if (count === 0) return ''
  return count === 1
    ? '1 more is not named: they did not agree that it is told of them, or are known by an address only.'
    : `${count} more are not named: they did not agree that it is told of them, or are known by an address only.`
}
