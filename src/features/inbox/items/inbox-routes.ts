import { Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { ADDRESS_DECISIONS, decideAddress } from './address.ts'
import { assignInbox, identifyInbox, noteInbox } from './assign.ts'
import type { Doer } from './change.ts'
import { type DecideDeps, decideInbox } from './decide.ts'
import { getInboxItem, getInboxSource, listInbox } from './inbox.ts'
import { DECISIONS } from './item-queries.ts'
import { presentEntry, presentItem } from './present.ts'
import { replyFromInbox } from './reply.ts'

export interface InboxRouteDeps extends DecideDeps {
  config: { mailDomain: string; mailFrom: string }
}

const closed = { additionalProperties: false } as const
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const ItemId = Type.Object({ id: Id })
const Version = Type.Optional(
  Type.Integer({ minimum: 1, description: 'As it was read: when somebody has changed the item since, 409' }),
)
const oneOf = <Word extends string>(words: readonly Word[]) =>
  Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))))

const doerOf = ({ caller }: FastifyRequest): Doer => ({
  staff_id: caller?.staff?.id ?? null,
  name: caller?.name ?? 'unknown',
})

/** GET /inbox, one item with its source, and what staff do with it. */
export function addItemRoutes(app: TypedApp, deps: InboxRouteDeps): void {
  app.route({
    method: 'GET',
    url: '/inbox',
    config: { allow: 'inbox.read', does: 'List the Inbox', audited: true },
    schema: {
      tags: ['inbox'],
      summary: 'Replies that need a person: open ones the oldest first, done ones the newest first',
      querystring: Type.Object(
        {
          view: Type.Unsafe<'open' | 'mine' | 'done'>({ ...oneOf(['open', 'mine', 'done']), default: 'open' }),
          round: Type.Optional(Type.String({ maxLength: 32 })),
          person_id: Type.Optional(Id),
          after: Type.Optional(Id),
          limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        },
        closed,
      ),
    },
    handler: async ({ query, caller }) => {
      const { items, next } = await listInbox(deps, { ...query, staff_id: caller?.staff?.id })
      return { items: items.map(presentEntry), next }
    },
  })

  app.route({
    method: 'GET',
    url: '/inbox/:id',
    config: { allow: 'inbox.read', does: 'Look at a message of the Inbox', audited: true },
    schema: {
      tags: ['inbox'],
      summary: 'One reply with its guess, its sender and the message it answers',
      params: ItemId,
    },
    handler: async ({ params }) => presentItem(await getInboxItem(deps, params)),
  })

  app.route({
    method: 'GET',
    url: '/inbox/:id/source',
    config: { allow: 'inbox.read', audited: true, does: 'Download an incoming message' },
    schema: { tags: ['inbox'], summary: 'The message as it came', params: ItemId },
    handler: async ({ params }, reply) => {
      const raw = await getInboxSource(deps, params)
      reply.header('content-disposition', `attachment; filename="message-${params.id}.eml"`)
      reply.header('x-content-type-options', 'nosniff')
      return reply.type('message/rfc822').send(raw)
    },
  })

  app.route({
    method: 'POST',
    url: '/inbox/:id/decide',
    config: { allow: 'inbox.write' },
    schema: {
      tags: ['inbox'],
      summary: 'Settle a reply, as the answer yes or no or otherwise, or open it again',
      params: ItemId,
      body: Type.Object({ decision: oneOf([...DECISIONS, 'reopen']), version: Version }, closed),
    },
    handler: async (request) =>
      presentItem(await decideInbox(deps, { id: request.params.id, ...request.body, by: doerOf(request) })),
  })

  app.route({
    method: 'POST',
    url: '/inbox/:id/address',
    config: { allow: 'inbox.write' },
    schema: {
      tags: ['inbox'],
      summary: 'Say what the unknown address of a reply is: one more of theirs, their new one, or nothing to keep',
      params: ItemId,
      body: Type.Object({ as: oneOf(ADDRESS_DECISIONS), version: Version }, closed),
    },
    handler: async (request) =>
      presentItem(await decideAddress(deps, { id: request.params.id, ...request.body, by: doerOf(request) })),
  })

  app.route({
    method: 'POST',
    url: '/inbox/:id/reply',
    config: { allow: 'inbox.write' },
    schema: {
      tags: ['inbox'],
      summary: "Write back from the programme's address, in the same thread",
      params: ItemId,
      body: Type.Object(
        {
          body: Type.String({ maxLength: 40_000 }),
          subject: Type.Optional(Type.String({ maxLength: 1000 })),
          version: Version,
        },
        closed,
      ),
    },
    handler: async (request, reply) => {
      const { item, delivery_id } = await replyFromInbox(deps, {
        ...{ id: request.params.id, ...request.body, by: doerOf(request) },
      })
      return reply.status(201).send({ ...presentItem(item), delivery: { id: delivery_id } })
    },
  })

  app.route({
    method: 'POST',
    url: '/inbox/:id/assign',
    config: { allow: 'inbox.write' },
    schema: {
      tags: ['inbox'],
      summary: 'Give a reply to one of the staff, or back to all',
      params: ItemId,
      body: Type.Object({ staff_id: Type.Union([Id, Type.Null()]), version: Version }, closed),
    },
    handler: async ({ params, body }) => presentItem(await assignInbox(deps, { id: params.id, ...body })),
  })

  app.route({
    method: 'POST',
    url: '/inbox/:id/note',
    config: { allow: 'inbox.write' },
    schema: {
      tags: ['inbox'],
      summary: 'Keep a note for staff',
      params: ItemId,
      body: Type.Object({ note: Type.String({ maxLength: 5000 }), version: Version }, closed),
    },
    handler: async ({ params, body }) => presentItem(await noteInbox(deps, { id: params.id, ...body })),
  })

  app.route({
    method: 'POST',
    url: '/inbox/:id/person',
    config: { allow: 'inbox.write' },
    schema: {
      tags: ['inbox'],
      summary: 'Say whose reply it is',
      params: ItemId,
      body: Type.Object({ person_id: Id, version: Version }, closed),
    },
    handler: async ({ params, body }) => presentItem(await identifyInbox(deps, { id: params.id, ...body })),
  })
}
