import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { erasePerson } from './erase/erase.ts'
import { exportPerson } from './export/export.ts'
import { changeRetention, getRetention } from './retention/settings.ts'
import { PersonId, RetentionAnswer, RetentionChange, RoundCode } from './schema.ts'

/** GET /people/:id/export, DELETE /people/:id, and how long rounds are kept. */
export function addPrivacyRoutes(app: TypedApp, deps: { db: Db; clock: Clock; ring: Ring }): void {
  app.route({
    method: 'GET',
    url: '/people/:id/export',
    config: { allow: 'privacy.write', does: 'Export what we hold about a person', audited: true },
    schema: { tags: ['privacy'], summary: 'Everything we hold about a person', params: PersonId },
    handler: ({ params }) => exportPerson(deps, params),
  })

  app.route({
    method: 'DELETE',
    url: '/people/:id',
    config: { allow: 'privacy.write', does: 'Erase a person' },
    schema: {
      tags: ['privacy'],
      summary: 'Erase a person',
      description:
        'For good. Figures stay as they are; an address that asked never to be mailed again stays on the suppression list.',
      params: PersonId,
    },
    handler: async ({ params, caller }, reply) => {
      await erasePerson(deps, { id: params.id, reason: 'asked', erased_by: caller?.name ?? null })
      return reply.status(204).send()
    },
  })

  app.route({
    method: 'GET',
    url: '/privacy/retention',
    config: { allow: 'privacy.write' },
    schema: { tags: ['privacy'], summary: 'How long rounds are kept', response: { 200: RetentionAnswer } },
    handler: () => getRetention(deps),
  })

  app.route({
    method: 'PATCH',
    url: '/privacy/retention',
    config: { allow: 'privacy.write', does: 'Change how long rounds are kept' },
    schema: {
      tags: ['privacy'],
      summary: 'Change how long rounds are kept',
      body: RetentionChange,
      response: { 200: RetentionAnswer },
    },
    handler: ({ body: { months, confirm } }) => changeRetention(deps, { months, confirmed: confirm }),
  })

  app.route({
    method: 'PATCH',
    url: '/privacy/retention/rounds/:code',
    config: { allow: 'privacy.write', does: 'Change how long a round is kept' },
    schema: {
      tags: ['privacy'],
      summary: 'Change how long one round is kept; null: as the others',
      params: RoundCode,
      body: RetentionChange,
      response: { 200: RetentionAnswer },
    },
    handler: ({ params, body: { months, confirm } }) =>
      changeRetention(deps, { ...params, months, confirmed: confirm }),
  })
}
