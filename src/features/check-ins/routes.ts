import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { recordCheckIn } from './answer.ts'
import { listCheckIns } from './list.ts'
import { ANSWERS } from './rules.ts'

const closed = { additionalProperties: false } as const
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Answer = Type.Union(ANSWERS.map((answer) => Type.Literal(answer)))
const tags = ['Partnerships']

/** What partners told of their partnerships, and recording what they told elsewhere. */
export function addCheckInRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'GET',
    url: '/rounds/:code/check-ins',
    config: { allow: 'matching.read', does: 'List check-ins', audited: true },
    schema: {
      tags,
      summary: 'Introduced partnerships with the last answer of each partner, by id',
      params: Type.Object({ code: Type.String({ maxLength: 32 }) }),
      querystring: Type.Object(
        {
          answer: Type.Optional(
            Type.Union(
              [...ANSWERS, 'none' as const].map((answer) => Type.Literal(answer)),
              {
                description: "Only those of which a partner's last answer is this; none: a partner has not answered",
              },
            ),
          ),
          with_ended: Type.Boolean({ default: false, description: 'Also those that have ended' }),
          after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
          limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
        },
        closed,
      ),
    },
    handler: ({ params, query }) => listCheckIns(deps, { ...params, ...query }),
  })

  app.route({
    method: 'POST',
    url: '/partnerships/:id/check-ins',
    config: { allow: 'confirmations.write' },
    schema: {
      tags,
      summary: 'Record what a partner told of their partnership by reply or telephone',
      params: Type.Object({ id: Id }),
      body: Type.Object({ person_id: Id, answer: Answer }, closed),
    },
    handler: async ({ params, body, caller }, reply) =>
      reply.status(201).send(await recordCheckIn(deps, { ...params, ...body, by: caller?.name ?? null })),
  })
}
