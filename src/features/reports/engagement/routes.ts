import { Type } from '@fastify/type-provider-typebox'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { listDeliveryPeople, reportOnDelivery } from '../delivery/index.ts'
import type { FigureWanted } from '../figure.ts'
import type { Report } from '../report.ts'
import { sendReportCsv } from '../send-csv.ts'
import { reportOnEngagement } from './engagement-report.ts'
import type { EngagementDeps } from './figures.ts'
import { listEngagementPeople, type PeopleBehind } from './people.ts'

const closed = { additionalProperties: false } as const
const tags = ['Reports']
const asked = {
  round: Type.String({ maxLength: 32, description: 'Code of a round' }),
  as_of: Type.Optional(
    Type.String({ maxLength: 10, description: 'A day such as 2016-03-31: as things stood at its end in UTC' }),
  ),
}
const Asked = Type.Object(asked, closed)
const People = Type.Object(
  {
    ...asked,
    section: Type.String({ maxLength: 40, description: 'Key of a section of the report' }),
    row: Type.String({ maxLength: 300, description: 'Key of a row of it' }),
    column: Type.String({ maxLength: 40, description: 'Key of a column of it' }),
    after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  },
  closed,
)

interface MailReport {
  name: 'engagement' | 'delivery'
  summary: string
  report: (deps: EngagementDeps, asked: { code: string; as_of?: string | undefined }) => Promise<Report>
  people: (deps: EngagementDeps, wanted: FigureWanted) => Promise<PeopleBehind>
}

const REPORTS: readonly MailReport[] = [
  {
    name: 'engagement',
    summary: 'What became of the emails of a round: each topic and other email, links, use by partnerships, rounds',
    report: reportOnEngagement,
    people: listEngagementPeople,
  },
  {
    name: 'delivery',
    summary: 'How the mail of a round is received: by domain, why not, who is not mailed, which domains refuse us',
    report: reportOnDelivery,
    people: listDeliveryPeople,
  },
]

/** GET /reports/engagement and /reports/delivery, as JSON and as CSV, and the people behind their figures. */
export function addMailReportRoutes(app: TypedApp, deps: EngagementDeps): void {
  for (const { name, summary, report, people } of REPORTS) {
    const url = `/reports/${name}`
    app.route({
      method: 'GET',
      url,
      config: { allow: 'reports.read' },
      schema: { tags, summary, querystring: Asked },
      handler: ({ query: { round, as_of } }) => report(deps, { code: round, as_of }),
    })
    app.route({
      method: 'GET',
      url: `${url}.csv`,
      config: { allow: 'reports.read', does: `Export the ${name} report`, audited: true },
      schema: { tags, summary: `The ${name} report, as CSV`, querystring: Asked },
      handler: async ({ query: { round, as_of } }, reply) =>
        sendReportCsv(reply, `${name}-${round}`, await report(deps, { code: round, as_of })),
    })
    app.route({
      method: 'GET',
      url: `${url}/people`,
      config: { allow: 'reports.people', does: 'List the people behind a figure', audited: true },
      schema: { tags, summary: `The people behind a figure of the ${name} report, by id`, querystring: People },
      handler: ({ query: { round, ...wanted } }) => people(deps, { ...wanted, code: round }),
    })
  }
}
