import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { getMatchingRun, listSwapCandidates, swapPartner } from '../../features/matching/index.ts'
import { Conflict, type FieldFault } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { hrefAfter, RunParams } from './list-query.ts'
import { presentSwap } from './present-swap.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Back = Type.Optional(Type.String({ maxLength: 500 }))

const SwapQuery = Type.Object({ person: Id, proposal: Type.Optional(Id), back: Back })
/** `0` stands for nobody: they are left over. */
const SwapForm = Type.Object({
  person_id: Id,
  proposal_id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  /** "12 34": the new partner, and their proposal as it was seen. */
  with: Type.String({ pattern: '^[1-9][0-9]{0,15} [0-9]{1,16}$' }),
  back: Back,
})

/** /console/matching/:id/swap: the ten best partners that a person could get instead, each with its cost. */
export function addSwapPages(app: TypedApp, deps: ConsoleDeps, memory: Memory): void {
  const { db, shell } = deps

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { id: number; person: number; proposal: number | undefined; back: string | undefined; faults: FieldFault[] },
  ) {
    const { id, person, proposal, back, faults } = asked
    const [run, found] = await Promise.all([
      getMatchingRun({ db, memory }, { id }),
      findCandidates({ id, person_id: person, proposal_id: proposal }),
    ])
    const role = roleOf(request)
    const model = {
      ...presentSwap(run, found.swap, {
        sees: mayDo(role, 'people.read'),
        may: mayDo(role, 'matching.write') && run.approved_at === null,
      }),
      id,
      person_id: person,
      back: back ?? '',
      back_href: hrefAfter(id, back, { changed: found.swap?.proposal_id ? [found.swap.proposal_id] : [], notice: '' }),
      faults: [...faults, ...found.faults],
    }
    if (found.faults.length > 0 && reply.statusCode === 200) reply.status(409)
    return shell.show(reply, 'matching/swap', { title: model.title, nav: 'matching' }, model)
  }

  /** Where two are kept together, or a group is, there is nothing to choose from: the page says so. */
  async function findCandidates(wanted: { id: number; person_id: number; proposal_id: number | undefined }) {
    try {
      return { swap: await listSwapCandidates({ db }, wanted), faults: [] }
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      return { swap: undefined, faults: [{ field: '', message: error.message }] }
    }
  }

  app.route({
    method: 'GET',
    url: '/console/matching/:id/swap',
    config: { allow: 'matching.read', does: 'Look at who might be whose partner', audited: true },
    schema: { params: RunParams, querystring: SwapQuery },
    handler: (request, reply) => show(request, reply, { ...request.params, ...withoutGaps(request.query), faults: [] }),
  })

  app.route({
    method: 'POST',
    url: '/console/matching/:id/swap',
    config: { allow: 'matching.write', does: 'Swap two partners' },
    schema: { params: RunParams, body: SwapForm },
    handler: async (request, reply) => {
      const { id } = request.params
      const { person_id, proposal_id, back } = request.body
      const [with_person_id = 0, with_proposal_id = 0] = request.body.with.split(' ').map(Number)
      try {
        const done = await swapPartner(
          { db },
          {
            ...{ id, person_id, with_person_id },
            proposal_id: proposal_id || null,
            with_proposal_id: with_proposal_id || null,
            by: request.caller?.name ?? '',
          },
        )
        return reply.redirect(hrefAfter(id, back, { changed: done.proposal_ids, notice: 'swapped' }), 303)
      } catch (error) {
        // Somebody else was faster: the same question, answered from what stands now.
        if (!(error instanceof Conflict)) throw error
        const faults = [{ field: '', message: error.message }]
        return show(request, reply.status(409), { id, person: person_id, proposal: undefined, back, faults })
      }
    },
  })
}

const withoutGaps = ({ person, proposal, back }: { person: number; proposal?: number; back?: string }) => ({
  person,
  proposal,
  back,
})
