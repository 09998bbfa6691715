import { Type } from '@fastify/type-provider-typebox'
import { getPerson, liftPersonSuppressions, suppressPerson } from '../../features/people/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { PersonParams } from './person-page.ts'
import { nameOf, stateBadge } from './words.ts'

const SCOPE = Type.Union([Type.Literal('campaigns'), Type.Literal('all')])

/** What can be lifted; announcements alone are stopped as a consent. */
const STOPPED = Type.Union([SCOPE, Type.Literal('news')])

/** What stops mail to a person and lets it go again, and removal for the code of conduct. */
export function addStopActions(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'POST',
    url: '/console/participants/:id/stop',
    config: { allow: 'people.write', does: 'Stop mail to a person' },
    schema: { params: PersonParams, body: Type.Object({ scope: SCOPE }) },
    handler: async ({ params, body, caller }, reply) => {
      await suppressPerson(deps, { ...params, scope: body.scope, reason: 'manual', source: caller?.name ?? 'unknown' })
      return reply.redirect(`/console/participants/${params.id}?notice=stopped`, 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/participants/:id/lift',
    config: { allow: 'people.write', does: 'Let mail go to a person again' },
    schema: { params: PersonParams, body: Type.Object({ scope: STOPPED, reason: Type.String({ maxLength: 40 }) }) },
    handler: async ({ params, body }, reply) => {
      const { scope, reason } = body
      await liftPersonSuppressions(deps, { ...params, only: { scope, reason: reason.replaceAll('\0', '') } })
      return reply.redirect(`/console/participants/${params.id}?notice=lifted`, 303)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/participants/:id/remove',
    config: { allow: 'people.write', does: 'Look at a person to remove them', audited: true },
    schema: { params: PersonParams },
    handler: async ({ params }, reply) => {
      const person = await getPerson(deps, params)
      const frame = { title: `Remove ${nameOf(person)}`, nav: 'participants' } as const
      return deps.shell.show(reply, 'participants/remove', frame, {
        path: `/console/participants/${person.id}`,
        name: nameOf(person),
        addresses: person.addresses.map(({ address }) => address),
        applications: person.applications.map(({ round, state }) => ({ round_code: round, state: stateBadge(state) })),
        removed: person.suppressions.some(({ reason }) => reason === 'removed'),
      })
    },
  })

  app.route({
    method: 'POST',
    url: '/console/participants/:id/remove',
    config: { allow: 'people.write', does: 'Remove a person for the code of conduct' },
    schema: { params: PersonParams, body: Type.Optional(Type.Any()) },
    handler: async ({ params, caller }, reply) => {
      await suppressPerson(deps, { ...params, scope: 'all', reason: 'removed', source: caller?.name ?? 'unknown' })
      return reply.redirect(`/console/participants/${params.id}?notice=removed`, 303)
    },
  })
}
