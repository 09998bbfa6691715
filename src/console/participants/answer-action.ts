import { Type } from '@fastify/type-provider-typebox'
import { ANSWERS, type Answer, recordAnswers } from '../../features/confirmations/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { PersonParams } from './person-page.ts'

const Form = Type.Object({
  round: Type.String({ maxLength: 32 }),
  answer: Type.Unsafe<Answer>(Type.Union(ANSWERS.map((answer) => Type.Literal(answer)))),
})

/** POST /console/participants/:id/answer: what an applicant said elsewhere, recorded by staff. */
export function addAnswerAction(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'POST',
    url: '/console/participants/:id/answer',
    config: { allow: 'people.write', does: "Record an applicant's answer" },
    schema: { params: PersonParams, body: Form },
    handler: async ({ params: { id }, body: { round, answer }, caller }, reply) => {
      const code = round.replaceAll('\0', '')
      const { changed } = await recordAnswers(deps, {
        ...{ code, answers: [{ person_id: id, answer }] },
        by: caller?.name ?? null,
      })
      return reply.redirect(
        `/console/participants/${id}?notice=${changed > 0 ? 'answered' : 'answered-before'}#applications`,
        303,
      )
    },
  })
}
