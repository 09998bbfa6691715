import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { approveRun, getMatchingRun, listProposals } from '../../features/matching/index.ts'
import { Conflict, type FieldFault } from '../../lib/errors.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { formatCount } from '../present/numbers.ts'
import type { ConsoleDeps } from '../shell.ts'
import { RunParams } from './list-query.ts'
import { sayFound } from './say-run.ts'
import { people, presentPerson } from './words.ts'

const Form = Type.Object({ accept_changed: Type.Optional(Type.String({ maxLength: 1 })) })
const NAMED = 10

/** /console/matching/:id/approve: what approving means, in numbers, and the button that does it. */
export function addApprovePages(app: TypedApp, deps: ConsoleDeps, memory: Memory): void {
  const { db, shell } = deps

  async function show(reply: FastifyReply, id: number, faults: FieldFault[]) {
    const [run, special] = await Promise.all([
      getMatchingRun({ db, memory }, { id }),
      listProposals({ db }, { id, special_request: true, limit: 1 }),
    ])
    const own = `/console/matching/${id}`
    const count = run.now?.cardinality ?? 0
    const model = {
      id,
      own,
      faults,
      round: run.round,
      found: sayFound(run),
      done: run.state === 'done',
      approved: run.approved_at !== null,
      partnerships: count === 1 ? '1 partnership' : `${formatCount(count)} partnerships`,
      paired: people(run.people - run.unmatched_count),
      left_over: run.unmatched_count === 0 ? '' : people(run.unmatched_count),
      left_over_people: run.unmatched.slice(0, NAMED).map((one) => presentPerson(one)),
      left_over_more: run.unmatched_count > NAMED ? `${formatCount(run.unmatched_count - NAMED)} more` : '',
      special: special.count === 0 ? '' : formatCount(special.count),
      special_one: special.count === 1,
      changes: run.data_changed ? run.changes : [],
      changed: run.data_changed,
    }
    return shell.show(reply, 'matching/approve', { title: 'Approve the matching', nav: 'matching' }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/matching/:id/approve',
    config: { allow: 'matching.write' },
    schema: { params: RunParams },
    handler: (request, reply) => show(reply, request.params.id, []),
  })

  app.route({
    method: 'POST',
    url: '/console/matching/:id/approve',
    config: { allow: 'matching.write', does: 'Approve a matching' },
    schema: { params: RunParams, body: Form },
    handler: async (request, reply) => {
      const { id } = request.params
      const accept_changed = request.body.accept_changed === '1'
      try {
        const { already } = await approveRun(deps, { id, accept_changed, by: request.caller?.name ?? '' })
        return reply.redirect(
          `/console/matching/${id}/introduce?notice=${already ? 'approved-before' : 'approved'}`,
          303,
        )
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        const field = error.code === 'data_changed' ? 'accept_changed' : ''
        return show(reply.status(409), id, [{ field, message: error.message }])
      }
    },
  })
}
