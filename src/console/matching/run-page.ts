import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  getMatchingRun,
  getProposalRow,
  listCountriesOfRun,
  listEdits,
  listProposals,
  type MatchingRun,
} from '../../features/matching/index.ts'
import { findIntroduction } from '../../features/partnerships/index.ts'
import { requestCancel } from '../../jobs/long-work.ts'
import { type FieldFault, NotFound } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { readStaffNames } from '../participants/sources.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { ListQuery, queryOf, RunParams, readChanged, readList } from './list-query.ts'
import { presentProposals } from './present-proposals.ts'
import { presentRun } from './present-run.ts'
import { gatherProgress } from './progress.ts'

const PAGE = 50
const SCRIPTS = ['/assets/matching.js']

const NOTICES: Record<string, string> = {
  kept: 'They are kept together, in this matching and in the next ones of the round.',
  'let-go': 'They are no longer kept together: the next matching may part them.',
  swapped: 'Swapped. What was changed stands first; Undo takes it back.',
  broken: 'They are parted, and left over now. Undo takes it back.',
  banned: 'They are parted, and no matching of this round pairs them again.',
  paired: 'They are a pair now.',
  undone: 'The last change was taken back.',
  cancelled: 'It was asked to stop.',
}

/** What a page of a run is shown with beside the run itself. */
export interface Shown {
  query: ListQuery
  notice?: string | undefined
  faults?: FieldFault[]
}

/** GET /console/matching/:id: a run while it goes on, why it failed, or what it found, to be reviewed. */
export function addRunPage(app: TypedApp, deps: ConsoleDeps, memory: Memory): void {
  const { db, shell } = deps

  app.route({
    method: 'GET',
    url: '/console/matching/:id',
    config: { allow: 'matching.read', does: 'Look at the proposals of a matching run', audited: true },
    schema: { params: RunParams, querystring: ListQuery },
    handler: async (request, reply) => {
      const { params, query } = request
      return showRun(deps, memory, request, reply, params.id, { query, notice: NOTICES[query.notice ?? ''] })
    },
  })

  app.route({
    method: 'GET',
    url: '/console/matching/:id/progress',
    config: { allow: 'matching.read' },
    schema: { params: RunParams },
    handler: async (request, reply) => {
      const run = await getMatchingRun({ db, memory }, request.params)
      const progress = await gatherProgress(deps, request, run)
      return shell.showPart(reply, 'matching/_polled', { id: run.id, people: run.people, progress })
    },
  })

  app.route({
    method: 'POST',
    url: '/console/matching/:id/cancel',
    config: { allow: 'matching.write', does: 'Cancel a matching run' },
    schema: { params: RunParams },
    handler: async ({ params: { id } }, reply) => {
      const { job_id } = await getMatchingRun({ db, memory }, { id })
      if (job_id !== null) await requestCancel({ db }, { id: job_id })
      return reply.redirect(`/console/matching/${id}?notice=cancelled`, 303)
    },
  })
}

/** The page of a run, with what was just done, or what was wrong with it. */
export async function showRun(
  deps: ConsoleDeps,
  memory: Memory,
  request: FastifyRequest,
  reply: FastifyReply,
  id: number,
  { query, notice, faults = [] }: Shown,
): Promise<FastifyReply> {
  const { db, shell } = deps
  const run = await getMatchingRun({ db, memory }, { id })
  const names = await readStaffNames(db)
  const role = roleOf(request)
  const reader = {
    names,
    zone: zoneOf(request),
    sees: mayDo(role, 'people.read'),
    writes: mayDo(role, 'matching.write'),
  }
  if (run.state !== 'done') {
    const progress = await gatherProgress(deps, request, run)
    const title = progress?.page_title ?? `Run ${id}`
    const model = { ...presentHead(run), faults, progress, may_write: reader.writes }
    return shell.show(reply, 'matching/running', { title, nav: 'matching', notice }, model)
  }
  const wanted = readList(query)
  const [found, countries, edits, introduction, changed] = await Promise.all([
    listProposals({ db }, { id, ...filtersOf(wanted), limit: PAGE }),
    listCountriesOfRun({ db }, { id }),
    listEdits({ db }, { id }),
    run.approved_at ? findIntroduction({ db }, { round_id: run.round_id }) : undefined,
    listChanged(deps, id, readChanged(query.changed)),
  ])
  const model = {
    ...presentHead(run),
    ...presentRun({ run, edits, introduction }, reader),
    ...presentProposals({ run, found, countries, changed, wanted }, reader),
    back: queryOf(wanted),
    faults,
  }
  const frame = { title: model.title, nav: 'matching', notice, scripts: SCRIPTS } as const
  return shell.show(reply, 'matching/run', frame, model)
}

const presentHead = ({ id, round }: MatchingRun) => ({
  id,
  round,
  round_href: `/console/rounds/${encodeURIComponent(round)}`,
})

function filtersOf({ order, only, country, text, after }: ReturnType<typeof readList>) {
  return {
    ...{ order, country, text, after },
    special_request: only === 'special' ? true : undefined,
    locked: only === 'kept' ? true : undefined,
    by_hand: only === 'hand' ? true : undefined,
  }
}

/** What an action has just changed, wherever it stands in the list; what is gone again is left out. */
async function listChanged({ db }: Pick<ConsoleDeps, 'db'>, run_id: number, ids: readonly number[]) {
  const found = await Promise.all(
    ids.map((id) =>
      getProposalRow({ db }, { id }).catch((error: unknown) => {
        if (error instanceof NotFound) return undefined
        throw error
      }),
    ),
  )
  return found.filter((proposal) => proposal !== undefined).filter((proposal) => proposal.run_id === run_id)
}
