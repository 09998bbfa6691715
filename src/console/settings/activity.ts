import { Type } from '@fastify/type-provider-typebox'
import { type AuditRow, listActors, listAuditEntries, readAuditLog } from '../../features/staff/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { sendCsv } from '../csv-reply.ts'
import { presentTime, presentZone } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { roleOf, zoneOf } from './caller.ts'
import { outcomeOf, subjectOf } from './present-activity.ts'
import { settingsTabs } from './tabs.ts'

const PAGE = 50
const HOME = '/console/settings/activity'
const ACTOR = Type.String({ maxLength: 100, default: '' })

/** /console/settings/activity: who changed or exported what. */
export function addActivityPage(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: HOME,
    config: { allow: 'activity.read' },
    schema: {
      querystring: Type.Object({
        who: ACTOR,
        before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
      }),
    },
    handler: async ({ query }, reply) => {
      const [zone, now] = [zoneOf(reply.request), deps.clock.now()]
      const actor = query.who || undefined
      const [{ items, next }, actors] = await Promise.all([
        listAuditEntries(deps, { actor, before: query.before, limit: PAGE }),
        listActors(deps.db),
      ])
      const who = new URLSearchParams(actor === undefined ? {} : { who: actor })
      const first = who.size > 0 ? `${HOME}?${who}` : HOME
      const model = {
        tabs: settingsTabs(roleOf(reply.request), 'activity'),
        entries: items.map((row) => presentEntry(row, zone, now)),
        actors: actors.map((one) => ({ ...one, chosen: one.actor === actor })),
        filtered: actor !== undefined,
        pager: {
          next: next === null ? '' : `${HOME}?${new URLSearchParams([...who, ['before', String(next)]])}`,
          first: query.before === undefined ? '' : first,
        },
        csv_href: `${HOME}.csv${who.size > 0 ? `?${who}` : ''}`,
        zone: presentZone(zone, now),
      }
      return deps.shell.show(reply, 'settings/activity', { title: 'Activity', nav: 'settings' }, model)
    },
  })

  app.route({
    method: 'GET',
    url: `${HOME}.csv`,
    config: { allow: 'activity.read', does: 'Export the activity log', audited: true },
    schema: { querystring: Type.Object({ who: ACTOR }) },
    handler: ({ query }, reply) => {
      const now = deps.clock.now()
      return sendCsv(reply, {
        name: `activity-${now.toISOString().slice(0, 10)}.csv`,
        columns: COLUMNS,
        pages: readAuditLog(deps, { actor: query.who || undefined }),
        cellsOf: (row) => cellsOf(row, now),
      })
    },
  })
}

function presentEntry(row: AuditRow, zone: string, now: Date) {
  return {
    at: presentTime(row.at, zone),
    name: row.actor_name,
    did: row.did,
    subject: subjectOf(row),
    outcome: outcomeOf(row, now),
  }
}

const COLUMNS = ['at', 'actor', 'name', 'role', 'did', 'about', 'outcome', 'status', 'route']

function cellsOf(row: AuditRow, now: Date) {
  const { at, actor, actor_name, role, did, status, route } = row
  return [at, actor, actor_name, role, did, subjectOf(row).text, outcomeOf(row, now).text, status, route]
}
