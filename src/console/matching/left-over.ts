import { Type } from '@fastify/type-provider-typebox'
import { getMatchingRun } from '../../features/matching/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { RunParams } from './list-query.ts'
import { presentLeftOver } from './present-left-over.ts'

const PAGE = 50

/** GET /console/matching/:id/left-over: everybody who is left over, a page at a time. */
export function addLeftOverPage(app: TypedApp, { db, shell }: ConsoleDeps, memory: Memory): void {
  app.route({
    method: 'GET',
    url: '/console/matching/:id/left-over',
    config: { allow: 'matching.read', does: 'Look at who is left over', audited: true },
    schema: {
      params: RunParams,
      querystring: Type.Object({ from: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }) }),
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const { from } = request.query
      const run = await getMatchingRun({ db, memory }, { id })
      const role = roleOf(request)
      const own = `/console/matching/${id}`
      const reader = {
        sees: mayDo(role, 'people.read'),
        may: mayDo(role, 'matching.write') && run.approved_at === null,
      }
      const left_over = presentLeftOver(run, reader, { from, to: from + PAGE })
      const model = {
        id,
        own,
        back: '',
        left_over: { ...left_over, more_href: '' },
        // What is read is enough for a table; the file has everybody.
        csv_href: reader.sees && run.unmatched_count > run.unmatched.length ? `${own}/unmatched.csv` : '',
        shown: String(run.unmatched.length),
        pager: {
          next: run.unmatched.length > from + PAGE ? `${own}/left-over?from=${from + PAGE}` : '',
          first: from > 0 ? `${own}/left-over` : '',
        },
      }
      return shell.show(reply, 'matching/left-over', { title: 'Left over', nav: 'matching' }, model)
    },
  })
}
