import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { CampaignParams } from '../schema.ts'
import { listAutomaticEmails, openAutomatic, publishAutomatic, switchAutomatic } from './service.ts'

const tags = ['Automatic emails']
const Code = Type.String({ maxLength: 32 })
const Version = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

/** What is sent by itself when something happens: its list, its text that goes out, on and off. */
export function addAutomaticRoutes(
  app: TypedApp,
  deps: { db: Db; clock: Clock; config: { mailFrom: string; publicUrl: string } },
): void {
  app.route({
    method: 'GET',
    url: '/rounds/:code/automatic-emails',
    config: { allow: 'campaigns.read' },
    schema: {
      tags,
      summary: 'The automatic emails of a round, with their counts',
      params: Type.Object({ code: Code }),
    },
    handler: async ({ params }) => ({ items: await listAutomaticEmails(deps, params), next: null }),
  })
  app.route({
    method: 'POST',
    url: '/rounds/:code/automatic-emails/:key',
    config: { allow: 'campaigns.write' },
    schema: {
      tags,
      summary: 'The campaign of an automatic email, made when there is none yet, so that its text can be changed',
      params: Type.Object({ code: Code, key: Type.String({ maxLength: 40 }) }),
    },
    handler: async ({ params }) => openAutomatic(deps, params),
  })
  app.route({
    method: 'POST',
    url: '/campaigns/:id/publish',
    config: { allow: 'campaigns.write' },
    schema: {
      tags,
      summary: 'Let the newest text of an automatic email go out from now on',
      params: CampaignParams,
      body: Type.Object({ version: Version }, { additionalProperties: false }),
    },
    handler: async ({ params, body }, reply) => {
      await publishAutomatic(deps, { campaign_id: params.id, version: body.version })
      return reply.status(204).send()
    },
  })
  app.route({
    method: 'POST',
    url: '/campaigns/:id/switch',
    config: { allow: 'campaigns.write' },
    schema: {
      tags,
      summary: 'Switch an automatic email off, or on again',
      params: CampaignParams,
      body: Type.Object({ on: Type.Boolean() }, { additionalProperties: false }),
    },
    handler: async ({ params, body }, reply) => {
      await switchAutomatic(deps, { campaign_id: params.id, on: body.on })
      return reply.status(204).send()
    },
  })
}
