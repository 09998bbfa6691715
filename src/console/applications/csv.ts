import { listTriage, type TriageRow, type TriageWanted } from '../../features/applications/index.ts'
import { countryName } from '../../lib/countries.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { sendCsv } from '../csv-reply.ts'
import type { ConsoleDeps } from '../shell.ts'
import { Code, readWanted, TriageQuery } from './triage-query.ts'

const AT_ONCE = 1000

/** GET /console/rounds/:code/applications.csv: all of the list with the same filters. */
export function addTriageCsv(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/rounds/:code/applications.csv',
    config: { allow: 'applications.read', does: 'Export applications', audited: true },
    schema: { params: Code, querystring: TriageQuery },
    handler: async ({ params: { code }, query }, reply) =>
      sendCsv(reply, {
        name: `applications-${code}.csv`,
        columns: COLUMNS.map(([name]) => name),
        pages: eachPage({ ...readWanted(code, query), after: undefined }),
        cellsOf: (row) => COLUMNS.map(([, cellOf]) => cellOf(row)),
      }),
  })

  async function* eachPage(wanted: TriageWanted) {
    let after: number | null = 0
    while (after !== null) {
      const page: Awaited<ReturnType<typeof listTriage>> = await listTriage(deps, { ...wanted, after, limit: AT_ONCE })
      yield page.items
      after = page.next === null ? null : Number(page.next)
    }
  }
}

const COLUMNS: [string, (row: TriageRow) => string | number | boolean | Date | null][] = [
  ['person_id', (row) => row.person_id],
  ['given_name', (row) => row.given_name],
  ['family_name', (row) => row.family_name],
  ['address', (row) => row.address],
  ['country', (row) => countryName(row.country_code)],
  ['country_code', (row) => row.country_code],
  ['state', (row) => row.state],
  ['submitted_at', (row) => row.submitted_at],
  ['waitlisted_at', (row) => row.waitlisted_at],
  ['place_in_line', (row) => row.place_in_line],
  ['pathway', (row) => row.pathway],
  ['sector', (row) => row.sector],
  ['career_stage', (row) => row.career_stage],
  ['special_request', (row) => row.special_request],
  ['code_of_conduct_agreed', (row) => row.code_of_conduct_agreed],
  ['commitment_agreed', (row) => row.commitment_agreed],
]
