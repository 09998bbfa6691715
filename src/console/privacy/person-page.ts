import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { getPerson } from '../../features/people/index.ts'
import { erasePerson, exportPerson } from '../../features/privacy/index.ts'
import { Conflict, type FieldFault } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { PersonParams } from '../participants/person-page.ts'
import { nameOf } from '../participants/words.ts'
import { zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentHolding, presentPerson } from './present-person.ts'

const NOTICES: Record<string, string> = {
  erased: 'Erased. Nobody can bring it back.',
}

/** /console/participants/:id/privacy: what we hold about one person, as a file, and forgetting it. */
export function addPersonPrivacyPages(app: TypedApp, deps: ConsoleDeps): void {
  const show = async (reply: FastifyReply, id: number, faults: FieldFault[], notice?: string) => {
    const person = await getPerson(deps, { id })
    const holding = presentHolding(await exportPerson(deps, { id }))
    const model = { faults, ...presentPerson(person, zoneOf(reply.request)), holding }
    const title = person.erased_at ? 'Erased person' : `What we hold about ${nameOf(person)}`
    return deps.shell.show(reply, 'privacy/person', { title, nav: 'participants', notice }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/participants/:id/privacy',
    config: { allow: 'privacy.write', does: 'Look at what we hold about a person', audited: true },
    schema: {
      params: PersonParams,
      querystring: Type.Object({ notice: Type.Optional(Type.String({ maxLength: 40 })) }),
    },
    handler: ({ params, query }, reply) => show(reply, params.id, [], NOTICES[query.notice ?? '']),
  })

  app.route({
    method: 'GET',
    url: '/console/participants/:id/export.json',
    config: { allow: 'privacy.write', does: 'Export what we hold about a person', audited: true },
    schema: { params: PersonParams },
    handler: async ({ params }, reply) => {
      const found = await exportPerson(deps, params)
      return reply
        .header(
          'content-disposition',
          `attachment; filename="person-${params.id}-${found.exported_at.slice(0, 10)}.json"`,
        )
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(found, null, 2))
    },
  })

  app.route({
    method: 'POST',
    url: '/console/participants/:id/erase',
    config: { allow: 'privacy.write', does: 'Erase a person' },
    schema: { params: PersonParams, body: Type.Object({ sure: Type.String({ default: '' }) }) },
    handler: async ({ params, body, caller }, reply) => {
      const { id } = params
      if (body.sure !== 'yes')
        return show(reply.status(422), id, [
          { field: 'sure', message: 'Say that you are sure: nothing of it can be brought back.' },
        ])
      try {
        await erasePerson(deps, { id, reason: 'asked', erased_by: caller?.name ?? null })
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        return show(reply.status(409), id, [{ field: 'sure', message: error.message }])
      }
      return reply.redirect(`/console/participants/${id}/privacy?notice=erased`, 303)
    },
  })
}
