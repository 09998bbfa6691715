import { Type } from '@fastify/type-provider-typebox'
import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { explainDelivery } from '../audience/why.ts'
import { requestTest } from '../preview/test-email.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from './progress.ts'
import { scheduleCampaign } from './schedule.ts'

interface RouteDeps {
  db: Db
  clock: Clock
  ring: Ring
  config: { mailFrom: string; publicUrl: string }
}

const closed = { additionalProperties: false } as const
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Params = Type.Object({ id: Id })

export function addScheduleRoutes(app: TypedApp, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/campaigns/:id/schedule',
    config: { allow: 'campaigns.write' },
    schema: {
      tags: ['Campaigns'],
      summary: 'Freeze the audience and set the time; answers who gets it, who not and why, and when the last leaves',
      params: Params,
      body: Type.Object(
        {
          at: Type.String({
            maxLength: 40,
            description: 'An instant with its zone, or "now". With local_time only its date counts',
            examples: ['2016-03-03T09:00:00Z', 'now'],
          }),
          local_time: Type.Optional(
            Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: "On each recipient's own clock" }),
          ),
          hold_seconds: Type.Optional(
            Type.Integer({ minimum: 0, maximum: 86_400, default: 0, description: 'Nothing leaves for so long' }),
          ),
          expected_recipients: Type.Optional(
            Type.Integer({ minimum: 0, description: 'As told by the review; when there are others now, 409' }),
          ),
          expected_version: Type.Optional(Type.Integer({ minimum: 1, description: 'The same for the text' })),
        },
        closed,
      ),
    },
    handler: ({ params, body }) => scheduleCampaign(deps, params.id, body),
  })

  const changes = [
    { url: '/campaigns/:id/pause', summary: 'Pause: nothing more begins', act: pauseCampaign },
    { url: '/campaigns/:id/resume', summary: 'Go on, and let go what was held', act: resumeCampaign },
    { url: '/campaigns/:id/cancel', summary: 'Cancel: what has not begun goes nowhere', act: cancelCampaign },
  ]
  for (const { url, summary, act } of changes) {
    app.route({
      method: 'POST',
      url,
      config: { allow: 'campaigns.write' },
      schema: { tags: ['Campaigns'], summary, params: Params },
      handler: ({ params }) => act(deps, params.id),
    })
  }

  app.route({
    method: 'POST',
    url: '/campaigns/:id/test',
    config: { allow: 'campaigns.write' },
    schema: {
      tags: ['Campaigns'],
      summary: 'Send a test email: the message as one recipient would get it',
      params: Params,
      body: Type.Object(
        {
          to: Type.String({ maxLength: 320 }),
          as: Type.Optional(
            Type.Union([Type.Null(), Id], { description: 'A person of the round; null shows sample values' }),
          ),
          language: Type.Optional(Type.String({ maxLength: 35 })),
        },
        closed,
      ),
    },
    handler: async ({ params, body }, reply) => reply.status(202).send(await requestTest(deps, params.id, body)),
  })

  app.route({
    method: 'GET',
    url: '/people/:id/why',
    config: { allow: 'people.read', does: 'Ask why a person got an email or not', audited: true },
    schema: {
      tags: ['People'],
      summary: 'Why did this person (not) get this email?',
      params: Params,
      querystring: Type.Object({ campaign: Id }, closed),
    },
    handler: ({ params, query }) => explainDelivery(deps.db, { person_id: params.id, campaign_id: query.campaign }),
  })
}
