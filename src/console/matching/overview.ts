import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  getMatchingSettings,
  liftMatchingDecision,
  listMatchingDecisions,
  listMatchingRuns,
  measurePool,
  startMatchingRun,
} from '../../features/matching/index.ts'
import { findIntroduction } from '../../features/partnerships/index.ts'
import { Conflict, type FieldFault, NotFound } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { readStaffNames } from '../participants/sources.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps, Frame } from '../shell.ts'
import { presentOverview } from './present-overview.ts'
import { gatherProgress } from './progress.ts'

const FRAME: Frame = { title: 'Matching', nav: 'matching' }
const RUNS = 10

const Query = Type.Object({
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  notice: Type.Optional(Type.String({ maxLength: 40 })),
})

const NOTICES: Record<string, string> = {
  lifted: 'Lifted. The next matching decides about them as about everybody else.',
  criteria: 'The criteria are saved. They hold from the next matching on; what has been found stays as it is.',
}

/** GET /console/matching: who is matched, by what, the runs, and the next thing to do; POST …/runs begins one. */
export function addOverview(app: TypedApp, deps: ConsoleDeps): void {
  const { db, shell } = deps

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      before,
      notice,
      faults = [],
    }: { before?: number | undefined; notice?: string | undefined; faults?: FieldFault[] },
  ) {
    const round = await shell.currentRound(request)
    const role = roleOf(request)
    if (!round) return shell.show(reply, 'matching/no-round', FRAME, { may_create: mayDo(role, 'rounds.write') })
    const { code } = round
    const [pool, settings, decisions, runs, introduction, names] = await Promise.all([
      measurePool({ db }, { code }),
      getMatchingSettings({ db }, { code }),
      listMatchingDecisions({ db }, { code }),
      listMatchingRuns({ db }, { code, before, limit: RUNS }),
      findIntroduction({ db }, { round_id: round.id }),
      readStaffNames(db),
    ])
    const running = runs.items.find(({ state }) => state === 'waiting' || state === 'running')
    const model = presentOverview(
      { round, pool, settings, decisions, runs, introduction, before },
      {
        names,
        zone: zoneOf(request),
        sees: mayDo(role, 'people.read'),
        writes: mayDo(role, 'matching.write'),
      },
    )
    const progress = running ? await gatherProgress(deps, request, running) : null
    return shell.show(reply, 'matching/overview', { ...FRAME, notice }, { ...model, progress, faults })
  }

  app.route({
    method: 'GET',
    url: '/console/matching',
    config: { allow: 'matching.read' },
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const { before, notice } = request.query
      return show(request, reply, { before, notice: NOTICES[notice ?? ''] })
    },
  })

  app.route({
    method: 'POST',
    url: '/console/matching/runs',
    config: { allow: 'matching.write', does: 'Start a matching run' },
    schema: { body: Type.Optional(Type.Any()) },
    handler: async (request, reply) => {
      const round = await shell.currentRound(request)
      if (!round) throw new NotFound('A round')
      try {
        const { run_id } = await startMatchingRun(deps, { code: round.code, by: request.caller?.name ?? '' })
        return reply.redirect(`/console/matching/${run_id}`, 303)
      } catch (error) {
        // Pressed twice, or by two people: all of them see the one that goes on.
        if (!(error instanceof Conflict)) throw error
        return show(request, reply.status(409), { faults: [{ field: '', message: error.message }] })
      }
    },
  })

  app.route({
    method: 'POST',
    url: '/console/matching/decisions/:id/lift',
    config: { allow: 'matching.write', does: 'Lift a decision about two people' },
    schema: {
      params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
      body: Type.Optional(Type.Any()),
    },
    handler: async ({ params, caller }, reply) => {
      await liftMatchingDecision({ db }, { id: params.id, by: caller?.name ?? '' })
      return reply.redirect('/console/matching?notice=lifted#decisions', 303)
    },
  })
}
