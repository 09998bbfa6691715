import { Type } from '@fastify/type-provider-typebox'
import { listMailchimpEvents } from '../../features/mailchimp/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { gatherWork } from './gather.ts'
import { presentEvent } from './present-rows.ts'
import { MAILCHIMP, readerOf, showPage } from './show.ts'

const PAGE = 50
const HOME = `${MAILCHIMP}/log`
const Query = Type.Object({ before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })) })

/** GET /console/settings/mailchimp/log: syncs and hand-overs, and what Mailchimp told us. */
export function addMailchimpLog(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: HOME,
    config: { allow: 'mailchimp.read', does: 'Look at what Mailchimp told', audited: true },
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const { before } = request.query
      const reader = readerOf(deps, request)
      const [{ items, next }, jobs] = await Promise.all([
        listMailchimpEvents(deps, { before, limit: PAGE }),
        before === undefined ? gatherWork(deps, request) : [],
      ])
      return showPage(
        deps,
        reply,
        'log',
        { title: 'Mailchimp’s log' },
        {
          jobs,
          events: items.map((row) => presentEvent(row, reader)),
          pager: {
            next: next === null ? '' : `${HOME}?before=${next}`,
            first: before === undefined ? '' : HOME,
          },
          paged: next !== null || before !== undefined,
        },
      )
    },
  })
}
