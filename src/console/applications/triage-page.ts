import type { FastifyReply, FastifyRequest } from 'fastify'
import { listDuplicates, listTriage } from '../../features/applications/index.ts'
import { getRound } from '../../features/rounds/index.ts'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentZone } from '../present/time.ts'
import { roundTabs } from '../rounds/tabs.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentDuplicate } from './present-duplicates.ts'
import { presentForm } from './present-form.ts'
import { presentCap, presentTriage } from './present-triage.ts'
import { Code, hrefOf, pathOf, readWanted, TriageQuery } from './triage-query.ts'

/** So many pairs that may be one person stand on the page itself; the others on their own. */
const DUPLICATES_SHOWN = 5

/** GET /console/rounds/:code/applications. */
export function addTriagePage(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/rounds/:code/applications',
    config: { allow: 'applications.read', does: 'Look at applications', audited: true },
    schema: { params: Code, querystring: TriageQuery },
    handler: async (request, reply) =>
      showTriage(deps, request, reply, { code: request.params.code, query: request.query }),
  })
}

export interface ShownTriage {
  code: string
  query: TriageQuery
  /** People whose box is ticked. */
  ticked?: readonly number[]
  /** They may be let in although their country has its share: asked for after it was said. */
  asks_over_cap?: boolean
  faults?: FieldFault[]
}

/** The page, with what was ticked on it and what stands against that. */
export async function showTriage(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { code, query, ticked = [], asks_over_cap = false, faults = [] }: ShownTriage,
): Promise<FastifyReply> {
  const role = roleOf(request)
  const zone = zoneOf(request)
  const now = deps.clock.now()
  const wanted = readWanted(code, query)
  const round = await getRound(deps, { code })
  const [found, duplicates] = await Promise.all([
    listTriage(deps, wanted),
    listDuplicates(deps, { code, state: 'open', limit: DUPLICATES_SHOWN }),
  ])
  const writes = mayDo(role, 'applications.write')
  const model = {
    name: round.name,
    path: pathOf(code),
    tabs: roundTabs(role, code, '/applications'),
    faults,
    form: presentForm(round, { publicUrl: deps.config.publicUrl, now }),
    cap: presentCap(found.cap, code),
    nobody: round.counts.applicants === 0,
    ...presentTriage(found, { round, query, ticked, zone }),
    asks_over_cap,
    duplicates: duplicates.items.map((row) => presentDuplicate(row, zone)),
    more_duplicates: duplicates.next !== null,
    csv_href: hrefOf(code, query).replace('/applications', '/applications.csv'),
    import_href: mayDo(role, 'imports.write') ? `/console/rounds/${encodeURIComponent(code)}/import` : '',
    writes,
    zone: presentZone(zone, now),
  }
  const notice = sayNotice(query)
  return deps.shell.show(reply, 'applications/triage', { title: 'Applications', nav: 'rounds', notice }, model)
}

function sayNotice({ notice, count = 0 }: TriageQuery): string | undefined {
  const whom = count === 1 ? 'One person' : `${count} people`
  const has = count === 1 ? 'has' : 'have'
  const sentences: Record<string, string> = {
    accepted: `${whom} ${has} a place now; an email tells them.`,
    waitlisted: `${whom} ${count === 1 ? 'is' : 'are'} on the waiting list now; an email tells them.`,
    unchanged: 'Nothing was changed: it stood like this already.',
  }
  return sentences[notice ?? '']
}

/** At the list; undefined for what is no fault of the form. */
export function triageFaults(error: unknown): FieldFault[] | undefined {
  if (!(error instanceof InvalidInput)) return undefined
  return error.faults.map(({ message }) => ({ field: 'list', message }))
}
