import { Type } from '@fastify/type-provider-typebox'
import { decideConsent, PURPOSES, type Purpose } from '../../features/consents/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { PersonParams } from './person-page.ts'

const Form = Type.Object({
  purpose: Type.Unsafe<Purpose>(Type.Union(PURPOSES.map((purpose) => Type.Literal(purpose)))),
  given: Type.Unsafe<'yes' | 'no'>(Type.Union([Type.Literal('yes'), Type.Literal('no')])),
  wording: Type.String({ minLength: 1, maxLength: 2000 }),
})

/** POST /console/participants/:id/consent: what somebody agreed to or withdrew, recorded by staff at their request. */
export function addConsentAction(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'POST',
    url: '/console/participants/:id/consent',
    config: { allow: 'people.write', does: 'Record what a person agreed to' },
    schema: { params: PersonParams, body: Form },
    handler: async ({ params: { id }, body: { purpose, given, wording }, caller }, reply) => {
      const decision = { purpose, given: given === 'yes', wording: wording.replaceAll('\0', '') }
      await decideConsent(deps, { person_id: id, ...decision, by: caller?.name ?? 'unknown' })
      return reply.redirect(`/console/participants/${id}?notice=consent#consent`, 303)
    },
  })
}
