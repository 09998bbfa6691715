import { Type } from '@fastify/type-provider-typebox'
import { decideDuplicate, listDuplicates, proposeDuplicates } from '../../features/applications/index.ts'
import { getRoundRow } from '../../features/rounds/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentDuplicate } from './present-duplicates.ts'
import { Code, pathOf } from './triage-query.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const PAGE = 50

const NOTICES: Record<string, string> = {
  same: 'Noted: they are one person.',
  withdrawn: 'Noted: they are one person. The earlier application is withdrawn, the later one stands.',
  kept: 'Noted: they are one person. Nothing else was changed, since one of the two has answered or has a partner: decide about it by hand.',
  different: 'Noted: they are two people.',
  looked: 'Looked again. Whoever may be one person stands below.',
}

/** /console/rounds/:code/applications/duplicates: two people who may be one; a person decides, and nobody is merged. */
export function addDuplicatePages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/rounds/:code/applications/duplicates',
    config: { allow: 'applications.read', does: 'Look at people who may be one', audited: true },
    schema: {
      params: Code,
      querystring: Type.Object({ after: Type.Optional(Id), notice: Type.Optional(Type.String({ maxLength: 20 })) }),
    },
    handler: async (request, reply) => {
      const { params, query } = request
      const { code, name } = await getRoundRow(deps, params)
      const { items, next } = await listDuplicates(deps, { code, state: 'open', after: query.after, limit: PAGE })
      const own = `${pathOf(code)}/duplicates`
      const model = {
        name,
        path: pathOf(code),
        duplicates: items.map((row) => presentDuplicate(row, zoneOf(request))),
        writes: mayDo(roleOf(request), 'applications.write'),
        pager: { next: next === null ? '' : `${own}?after=${next}`, first: query.after ? own : '' },
      }
      const frame = { title: 'Perhaps one person', nav: 'rounds', notice: NOTICES[query.notice ?? ''] } as const
      return deps.shell.show(reply, 'applications/duplicates', frame, model)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/applications/duplicates/look',
    config: { allow: 'applications.write', does: 'Look for applicants who may be one person' },
    schema: { params: Code },
    handler: async ({ params }, reply) => {
      await proposeDuplicates(deps, params)
      return reply.redirect(`${pathOf(params.code)}/duplicates?notice=looked`, 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/applications/duplicates/:id',
    config: { allow: 'applications.write', does: 'Decide whether two applicants are one person' },
    schema: {
      params: Type.Object({ ...Code.properties, id: Id }),
      body: Type.Object({ decision: Type.Union([Type.Literal('same'), Type.Literal('different')]) }),
    },
    handler: async ({ params: { code, id }, body: { decision }, caller }, reply) => {
      const by = { id: caller?.staff?.id ?? null, name: caller?.name ?? '' }
      const decided = await decideDuplicate(deps, { id, decision, by })
      return reply.redirect(`${pathOf(code)}/duplicates?notice=${noticeOf(decision, decided)}`, 303)
    },
  })
}

/** Of one person who applied twice to a round the earlier form is withdrawn, unless something would be lost by it. */
function noticeOf(
  decision: 'same' | 'different',
  { proposal, done }: Awaited<ReturnType<typeof decideDuplicate>>,
): keyof typeof NOTICES {
  if (decision === 'different' || done.length === 0) return decision
  return proposal.people.some(({ application }) => application?.state === 'withdrawn') ? 'withdrawn' : 'kept'
}
