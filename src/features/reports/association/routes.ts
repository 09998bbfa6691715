import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { sendReportCsv } from '../send-csv.ts'
import { reportOnAssociation } from './association-report.ts'

const tags = ['Reports']
const Pathway = Type.Object({ pathway: Type.String({ minLength: 1, maxLength: 200, description: 'Such as ALIA' }) })
const Asked = Type.Object(
  {
    round: Type.String({ maxLength: 32, description: 'Code of a round' }),
    as_of: Type.Optional(
      Type.String({ maxLength: 10, description: 'A day such as 2016-03-31: as things stood at its end in UTC' }),
    ),
  },
  { additionalProperties: false },
)

/** GET /reports/associations/:pathway, as JSON and as CSV. There is no list of people behind it, for nobody. */
export function addAssociationRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'GET',
    url: '/reports/associations/:pathway',
    config: { allow: 'reports.read' },
    schema: {
      tags,
      summary: 'Those who came to a round through an association, without names; small groups are put together',
      params: Pathway,
      querystring: Asked,
    },
    handler: ({ params, query: { round, as_of } }) => reportOnAssociation(deps, { ...params, code: round, as_of }),
  })
  app.route({
    method: 'GET',
    url: '/reports/associations/:pathway.csv',
    config: { allow: 'reports.read', does: 'Export the report for an association', audited: true },
    schema: { tags, summary: 'The report for an association, as CSV', params: Pathway, querystring: Asked },
    handler: async ({ params, query: { round, as_of } }, reply) =>
      sendReportCsv(reply, `association-${round}`, await reportOnAssociation(deps, { ...params, code: round, as_of })),
  })
}
