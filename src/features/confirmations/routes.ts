import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { ANSWERS, type Answer, recordAnswers } from './service.ts'

const MOST_ANSWERS = 5000

const Answers = Type.Object(
  {
    answers: Type.Array(
      Type.Object(
        {
          person_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
          answer: Type.Unsafe<Answer>(Type.Union(ANSWERS.map((answer) => Type.Literal(answer)))),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: MOST_ANSWERS },
    ),
  },
  { additionalProperties: false },
)

/** POST /rounds/:code/answers: what applicants said elsewhere, recorded by staff. */
export function addConfirmationRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'POST',
    url: '/rounds/:code/answers',
    bodyLimit: 512 * 1024,
    config: { allow: 'people.write' },
    schema: {
      tags: ['people'],
      summary: 'Record who confirmed, declined or let it lapse: all of it, or nothing and every fault named',
      params: Type.Object({ code: Type.String({ maxLength: 32 }) }),
      body: Answers,
      response: { 200: Type.Object({ changed: Type.Integer(), unchanged: Type.Integer() }) },
    },
    handler: async ({ params, body }) => recordAnswers(deps, { code: params.code, answers: body.answers }),
  })
}
