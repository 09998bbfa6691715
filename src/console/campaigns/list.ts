import { Type } from '@fastify/type-provider-typebox'
import { type ListKey, listCampaignsBetween, listCampaignsInOrder } from '../../features/campaigns/index.ts'
import type { RoundRow } from '../../features/rounds/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentZone } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import type { Figures } from './figures.ts'
import { monthOf } from './month.ts'
import { presentCalendar } from './present-calendar.ts'
import { presentListRow } from './present-list.ts'
import { CAMPAIGN_STATES, KINDS } from './wording.ts'

const PAGE = 50

const Query = Type.Object({
  view: Type.Optional(Type.String()),
  month: Type.Optional(Type.String()),
  state: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  after: Type.Optional(Type.String()),
})

/** GET /console/campaigns: what is to come and what was, as a list or as a month. */
export function addListPages(app: TypedApp, deps: ConsoleDeps, figures: Figures): void {
  app.route({
    method: 'GET',
    url: '/console/campaigns',
    config: { allow: 'campaigns.read' },
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const { query, caller } = request
      const round = await deps.shell.currentRound(request)
      const reader = {
        zone: caller?.staff?.time_zone ?? 'UTC',
        writes: caller !== undefined && mayDo(caller.role, 'campaigns.write'),
      }
      const about = {
        round: round?.code ?? '',
        new_href: round && reader.writes ? '/console/campaigns/new' : '',
        zone: presentZone(reader.zone, deps.clock.now()),
      }
      if (query.view === 'calendar' && round) {
        const model = { ...about, ...(await gatherMonth(deps, round, query.month, reader)) }
        return deps.shell.show(
          reply,
          'campaigns/calendar',
          { title: `Campaigns in ${model.name}`, nav: 'campaigns', wide: true },
          model,
        )
      }
      const model = { ...about, ...(await gatherList(deps, figures, round, query, reader)) }
      return deps.shell.show(reply, 'campaigns/list', { title: 'Campaigns', nav: 'campaigns' }, model)
    },
  })
}

interface Reader {
  zone: string
  writes: boolean
}

async function gatherList(
  { db }: ConsoleDeps,
  figures: Figures,
  round: RoundRow | undefined,
  query: { state?: string; kind?: string; after?: string },
  reader: Reader,
) {
  const state = Object.hasOwn(CAMPAIGN_STATES, query.state ?? '') ? (query.state as string) : ''
  const kind = Object.hasOwn(KINDS, query.kind ?? '') ? (query.kind as string) : ''
  const after = readKey(query.after)
  const asked = { ...(state ? { states: [state] } : {}), ...(kind ? { kinds: [kind] } : {}) }
  const { items, next } = round
    ? await listCampaignsInOrder(db, { round: round.code, ...asked, after, limit: PAGE })
    : { items: [], next: null }
  const rows = await Promise.all(
    items.map(async (item) => presentListRow(item, item.frozen_at ? await figures.of(item) : undefined, reader)),
  )
  const hrefOf = (changes: object) => {
    const wanted = Object.entries({ state, kind, ...changes }).filter(([, value]) => value !== '')
    return `/console/campaigns${wanted.length > 0 ? `?${new URLSearchParams(wanted as [string, string][])}` : ''}`
  }
  return {
    rows,
    filtered: state !== '' || kind !== '',
    states: Object.entries(CAMPAIGN_STATES).map(([value, { text }]) => ({ value, text, chosen: value === state })),
    // what goes by itself stands on its own page
    kinds: Object.entries(KINDS)
      .filter(([value]) => value !== 'automatic')
      .map(([value, text]) => ({ value, text, chosen: value === kind })),
    pager: { next: next ? hrefOf({ after: next.join('.') }) : '', first: after ? hrefOf({}) : '' },
    paged: next !== null || after !== undefined,
  }
}

async function gatherMonth({ db, clock }: ConsoleDeps, round: RoundRow, asked: string | undefined, reader: Reader) {
  const month = monthOf(asked, { now: clock.now(), zone: reader.zone })
  const campaigns = await listCampaignsBetween(db, { round: round.code, from: month.from, to: month.to })
  const hrefOf = (to: string) => `/console/campaigns?${new URLSearchParams({ view: 'calendar', month: to })}`
  return {
    name: month.name,
    previous: hrefOf(month.previous),
    next: hrefOf(month.next),
    ...presentCalendar(month, round, campaigns, reader),
  }
}

/** Undefined for what is no key of ours: then the list begins at its beginning. */
function readKey(text: string | undefined): ListKey | undefined {
  const parts = /^(\d)\.(-?\d{1,16})\.(-\d{1,16})$/.exec(text ?? '')
  return parts ? [Number(parts[1]), Number(parts[2]), Number(parts[3])] : undefined
}
