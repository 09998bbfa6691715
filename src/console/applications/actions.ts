import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptWaitlisted, waitlistApplicants } from '../../features/applications/index.ts'
import { Conflict } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { showTriage, triageFaults } from './triage-page.ts'
import { Code, hrefOf } from './triage-query.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Form = Type.Object({
  person: Type.Optional(Type.Union([Id, Type.Array(Id, { maxItems: 500 })])),
  action: Type.Union([Type.Literal('accept'), Type.Literal('waitlist')]),
  over_cap: Type.Optional(Type.String({ maxLength: 10 })),
  /** The list as it was looked at. */
  state: Type.String({ maxLength: 20, default: '' }),
  country: Type.String({ maxLength: 2, default: '' }),
  after: Type.Optional(Type.Union([Type.Literal(''), Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })])),
})

/** POST /console/rounds/:code/applications: the people who are ticked get a place, or wait for one. */
export function addTriageActions(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'POST',
    url: '/console/rounds/:code/applications',
    config: { allow: 'applications.write', does: 'Accept or wait-list applicants' },
    schema: { params: Code, body: Form },
    handler: async (request, reply) => {
      const { code } = request.params
      const { body, caller } = request
      const ticked = [body.person ?? []].flat()
      const query = { state: body.state, country: body.country, ...(body.after ? { after: body.after } : {}) }
      if (ticked.length === 0) {
        const faults = [{ field: 'list', message: 'Tick somebody in the list first.' }]
        return showTriage(deps, request, reply.status(422), { code, query, faults })
      }
      try {
        const count = await decide({ code, person_ids: ticked, by: caller?.name ?? null }, body)
        const notice = count === 0 ? 'unchanged' : body.action === 'accept' ? 'accepted' : 'waitlisted'
        return reply.redirect(hrefOf(code, query, { notice, count: String(count) }), 303)
      } catch (error) {
        return answer(request, reply, error, { code, query, ticked })
      }
    },
  })

  async function decide(
    whom: Parameters<typeof waitlistApplicants>[1],
    { action, over_cap }: Static<typeof Form>,
  ): Promise<number> {
    if (action === 'waitlist') return (await waitlistApplicants(deps, whom)).waitlisted
    return (await acceptWaitlisted(deps, { ...whom, over_cap: over_cap === 'yes' })).accepted
  }

  function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    error: unknown,
    shown: Omit<Parameters<typeof showTriage>[3], 'faults'>,
  ) {
    if (error instanceof Conflict) {
      const faults = [{ field: 'list', message: error.message }]
      const asks_over_cap = error.code === 'over_cap'
      return showTriage(deps, request, reply.status(409), { ...shown, asks_over_cap, faults })
    }
    const faults = triageFaults(error)
    if (!faults) throw error
    return showTriage(deps, request, reply.status(422), { ...shown, faults })
  }
}
