import { Type } from '@fastify/type-provider-typebox'
import { listAutomaticEmails, openAutomatic, switchAutomatic } from '../../features/campaigns/index.ts'
import { getRoundRow } from '../../features/rounds/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentZone } from '../present/time.ts'
import { roundTabs } from '../rounds/tabs.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentAutomatic } from './present.ts'
import { addPublishPages } from './publish.ts'

const Code = Type.Object({ code: Type.String({ maxLength: 32 }) })
const OneEmail = Type.Object({ ...Code.properties, key: Type.String({ maxLength: 60 }) })

const NOTICES: Record<string, string> = {
  off: 'It is switched off. What was queued before still leaves.',
  on: 'It is switched on. It goes out whenever its event happens; what happened meanwhile is not made up for.',
  published: 'Published. From now on the new text goes out.',
}

/** /console/rounds/:code/emails: what is sent by itself when something happens. */
export function addAutomaticPages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/rounds/:code/emails',
    config: { allow: 'campaigns.read' },
    schema: { params: Code, querystring: Type.Object({ notice: Type.Optional(Type.String({ maxLength: 20 })) }) },
    handler: async (request, reply) => {
      const role = roleOf(request)
      const zone = zoneOf(request)
      const round = await getRoundRow(deps, request.params)
      const emails = await listAutomaticEmails(deps, { code: round.code })
      const seen = { zone, sees_people: mayDo(role, 'people.read') }
      const model = {
        code: round.code,
        name: round.name,
        tabs: roundTabs(role, round.code, '/emails'),
        path: `/console/rounds/${encodeURIComponent(round.code)}/emails`,
        emails: emails.map((email) => presentAutomatic(email, seen)),
        may_write: mayDo(role, 'campaigns.write'),
        zone: presentZone(zone, deps.clock.now()),
      }
      const notice = NOTICES[request.query.notice ?? '']
      return deps.shell.show(reply, 'automatic/list', { title: 'Automatic emails', nav: 'rounds', notice }, model)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/emails/:key/open',
    config: { allow: 'campaigns.write', does: 'Open the text of an automatic email' },
    schema: { params: OneEmail },
    handler: async ({ params }, reply) => {
      const { campaign_id } = await openAutomatic(deps, params)
      return reply.redirect(`/console/campaigns/${campaign_id}`, 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/emails/:key/switch',
    config: { allow: 'campaigns.write', does: 'Switch an automatic email on or off' },
    schema: { params: OneEmail, body: Type.Object({ to: Type.Union([Type.Literal('on'), Type.Literal('off')]) }) },
    handler: async ({ params, body: { to } }, reply) => {
      const { campaign_id } = await openAutomatic(deps, params)
      await switchAutomatic(deps, { campaign_id, on: to === 'on' })
      const own = `/console/rounds/${encodeURIComponent(params.code)}/emails`
      return reply.redirect(`${own}?notice=${to}#${params.key}`, 303)
    },
  })

  addPublishPages(app, deps)
}
