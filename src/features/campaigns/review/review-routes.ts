import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { copyCampaign } from '../schedule/copy.ts'
import { getScheduledCampaign } from '../schedule/schedule-queries.ts'
import { approveCampaign, getSecondPerson } from './approve.ts'
import { reviewAudience, reviewPlan } from './review.ts'

interface RouteDeps {
  db: Db
  clock: Clock
}

const closed = { additionalProperties: false } as const
const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const tags = ['Campaigns']

/** What stands between a written campaign and its schedule, and copies of one. */
export function addReviewRoutes(app: TypedApp, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/campaigns/:id/review',
    config: { allow: 'campaigns.read' },
    schema: {
      tags,
      summary: 'Who would get it, who not and why, in which languages and zones, and when the last would leave',
      params: Params,
      querystring: Type.Object(
        {
          at: Type.String({ maxLength: 40, default: 'now', description: 'As for scheduling' }),
          local_time: Type.Optional(Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })),
          hold_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
        },
        closed,
      ),
    },
    handler: async ({ params, query }) => {
      const campaign = await getScheduledCampaign(deps.db, params.id)
      const { places, ...audience } = await reviewAudience(deps.db, campaign)
      const plan = await reviewPlan(deps, {
        lane: campaign.lane,
        channel: campaign.channel,
        audience: { ...audience, places },
        schedule: query,
      })
      return { version: campaign.version, audience, plan, second_person: await getSecondPerson(deps.db, campaign) }
    },
  })

  app.route({
    method: 'POST',
    url: '/campaigns/:id/approve',
    config: { allow: 'campaigns.write' },
    schema: {
      tags,
      summary: "A second person's word: somebody other than its writer has read the text",
      params: Params,
      body: Type.Object(
        { version: Type.Optional(Type.Integer({ minimum: 1, description: 'The version that was read' })) },
        closed,
      ),
    },
    handler: ({ params, body, caller }) =>
      approveCampaign(deps, {
        id: params.id,
        version: body.version,
        caller: caller?.name ?? '',
        staff_id: caller?.staff?.id ?? null,
      }),
  })

  app.route({
    method: 'POST',
    url: '/campaigns/:id/copy',
    config: { allow: 'campaigns.write' },
    schema: {
      tags,
      summary: 'Copy into a new draft, for the same audience or for those whose delivery is in some states',
      params: Params,
      body: Type.Object(
        {
          states: Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: 10 })),
          skipped_reasons: Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: 20 })),
        },
        closed,
      ),
    },
    handler: async ({ params, body, caller }, reply) => {
      const copy = await copyCampaign(deps, { id: params.id, ...body, written_by: caller?.name ?? null })
      return reply.status(201).send(copy)
    },
  })
}
