import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../lib/clock.ts'
import { InvalidInput } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { listParticipants } from './participants.ts'
import { APPLICATION_STATES, ParticipantsQuery, PersonChanges, PersonId, Suppression } from './schema.ts'
import { getPerson, updatePerson } from './service.ts'
import { liftPersonSuppressions, suppressPerson } from './suppressions.ts'

/** GET /rounds/:code/participants, GET and PATCH /people/:id, and what stops mail to a person. */
export function addPeopleRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'GET',
    url: '/rounds/:code/participants',
    config: { allow: 'people.read', does: 'List participants', audited: true },
    schema: {
      tags: ['people'],
      summary: 'People of a round with application state, confirmation and partnership',
      params: Type.Object({ code: Type.String({ maxLength: 32 }) }),
      querystring: ParticipantsQuery,
    },
    handler: async ({ params, query }) =>
      listParticipants(deps, {
        ...query,
        code: params.code,
        states: query.state === undefined ? undefined : parseStates(query.state),
      }),
  })
  app.route({
    method: 'GET',
    url: '/people/:id',
    config: { allow: 'people.read', does: 'Look at a person', audited: true },
    schema: { tags: ['people'], summary: 'A person over rounds and addresses', params: PersonId },
    handler: async ({ params }) => getPerson(deps, params),
  })
  app.route({
    method: 'PATCH',
    url: '/people/:id',
    config: { allow: 'people.write' },
    schema: {
      tags: ['people'],
      summary: 'Change name, country, language or time zone',
      params: PersonId,
      body: PersonChanges,
    },
    handler: async ({ params, body }) => updatePerson(deps, { id: params.id, change: body }),
  })
  app.route({
    method: 'POST',
    url: '/people/:id/suppress',
    config: { allow: 'people.write' },
    schema: { tags: ['people'], summary: 'Stop mail to a person', params: PersonId, body: Suppression },
    handler: async ({ params, body, caller }) =>
      suppressPerson(deps, { id: params.id, ...body, source: caller?.name ?? 'unknown' }),
  })
  app.route({
    method: 'DELETE',
    url: '/people/:id/suppressions',
    config: { allow: 'people.write' },
    schema: { tags: ['people'], summary: 'Lift what stops mail to a person', params: PersonId },
    handler: async ({ params }) => liftPersonSuppressions(deps, params),
  })
}

function parseStates(text: string): string[] {
  const states = text.split(',').map((state) => state.trim())
  const unknown = states.filter((state) => !(APPLICATION_STATES as readonly string[]).includes(state))
  if (unknown.length === 0) return states
  throw new InvalidInput([
    { field: 'state', message: `"${unknown[0]}" is not one of ${APPLICATION_STATES.join(', ')}.` },
  ])
}
