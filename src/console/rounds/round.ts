import { Type } from '@fastify/type-provider-typebox'
import { listAutomaticEmails, listCampaignsInOrder } from '../../features/campaigns/index.ts'
import { getRoundRow, type Round } from '../../features/rounds/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import { openMemory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentAutomatic } from '../automatic/present.ts'
import { openFigures } from '../campaigns/figures.ts'
import { presentStages } from '../home/stages.ts'
import { formatCount } from '../present/numbers.ts'
import { presentZone } from '../present/time.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentFigures, presentOverCap, type RoundFigures } from './figures.ts'
import { roundTabs } from './tabs.ts'
import { presentTimetable } from './timetable.ts'

export const Code = Type.Object({ code: Type.String({ maxLength: 32 }) })
/** More than a round has; what is beyond stands in the list of campaigns. */
const MOST_CAMPAIGNS = 200

const KEPT_MS = 15_000

const NOTICES: Record<string, string> = {
  created: 'The round is there. Next come its applicants.',
  saved: 'The round is saved.',
  moved: 'The start was moved, and everything after it with it.',
}

/** GET /console/rounds/:code: the timetable of one round, its figures, countries over the cap. */
export function addRoundPage(app: TypedApp, deps: ConsoleDeps, figures: RoundFigures): void {
  const { db, clock, shell } = deps
  const memory = openMemory()
  // A timetable is no live view: what is being sent may be counted less often here than on its own page.
  const deliveries = openFigures(db, {
    rememberLive: (key, ttlMs, read) => memory.rememberLive(key, Math.max(ttlMs, KEPT_MS), read),
  })

  app.route({
    method: 'GET',
    url: '/console/rounds/:code',
    config: { allow: 'rounds.read' },
    schema: { params: Code, querystring: Type.Object({ notice: Type.Optional(Type.String()) }) },
    handler: async (request, reply) => {
      const now = clock.now()
      const zone = zoneOf(request)
      const role = roleOf(request)
      const row = await getRoundRow(deps, request.params)
      const [[round], current, { items, next }, automatic] = await Promise.all([
        figures([row], now),
        shell.currentRound(request),
        listCampaignsInOrder(db, { round: row.code, limit: MOST_CAMPAIGNS }),
        listAutomaticEmails(deps, { code: row.code }),
      ])
      const campaigns = await Promise.all(
        items.map(async (item) => ({ ...item, counts: item.frozen_at ? await deliveries.of(item) : undefined })),
      )
      const seen = { current: current?.code === row.code, sees: mayDo(role, 'people.read') }
      const href = `/console/rounds/${encodeURIComponent(row.code)}`
      const mayWrite = mayDo(role, 'rounds.write')
      const counted = round as Round
      const model = {
        code: row.name.includes(row.code) ? '' : row.code,
        name: row.name,
        stages: presentStages(row, now.toISOString().slice(0, 10)),
        figures: presentFigures(counted, seen),
        people_href: `${href}/people`,
        countries: formatCount(counted.counts.countries),
        cap: row.country_cap_percent,
        over_cap: presentOverCap(counted, seen),
        zone: presentZone(zone, now),
        ...presentTimetable(row, campaigns, { zone, writes: mayDo(role, 'campaigns.write'), now }),
        more: next !== null,
        tabs: roundTabs(role, row.code, ''),
        automatic: automatic.map((email) => presentAutomatic(email, { zone, sees_people: seen.sees })),
        emails_href: `${href}/emails`,
        edit_href: mayWrite ? `${href}/edit` : '',
        move_href: mayWrite && row.starts_on !== null ? `${href}/move` : '',
        import_href: mayDo(role, 'imports.write') ? `${href}/import` : '',
      }
      const notice = NOTICES[request.query.notice ?? '']
      return shell.show(reply, 'rounds/round', { title: row.name, nav: 'rounds', notice }, model)
    },
  })
}
