import { type Static, Type } from '@fastify/type-provider-typebox'
import {
  type ConfirmationGroup,
  type GroupPerson,
  listConfirmationPeople,
  summariseConfirmations,
} from '../../features/confirmations/index.ts'
import { countryName } from '../../lib/countries.ts'
import { NotFound } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { people } from '../campaigns/wording.ts'
import { sendCsv } from '../csv-reply.ts'
import { nameOf, stateBadge } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime, presentZone } from '../present/time.ts'
import { zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { GROUP_WORDS, isGroup, SHOWN_GROUPS } from './groups.ts'

const PAGE = 50
const CSV_PAGE = 1000

const Code = Type.Object({ code: Type.String({ maxLength: 32 }) })
const Query = Type.Object({
  group: Type.Optional(Type.String({ maxLength: 40 })),
  after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
})

/** /console/rounds/:code/confirmations/people and its CSV: who stands behind a figure. */
export function addConfirmationPeople(app: TypedApp, deps: ConsoleDeps): void {
  const { db } = deps

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/confirmations/people',
    config: { allow: 'people.read', does: 'Look at the people of a confirmation', audited: true },
    schema: { params: Code, querystring: Query },
    handler: async (request, reply) => {
      const { params, query } = request
      const group = groupOf(query)
      const zone = zoneOf(request)
      const [{ round, counts }, { items, next }] = await Promise.all([
        summariseConfirmations(db, params),
        listConfirmationPeople(db, { code: params.code, group, after: query.after, limit: PAGE }),
      ])
      const own = `/console/rounds/${encodeURIComponent(round)}/confirmations`
      const hrefOf = (of: ConfirmationGroup, after?: number) =>
        `${own}/people?${new URLSearchParams({ group: of, ...(after ? { after: String(after) } : {}) })}`
      const { name, means } = GROUP_WORDS[group]
      const model = {
        code: round,
        heading: `${name}: ${people(counts[group])}`,
        means,
        overview_href: own,
        csv_href: counts[group] > 0 ? `${own}/people.csv?group=${group}` : '',
        tabs: SHOWN_GROUPS.filter((one) => counts[one] > 0 || one === group).map((one) => ({
          text: `${GROUP_WORDS[one].name} (${formatCount(counts[one])})`,
          href: hrefOf(one),
          current: one === group,
        })),
        rows: items.map((row) => presentRow(row, zone)),
        pager: { next: next === null ? '' : hrefOf(group, next), first: query.after > 0 ? hrefOf(group) : '' },
        zone: presentZone(zone, deps.clock.now()),
      }
      return deps.shell.show(reply, 'confirmations/people', { title: model.heading, nav: 'rounds' }, model)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/confirmations/people.csv',
    config: { allow: 'people.read', does: 'Export people of a confirmation', audited: true },
    schema: { params: Code, querystring: Query },
    handler: async ({ params: { code }, query }, reply) => {
      const group = groupOf(query)
      return sendCsv(reply, {
        name: `confirmations-${code}-${group}.csv`,
        columns: COLUMNS.map(([name]) => name),
        pages: eachPage(code, group),
        cellsOf: (row) => COLUMNS.map(([, cellOf]) => cellOf(row)),
      })
    },
  })

  async function* eachPage(code: string, group: ConfirmationGroup) {
    let after: number | null = 0
    while (after !== null) {
      const page: Awaited<ReturnType<typeof listConfirmationPeople>> = await listConfirmationPeople(db, {
        ...{ code, group, after },
        limit: CSV_PAGE,
      })
      yield page.items
      after = page.next
    }
  }
}

/** @throws NotFound */
function groupOf({ group = 'silent' }: Static<typeof Query>): ConfirmationGroup {
  if (isGroup(group)) return group
  throw new NotFound('This list')
}

function presentRow(row: GroupPerson, zone: string) {
  return {
    href: `/console/participants/${row.person_id}`,
    name: nameOf(row),
    address: row.address ?? 'no address',
    country: countryName(row.country_code),
    state: stateBadge(row.state),
    since: presentTime(row.state_changed_at, zone),
  }
}

const COLUMNS: [string, (row: GroupPerson) => string | number | Date | null][] = [
  ['person_id', (row) => row.person_id],
  ['given_name', (row) => row.given_name],
  ['family_name', (row) => row.family_name],
  ['address', (row) => row.address],
  ['country', (row) => countryName(row.country_code)],
  ['country_code', (row) => row.country_code],
  ['state', (row) => row.state],
  ['state_changed_at', (row) => row.state_changed_at],
]
