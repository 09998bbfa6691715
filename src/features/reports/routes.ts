import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { addAssociationRoutes } from './association/index.ts'
import { addMailReportRoutes } from './engagement/index.ts'
import { listReportPeople } from './people.ts'
import { reportOnRound, reportOnRounds } from './rounds/index.ts'
import { sendReportCsv } from './send-csv.ts'

interface RouteDeps {
  db: Db
  clock: Clock
}

const closed = { additionalProperties: false } as const
const tags = ['Reports']
const RoundCode = Type.Object({ code: Type.String({ maxLength: 32 }) })
const as_of = Type.Optional(
  Type.String({ maxLength: 10, description: 'A day such as 2016-03-31: as things stood at its end in UTC' }),
)
const Past = Type.Object({ as_of }, closed)

/** Reports as JSON and as CSV, and the people behind their figures. */
export function addReportRoutes(app: TypedApp, deps: RouteDeps): void {
  addRoundRoutes(app, deps)
  addMailReportRoutes(app, deps)
  addAssociationRoutes(app, deps)
}

function addRoundRoutes(app: TypedApp, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/reports/rounds',
    config: { allow: 'reports.read' },
    schema: {
      tags,
      summary: 'The rounds compared: applicants, participants, countries and what became of them',
      querystring: Past,
    },
    handler: ({ query }) => reportOnRounds(deps, query),
  })
  app.route({
    method: 'GET',
    url: '/reports/rounds.csv',
    config: { allow: 'reports.read', does: 'Export the comparison of rounds', audited: true },
    schema: { tags, summary: 'The rounds compared, as CSV', querystring: Past },
    handler: async ({ query }, reply) => sendReportCsv(reply, 'rounds', await reportOnRounds(deps, query)),
  })
  app.route({
    method: 'GET',
    url: '/reports/rounds/:code',
    config: { allow: 'reports.read' },
    schema: {
      tags,
      summary: 'A round from application to completion, by country, sector, career stage, pathway and experience',
      params: RoundCode,
      querystring: Past,
    },
    handler: ({ params, query }) => reportOnRound(deps, { ...params, ...query }),
  })
  app.route({
    method: 'GET',
    url: '/reports/rounds/:code.csv',
    config: { allow: 'reports.read', does: 'Export the report on a round', audited: true },
    schema: { tags, summary: 'The report on a round, as CSV', params: RoundCode, querystring: Past },
    handler: async ({ params, query }, reply) =>
      sendReportCsv(reply, `round-${params.code}`, await reportOnRound(deps, { ...params, ...query })),
  })
  app.route({
    method: 'GET',
    url: '/reports/rounds/:code/people',
    config: { allow: 'reports.people', does: 'List the people behind a figure', audited: true },
    schema: {
      tags,
      summary: 'The people behind a figure of the report on a round, by id',
      params: RoundCode,
      querystring: Type.Object(
        {
          section: Type.String({ maxLength: 40, description: 'Key of a section of the report' }),
          row: Type.String({ maxLength: 250, description: 'Key of a row of it' }),
          column: Type.String({ maxLength: 40, description: 'Key of a column of it' }),
          as_of,
          after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
          limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
        },
        closed,
      ),
    },
    handler: ({ params, query }) => listReportPeople(deps, { kind: 'round', ...params, ...query }),
  })
}
