import { Type } from '@fastify/type-provider-typebox'
import { readConnection } from '../../features/mailchimp/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { readStaffNames } from '../participants/sources.ts'
import type { ConsoleDeps } from '../shell.ts'
import { showConnect } from './connect.ts'
import { countOpenClashes, gatherSync, readStanding } from './gather.ts'
import { presentOverview } from './present-overview.ts'
import { titleOf } from './present-sync.ts'
import { MAILCHIMP, readerOf, showPage } from './show.ts'

const Notice = Type.Object({ notice: Type.Optional(Type.String({ maxLength: 40 })) })

const NOTICES: Record<string, string> = {
  connected: 'Connected. What a sync would do is being found out; nothing of people is written before you start it.',
  changed: 'Saved. Everybody is being looked at anew.',
  disconnected: 'Disconnected. The audience stays in Mailchimp as it is.',
  started: 'It has begun. You may close this page.',
}

/** GET /console/settings/mailchimp: how the two sides stand; before that, how to connect them. */
export function addMailchimpOverview(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: MAILCHIMP,
    config: { allow: 'mailchimp.read' },
    schema: { querystring: Notice },
    handler: async (request, reply) => {
      const notice = NOTICES[request.query.notice ?? '']
      const connection = await readConnection(deps)
      if (!connection) {
        if (!deps.mailchimp) return showPage(deps, reply, 'off', { title: 'Mailchimp', notice }, {})
        return showConnect(deps, reply, { notice, faults: [] })
      }
      const reader = readerOf(deps, request)
      const [standing, clashes, sync, staff] = await Promise.all([
        readStanding(deps),
        countOpenClashes(deps),
        gatherSync(deps, request, connection),
        readStaffNames(deps.db),
      ])
      const model = presentOverview(connection, {
        ...{ standing, clashes, sync, staff, reader },
        has_key: deps.mailchimp !== undefined,
      })
      return showPage(deps, reply, 'overview', { title: titleOf(sync), notice }, model)
    },
  })
}
