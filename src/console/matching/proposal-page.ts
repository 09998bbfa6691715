import { Type } from '@fastify/type-provider-typebox'
import { getMatchingRun, getProposal } from '../../features/matching/index.ts'
import { NotFound } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { hrefAfter } from './list-query.ts'
import { presentExplanations } from './present-explanations.ts'
import { presentProposal } from './present-proposals.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** GET /console/matching/:id/proposals/:proposal: why these people, criterion by criterion, for each of them. */
export function addProposalPage(app: TypedApp, { db, shell }: ConsoleDeps, memory: Memory): void {
  app.route({
    method: 'GET',
    url: '/console/matching/:id/proposals/:proposal',
    config: { allow: 'matching.read', does: 'Look at a proposal', audited: true },
    schema: {
      params: Type.Object({ id: Id, proposal: Id }),
      querystring: Type.Object({ back: Type.Optional(Type.String({ maxLength: 500 })) }),
    },
    handler: async (request, reply) => {
      const { params, query } = request
      const [run, proposal] = await Promise.all([
        getMatchingRun({ db, memory }, { id: params.id }),
        getProposal({ db }, { id: params.proposal }),
      ])
      if (proposal.run_id !== run.id) throw new NotFound(`Proposal ${params.proposal}`)
      const role = roleOf(request)
      const view = presentProposal(proposal, {
        own: `/console/matching/${run.id}`,
        may: mayDo(role, 'matching.write') && run.approved_at === null,
        sees: mayDo(role, 'people.read'),
      })
      const model = {
        id: run.id,
        proposal: view,
        pairs: presentExplanations(proposal),
        back: query.back ?? '',
        back_href: hrefAfter(run.id, query.back, { changed: [proposal.id], notice: '' }),
      }
      return shell.show(reply, 'matching/proposal', { title: `Why ${view.names}`, nav: 'matching' }, model)
    },
  })
}
