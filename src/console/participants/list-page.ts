import {
  browseParticipants,
  eachParticipant,
  listEverybody,
  listParticipantChoices,
  type Participant,
} from '../../features/people/index.ts'
import type { RoundRow } from '../../features/rounds/index.ts'
import { countryName } from '../../lib/countries.ts'
import { NotFound } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { sendCsv } from '../csv-reply.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps, Frame } from '../shell.ts'
import { given, hrefOf, ListQuery, readChoice } from './list-query.ts'
import { presentEverybody, presentFilters, presentParticipants } from './present-list.ts'
import { nameOf } from './words.ts'

const PAGE = 50
const FRAME: Frame = { title: 'Participants', nav: 'participants' }

/** GET /console/participants and its CSV: people of the round, or of all rounds. */
export function addParticipantList(app: TypedApp, deps: ConsoleDeps): void {
  const { shell } = deps

  app.route({
    method: 'GET',
    url: '/console/participants',
    config: { allow: 'people.read', does: 'Look at participants', audited: true },
    schema: { querystring: ListQuery },
    handler: async (request, reply) => {
      const { query } = request
      const current = await shell.currentRound(request)
      const role = roleOf(request)
      if (query.everywhere) {
        const found = await listEverybody(deps, { text: given(query.q), after: query.after, limit: PAGE })
        const model = { q: query.q ?? '', ...presentEverybody(found, query) }
        return shell.show(reply, 'participants/everybody', { ...FRAME, title: 'People of all rounds' }, model)
      }
      if (!current) return shell.show(reply, 'participants/no-round', FRAME, { mayCreate: mayDo(role, 'rounds.write') })
      const zone = zoneOf(request)
      const [found, choices] = await Promise.all([
        browseParticipants(deps, { ...readChoice(query), code: current.code, after: query.after, limit: PAGE }),
        listParticipantChoices(deps, { round_id: current.id }),
      ])
      return shell.show(reply, 'participants/list', FRAME, {
        ...presentParticipants(found, query, { code: current.code, zone }),
        filters: presentFilters(choices, query),
        importHref: mayDo(role, 'imports.write') ? importHref(current) : '',
        csvHref: hrefOf('/console/participants.csv', query),
        everywhereHref: hrefOf('/console/participants', { q: query.q ?? '', everywhere: '1' }),
      })
    },
  })

  app.route({
    method: 'GET',
    url: '/console/participants.csv',
    config: { allow: 'people.read', does: 'Export participants', audited: true },
    schema: { querystring: ListQuery },
    handler: async (request, reply) => {
      const current = await shell.currentRound(request)
      if (!current) throw new NotFound('A round')
      const choice = { ...readChoice(request.query), code: current.code }
      return sendCsv(reply, {
        name: `participants-${current.code}.csv`,
        columns: COLUMNS.map(([name]) => name),
        pages: eachParticipant(deps, choice),
        cellsOf: (row: Participant) => COLUMNS.map(([, cellOf]) => cellOf(row)),
      })
    },
  })
}

const importHref = ({ code }: RoundRow) => `/console/rounds/${encodeURIComponent(code)}/import`

type Cell = string | number | boolean | Date | null

const COLUMNS: [string, (row: Participant) => Cell][] = [
  ['person_id', (row) => row.person_id],
  ['given_name', (row) => row.given_name],
  ['family_name', (row) => row.family_name],
  ['address', (row) => row.address],
  ['country', (row) => countryName(row.country_code)],
  ['country_code', (row) => row.country_code],
  ['state', (row) => row.state],
  ['submitted_at', (row) => row.submitted_at],
  ['confirmation', (row) => row.confirmation?.state ?? null],
  ['confirmation_at', (row) => row.confirmation?.at ?? null],
  ['pathway', (row) => row.pathway],
  ['sector', (row) => row.sector],
  ['career_stage', (row) => row.career_stage],
  ['language', (row) => row.language],
  ['time_zone', (row) => row.time_zone],
  ['code_of_conduct_agreed', (row) => row.code_of_conduct_agreed],
  ['commitment_agreed', (row) => row.commitment_agreed],
  ['partners', (row) => row.partnership?.partners.map(nameOf).join('; ') ?? null],
  ['introduced_at', (row) => row.partnership?.introduced_at ?? null],
  ['suppressed', (row) => [...new Set(row.suppressed)].join('; ')],
]
