import { type Static, Type } from '@fastify/type-provider-typebox'
import { countOpenInbox, listInbox } from '../../features/inbox/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { findDecided } from './decided.ts'
import { Id, SCRIPTS, VIEWS, type View } from './inbox-query.ts'
import { presentInbox } from './present-list.ts'

const PAGE = 50

const Query = Type.Object({
  view: Type.Optional(Type.String({ maxLength: 10 })),
  round: Type.Optional(Type.String({ maxLength: 32 })),
  after: Type.Optional(Id),
  decided: Type.Optional(Id),
})

/** GET /console/inbox: what waits, what is mine, what was decided. */
export function addInboxList(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/inbox',
    config: { allow: 'inbox.read', does: 'Look at the Inbox', audited: true },
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const { query, caller } = request
      const view = viewOf(query)
      const staff_id = caller?.staff?.id
      const [{ items, next }, open, decided] = await Promise.all([
        listInbox(deps, { view, staff_id, round: query.round || undefined, after: query.after, limit: PAGE }),
        countOpenInbox(deps),
        findDecided(deps, query.decided),
      ])
      const reader = { zone: zoneOf(request), now: deps.clock.now(), staff_id }
      const model = { ...presentInbox({ items, next, open }, { ...query, view }, reader), decided }
      return deps.shell.show(reply, 'inbox/list', { title: 'Inbox', nav: 'inbox', scripts: SCRIPTS }, model)
    },
  })
}

const viewOf = ({ view }: Static<typeof Query>): View => VIEWS.find((one) => one === view) ?? 'open'
