import { Type } from '@fastify/type-provider-typebox'
import { getCampaign } from '../../features/campaigns/index.ts'
import { countDeliveries, getDelivery, resolveDelivery, resolveUncertain } from '../../features/deliveries/index.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { people, subjectOf } from './wording.ts'

const Count = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const As = Type.Union([Type.Literal('accepted'), Type.Literal('resend')])

/** A person decides what the ledger cannot know. */
export function addUncertainPages(app: TypedApp, deps: ConsoleDeps): void {
  const { db, clock, ring } = deps
  const listOf = (id: number, notice: string) => `/console/campaigns/${id}/people?state=uncertain&notice=${notice}`

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/deliveries/:delivery/resolve',
    config: { allow: 'campaigns.write', does: 'Decide an uncertain delivery' },
    schema: { params: Type.Object({ id: Count, delivery: Count }), body: Type.Object({ as: As }) },
    handler: async ({ params: { id, delivery }, body: { as } }, reply) => {
      if ((await getDelivery(db, delivery)).campaign_id !== id) throw new NotFound(`Delivery ${delivery}`)
      try {
        await resolveDelivery(db, { id: delivery, as, now: clock.now() })
      } catch (error) {
        if (!(error instanceof Conflict) || error.code !== 'nothing_to_decide') throw error
        return reply.redirect(listOf(id, 'decided'), 303)
      }
      await ring('sweep-deliveries', {})
      return reply.redirect(listOf(id, as), 303)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/uncertain',
    config: { allow: 'campaigns.write' },
    schema: { params: Type.Object({ id: Count }) },
    handler: async ({ params: { id } }, reply) => {
      const campaign = await getCampaign(deps, { id })
      const { uncertain } = await countDeliveries(db, id)
      const model = {
        id,
        subject: subjectOf(campaign.subject),
        lang: campaign.subject === '' ? 'en' : campaign.language,
        count: uncertain,
        whom: people(uncertain),
        any: uncertain > 0,
        // What Mailchimp may have sent is not sent again by us.
        may_resend: campaign.state !== 'cancelled' && campaign.channel === 'email',
      }
      return deps.shell.show(reply, 'campaigns/uncertain', { title: 'Uncertain deliveries', nav: 'campaigns' }, model)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/uncertain',
    config: { allow: 'campaigns.write', does: 'Decide all uncertain deliveries of a campaign' },
    schema: { params: Type.Object({ id: Count }), body: Type.Object({ as: As, expected: Count }) },
    handler: async ({ params: { id }, body }, reply) => {
      try {
        await resolveUncertain(db, { campaign_id: id, ...body, now: clock.now() })
      } catch (error) {
        if (!(error instanceof Conflict) || error.code !== 'nothing_to_decide') throw error
        return reply.redirect(listOf(id, 'decided'), 303)
      }
      await ring('sweep-deliveries', {})
      return reply.redirect(listOf(id, body.as), 303)
    },
  })
}
