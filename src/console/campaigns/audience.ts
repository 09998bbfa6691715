import { Type } from '@fastify/type-provider-typebox'
import {
  type Audience,
  type Campaign,
  getCampaign,
  listAudienceChoices,
  listAudiencePeople,
  reviewAudience,
  updateCampaign,
} from '../../features/campaigns/index.ts'
import { getRoundRow } from '../../features/rounds/index.ts'
import { countryName } from '../../lib/countries.ts'
import type { FieldFault } from '../../lib/errors.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { AudienceFields, presentAudienceForm, queryOf, readAudience } from './audience-form.ts'
import { nameOf } from './present-people.ts'
import { describeAudience, leftOut } from './present-who.ts'
import { people, subjectOf } from './wording.ts'

const PAGE = 50
const KEPT_MS = 5000
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** Who a draft is for: chosen, counted, listed. */
export function addAudiencePages(app: TypedApp, deps: ConsoleDeps, memory: Memory): void {
  const { db } = deps
  const own = (id: number) => `/console/campaigns/${id}`

  async function count(campaign: Campaign, audience: Audience) {
    const { id: round_id } = await getRoundRow({ db }, { code: campaign.round })
    const rule = { ...campaign, round_id, audience }
    const key = `counted ${campaign.id} ${campaign.version} ${JSON.stringify(audience)}`
    const found = await memory.rememberCostly(key, KEPT_MS, () => reviewAudience(db, rule))
    return {
      round_id,
      counted: {
        rule: describeAudience(audience),
        whom: people(found.recipients),
        verb: found.recipients === 1 ? 'gets' : 'get',
        skipped: Object.entries(found.skipped).map(([reason, skipped]) => leftOut(reason, skipped)),
      },
    }
  }

  async function modelOf(campaign: Campaign, audience: Audience, faults: FieldFault[]) {
    const { round_id, counted } = await count(campaign, audience)
    const choices = await memory.rememberCostly(`choices ${round_id}`, KEPT_MS, () => listAudienceChoices(db, round_id))
    return {
      id: campaign.id,
      subject: subjectOf(campaign.subject),
      lang: campaign.subject === '' ? 'en' : campaign.language,
      counted,
      ...presentAudienceForm(audience, campaign.audience, choices),
      states_fault: faults[0]?.message ?? '',
      faults,
    }
  }
  const frame = { title: 'Who gets it', nav: 'campaigns' } as const

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/audience',
    config: { allow: 'campaigns.write' },
    schema: { params: Id, querystring: AudienceFields },
    handler: async ({ params: { id }, query }, reply) => {
      const campaign = await getCampaign(deps, { id })
      if (campaign.state !== 'draft') return reply.redirect(`${own(id)}/report?notice=already`, 302)
      const { audience, faults } = readAudience(query, campaign.audience)
      return deps.shell.show(reply, 'campaigns/audience', frame, await modelOf(campaign, audience, faults))
    },
  })

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/audience/count',
    config: { allow: 'campaigns.write' },
    schema: { params: Id, querystring: AudienceFields },
    handler: async ({ params, query }, reply) => {
      const campaign = await getCampaign(deps, params)
      const { audience, faults } = readAudience({ ...query, chosen: '1' }, campaign.audience)
      const { counted } = await count(campaign, audience)
      return deps.shell.showPart(reply, 'campaigns/_counted', { ...counted, states_fault: faults[0]?.message ?? '' })
    },
  })

  // Without JavaScript: the same page with what is ticked, counted.
  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/audience/count',
    config: { allow: 'campaigns.write', audited: false },
    schema: { params: Id, body: AudienceFields },
    handler: async ({ params: { id }, body }, reply) => reply.redirect(`${own(id)}/audience?${queryOf(body)}`, 303),
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/audience',
    config: { allow: 'campaigns.write', does: 'Change who a campaign is for' },
    schema: { params: Id, body: AudienceFields },
    handler: async ({ params: { id }, body, caller }, reply) => {
      const campaign = await getCampaign(deps, { id })
      const { audience, faults } = readAudience({ ...body, chosen: '1' }, campaign.audience)
      if (faults.length > 0) {
        const model = await modelOf(campaign, audience, faults)
        return deps.shell.show(reply.status(422), 'campaigns/audience', frame, model)
      }
      await updateCampaign(deps, { id, change: { audience }, written_by: caller?.name ?? null })
      return reply.redirect(`${own(id)}/review?notice=audience`, 303)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/audience/people',
    config: { allow: 'people.read', does: 'Look at the people of an audience', audited: true },
    schema: {
      params: Id,
      querystring: Type.Object({
        reason: Type.Optional(Type.String({ maxLength: 40 })),
        after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
      }),
    },
    handler: async ({ params: { id }, query: { reason, after } }, reply) => {
      const campaign = await getCampaign(deps, { id })
      const { round_id, counted } = await count(campaign, campaign.audience)
      const rule = { ...campaign, round_id }
      const wanted = { skipped_reason: reason ?? null, after, limit: PAGE }
      // Few that are left out among many are found by looking at all.
      const key = `people ${id} ${campaign.updated_at.getTime()} ${reason ?? ''} ${after}`
      const page = await memory.rememberCostly(key, KEPT_MS, () => listAudiencePeople(db, rule, wanted))
      const hrefOf = (from: number) =>
        `?${new URLSearchParams({ ...(reason ? { reason } : {}), ...(from > 0 ? { after: String(from) } : {}) })}`
      const model = {
        id,
        subject: subjectOf(campaign.subject),
        lang: campaign.subject === '' ? 'en' : campaign.language,
        heading: reason ? 'Who is left out' : 'Who gets it',
        about: reason ? leftOutOf(reason) : `${counted.whom}. ${counted.rule}`,
        back_href: campaign.state === 'draft' ? `${own(id)}/review` : `${own(id)}/report`,
        rows: page.items.map((item) => ({
          name: nameOf(item),
          href: `/console/participants/${item.person_id}`,
          address: item.address ?? '',
          country: countryName(item.country_code),
        })),
        pager: { next: page.next === null ? '' : hrefOf(page.next), first: after > 0 ? hrefOf(0) : '' },
        paged: page.next !== null || after > 0,
      }
      const title = `${model.heading}: ${model.subject}`
      return deps.shell.show(reply, 'campaigns/audience-people', { title, nav: 'campaigns' }, model)
    },
  })
}

const leftOutOf = (reason: string) => `They ${leftOut(reason, 2).replace(/^2 people /, '')}.`
