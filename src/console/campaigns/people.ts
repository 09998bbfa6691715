import { Type } from '@fastify/type-provider-typebox'
import { type Campaign, COPIED_STATES, getCampaign } from '../../features/campaigns/index.ts'
import {
  countSkipped,
  DELIVERY_STATES,
  type DeliveryCounts,
  type DeliveryState,
  listDeliveryPeople,
} from '../../features/deliveries/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentZone } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { readStates } from './delivery-states.ts'
import type { Figures } from './figures.ts'
import { presentDeliveryRow } from './present-people.ts'
import { leftOut } from './present-who.ts'
import { number, people, subjectOf } from './wording.ts'

const PAGE = 50
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Query = Type.Object({
  state: Type.Optional(Type.String({ maxLength: 200 })),
  reason: Type.Optional(Type.String({ maxLength: 40 })),
  after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
  notice: Type.Optional(Type.String()),
})

const NOTICES: Record<string, string> = {
  accepted: 'Noted: it arrived.',
  resend: 'It goes again.',
  decided: 'Somebody had decided about it already.',
}

/** GET /console/campaigns/:id/people: everybody of a campaign by the state of their copy. */
export function addPeoplePages(app: TypedApp, deps: ConsoleDeps, memory: Memory, figures: Figures): void {
  const { db } = deps
  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/people',
    config: { allow: 'people.read', does: 'Look at the people of a campaign', audited: true },
    schema: { params: Id, querystring: Query },
    handler: async (request, reply) => {
      const { id } = request.params
      const { after, reason, notice = '' } = request.query
      const campaign = await getCampaign(deps, { id })
      const states = readStates(request.query.state)
      const zone = request.caller?.staff?.time_zone ?? 'UTC'
      const writes = request.caller !== undefined && mayDo(request.caller.role, 'campaigns.write')
      const skipped_reason = states.includes('skipped') && reason ? reason : undefined
      const [page, counts, skipped] = await Promise.all([
        listDeliveryPeople(db, { campaign_id: id, states, skipped_reason, after, limit: PAGE }),
        figures.of(campaign),
        states.includes('skipped')
          ? memory.remember(`skipped ${id} ${campaign.updated_at.getTime()}`, 1000, () => countSkipped(db, id))
          : {},
      ])
      const model = {
        ...headOf(campaign, { states, counts, skipped, reason: skipped_reason, writes }),
        rows: page.items.map((item) => presentDeliveryRow(item, zone)),
        zone: presentZone(zone, deps.clock.now()),
        pager: pagerOf(request.query, states, page.next),
        paged: page.next !== null || after > 0,
      }
      const frame = { title: `${model.heading}: ${model.subject}`, nav: 'campaigns', notice: NOTICES[notice] } as const
      return deps.shell.show(reply, 'campaigns/people', frame, model)
    },
  })
}

function headOf(
  campaign: Campaign,
  input: {
    states: DeliveryState[]
    counts: DeliveryCounts
    skipped: Record<string, number>
    reason: string | undefined
    writes: boolean
  },
) {
  const { states, counts, skipped, reason, writes } = input
  const own = `/console/campaigns/${campaign.id}`
  const [state] = states as [DeliveryState]
  const only = states.length === 1
  const count = reason === undefined ? states.reduce((sum, one) => sum + counts[one], 0) : (skipped[reason] ?? 0)
  const copied = only && (COPIED_STATES as readonly string[]).includes(state) && state !== 'accepted' && count > 0
  return {
    id: campaign.id,
    subject: subjectOf(campaign.subject),
    lang: campaign.subject === '' ? 'en' : campaign.language,
    heading: `${people(count)} ${states.join(', ')}`,
    report_href: `${own}/report`,
    tabs: DELIVERY_STATES.filter((one) => counts[one] > 0 || states.includes(one)).map((one) => ({
      text: `${one} (${number(counts[one])})`,
      href: `${own}/people?state=${one}`,
      current: only && one === state && reason === undefined,
    })),
    reasons: Object.entries(skipped).map(([value, of]) => ({
      text: leftOut(value, of),
      href: `${own}/people?${new URLSearchParams({ state: 'skipped', reason: value })}`,
      current: value === reason,
    })),
    may_copy: writes && copied,
    copy_count: people(count),
    copy_state: state,
    copy_reason: reason ?? '',
    still_tried: state === 'deferred' || state === 'held',
    may_decide: writes && only && state === 'uncertain' && count > 0,
    csv_href:
      count > 0
        ? `${own}/people.csv?${new URLSearchParams({ state: states.join(','), ...(reason ? { reason } : {}) })}`
        : '',
    is_uncertain: only && state === 'uncertain',
    decide_many: count > 1,
  }
}

function pagerOf(query: { reason?: string; after: number }, states: DeliveryState[], next: number | null) {
  const hrefOf = (after: number) => {
    const { reason } = query
    return `?${new URLSearchParams({ state: states.join(','), ...(reason ? { reason } : {}), ...(after ? { after: String(after) } : {}) })}`
  }
  return { next: next === null ? '' : hrefOf(next), first: query.after > 0 ? hrefOf(0) : '' }
}
