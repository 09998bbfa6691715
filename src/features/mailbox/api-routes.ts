import type { FastifyContextConfig } from 'fastify'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { deleteMessages, listMessagesAfter } from './queries.ts'
import { ApiListQuery, IdParams, presentItem, presentMessage } from './schema.ts'
import { getMessage } from './service.ts'

const LIMIT = 100

/** The caught messages as JSON, oldest first, for scripts and tests. */
export function addMailboxApi(app: TypedApp, { db }: { db: Db }, config: FastifyContextConfig): void {
  app.route({
    method: 'GET',
    url: '/mailbox/api/messages',
    config,
    schema: { summary: 'List caught messages, oldest first', querystring: ApiListQuery },
    handler: async ({ query }) => {
      const { to, direction, after = 0, limit = LIMIT } = query
      const rows = await listMessagesAfter(db, { to, direction, after, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return { items: shown.map(presentItem), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
    },
  })

  app.route({
    method: 'GET',
    url: '/mailbox/api/messages/:id',
    config,
    schema: { summary: 'One caught message with its headers and parts', params: IdParams },
    handler: async ({ params }) => presentMessage(await getMessage({ db }, params)),
  })

  app.route({
    method: 'DELETE',
    url: '/mailbox/api/messages',
    config,
    schema: { summary: 'Empty the mailbox' },
    handler: async () => ({ deleted: await deleteMessages(db) }),
  })
}
