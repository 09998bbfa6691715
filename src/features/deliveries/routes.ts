import { Type } from '@fastify/type-provider-typebox'
import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { DELIVERY_STATES, getDelivery, listDeliveries } from './delivery-queries.ts'
import { resolveDelivery, resolveUncertain } from './resolve.ts'
import { changeLimits, measureSender, releaseDomain } from './sender-service.ts'

interface RouteDeps {
  db: Db
  clock: Clock
  ring: Ring
}

const closed = { additionalProperties: false } as const
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const StateFilter = Type.Union(DELIVERY_STATES.map((state) => Type.Literal(state)))

export function addDeliveryRoutes(app: TypedApp, { db, clock, ring }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/campaigns/:id/deliveries',
    config: { allow: 'people.read', does: 'List the deliveries of a campaign', audited: true },
    schema: {
      tags: ['Deliveries'],
      summary: "A campaign's deliveries, by state",
      params: Id,
      querystring: Type.Object(
        {
          state: Type.Optional(StateFilter),
          after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
          limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
        },
        closed,
      ),
    },
    handler: ({ params, query }) => listDeliveries(db, { campaign_id: params.id, state: query.state, ...query }),
  })

  app.route({
    method: 'GET',
    url: '/deliveries/:id',
    config: { allow: 'people.read', does: 'Look at a delivery', audited: true },
    schema: { tags: ['Deliveries'], summary: "One delivery with every attempt and the server's words", params: Id },
    handler: ({ params }) => getDelivery(db, params.id),
  })

  app.route({
    method: 'POST',
    url: '/deliveries/:id/resolve',
    config: { allow: 'campaigns.write' },
    schema: {
      tags: ['Deliveries'],
      summary: 'Decide an uncertain delivery, or let a held one go',
      params: Id,
      body: Type.Object({ as: Type.Union([Type.Literal('accepted'), Type.Literal('resend')]) }, closed),
    },
    handler: async ({ params, body }) => {
      const delivery = await resolveDelivery(db, { id: params.id, as: body.as, now: clock.now() })
      await ring('sweep-deliveries', {})
      return delivery
    },
  })

  app.route({
    method: 'POST',
    url: '/campaigns/:id/resolve',
    config: { allow: 'campaigns.write' },
    schema: {
      tags: ['Deliveries'],
      summary: 'Decide everything of a campaign that is uncertain, at once',
      params: Id,
      body: Type.Object(
        {
          as: Type.Union([Type.Literal('accepted'), Type.Literal('resend')]),
          expected: Type.Integer({ minimum: 1, description: 'How many you were told of; when there are others, 409' }),
        },
        closed,
      ),
    },
    handler: async ({ params, body }) => {
      const decided = await resolveUncertain(db, { campaign_id: params.id, ...body, now: clock.now() })
      await ring('sweep-deliveries', {})
      return { decided }
    },
  })

  app.route({
    method: 'GET',
    url: '/sending',
    config: { allow: 'sending.read' },
    schema: { tags: ['Sending'], summary: 'The limits, what is left of them, and what keeps mail from leaving' },
    handler: () => measureSender(db),
  })

  app.route({
    method: 'PATCH',
    url: '/sending',
    config: { allow: 'sending.write' },
    schema: {
      tags: ['Sending'],
      summary: 'Change the limits; they hold from the next message on',
      body: Type.Object(
        {
          limits: Type.String({ maxLength: 200, examples: ['14/1s,2000/24h'] }),
          automatic_reserve_percent: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 90,
              description: 'Of windows of a day and longer, kept for automatic email',
            }),
          ),
        },
        closed,
      ),
    },
    handler: async ({ body }) => {
      await changeLimits(db, body)
      return measureSender(db)
    },
  })

  app.route({
    method: 'DELETE',
    url: '/sending/stopped-domains/:domain',
    config: { allow: 'sending.write' },
    schema: {
      tags: ['Sending'],
      summary: 'Mail a domain again that had refused us',
      params: Type.Object({ domain: Type.String({ maxLength: 253 }) }),
    },
    handler: async ({ params }, reply) => {
      await releaseDomain(db, params.domain)
      return reply.status(204).send()
    },
  })
}
