import { Type } from '@fastify/type-provider-typebox'
import { getCampaign } from '../../features/campaigns/index.ts'
import { type DeliveryOfPerson, listDeliveryPeople } from '../../features/deliveries/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { sendCsv } from '../csv-reply.ts'
import type { ConsoleDeps } from '../shell.ts'
import { readStates } from './delivery-states.ts'

const AT_ONCE = 1000
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Query = Type.Object({
  state: Type.Optional(Type.String({ maxLength: 200 })),
  reason: Type.Optional(Type.String({ maxLength: 40 })),
})

type Cell = string | number | Date | null

const COLUMNS: [string, (row: DeliveryOfPerson) => Cell][] = [
  ['delivery_id', (row) => row.id],
  ['person_id', (row) => row.person_id],
  ['given_name', (row) => row.given_name],
  ['family_name', (row) => row.family_name],
  ['address', (row) => row.address],
  ['state', (row) => row.state],
  ['skipped_reason', (row) => row.skipped_reason],
  ['held_reason', (row) => row.held_reason],
  ['due_at', (row) => row.due_at],
  ['accepted_at', (row) => row.accepted_at],
  ['tries', (row) => row.tries],
  ['code', (row) => row.code],
  ['words', (row) => row.words],
]

/** GET /console/campaigns/:id/people.csv: the same people as the page of the same states, all of them. */
export function addPeopleCsv(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/people.csv',
    config: { allow: 'people.read', does: 'Export people of a campaign', audited: true },
    schema: { params: Id, querystring: Query },
    handler: async ({ params: { id }, query: { state, reason } }, reply) => {
      await getCampaign(deps, { id })
      const states = readStates(state)
      const skipped_reason = states.includes('skipped') && reason ? reason : undefined
      return sendCsv(reply, {
        name: `campaign-${id}-${states.join('-')}.csv`,
        columns: COLUMNS.map(([name]) => name),
        pages: eachPage({ campaign_id: id, states, skipped_reason }),
        cellsOf: (row) => COLUMNS.map(([, cellOf]) => cellOf(row)),
      })
    },
  })

  async function* eachPage(choice: Omit<Parameters<typeof listDeliveryPeople>[1], 'after' | 'limit'>) {
    let after: number | null = 0
    while (after !== null) {
      const page: Awaited<ReturnType<typeof listDeliveryPeople>> = await listDeliveryPeople(deps.db, {
        ...choice,
        after,
        limit: AT_ONCE,
      })
      yield page.items
      after = page.next
    }
  }
}
