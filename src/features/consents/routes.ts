import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { decideConsent, listConsents } from './consents.ts'
import { PURPOSES, type Purpose } from './purposes.ts'

const PersonId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Decision = Type.Object(
  {
    purpose: Type.Unsafe<Purpose>(Type.Union(PURPOSES.map((purpose) => Type.Literal(purpose)))),
    given: Type.Boolean(),
    wording: Type.String({ minLength: 1, maxLength: 2000, description: 'What the person said or read' }),
    language: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35 })),
  },
  { additionalProperties: false },
)

/** GET and POST /people/:id/consents: what a person agreed to, and what staff record at their request. */
export function addConsentRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'GET',
    url: '/people/:id/consents',
    config: { allow: 'people.read', does: 'Look at what a person agreed to', audited: true },
    schema: {
      tags: ['people'],
      summary: 'The three consents of a person as they stand, and every decision, the newest first',
      params: PersonId,
    },
    handler: ({ params }) => listConsents(deps, { person_id: params.id }),
  })
  app.route({
    method: 'POST',
    url: '/people/:id/consents',
    config: { allow: 'people.write' },
    schema: {
      tags: ['people'],
      summary: 'Record what a person agreed to or withdrew, at their request; mail follows it at once',
      params: PersonId,
      body: Decision,
    },
    handler: ({ params, body, caller }) =>
      decideConsent(deps, { person_id: params.id, ...body, by: caller?.name ?? 'unknown' }),
  })
}
