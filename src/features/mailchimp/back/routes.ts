import { Type } from '@fastify/type-provider-typebox'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import type { MailchimpDeps } from '../deps.ts'
import { keepSide, listClashes } from './clashes.ts'
import { listMailchimpEvents } from './list-events.ts'
import { decideTrouble, listTroubles, TROUBLE_DECISIONS } from './troubles.ts'

const tags = ['Mailchimp']
const closed = { additionalProperties: false } as const
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Limit = Type.Integer({ minimum: 1, maximum: 200, default: 50 })
const Hash = Type.String({ pattern: '^[0-9a-f]{32}$', description: 'MD5 of the address in lower case' })
const NewestFirst = Type.Object({ before: Type.Optional(Id), limit: Limit }, closed)
const oneOf = <Word extends string>(words: readonly Word[]) =>
  Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))))

/** What came back from Mailchimp, and what a person must decide about it. */
export function addBackRoutes(app: TypedApp, deps: Pick<MailchimpDeps, 'db' | 'clock'>): void {
  addClashRoutes(app, deps)
  addTroubleRoutes(app, deps)

  app.route({
    method: 'GET',
    url: '/mailchimp/events',
    config: { allow: 'mailchimp.read', does: 'List what Mailchimp told of people', audited: true },
    schema: {
      tags,
      summary: 'What Mailchimp told us in the last 90 days and what came of it, the newest first',
      description: 'Pass `next` as `before` for the older ones.',
      querystring: NewestFirst,
    },
    handler: ({ query }) => listMailchimpEvents(deps, query),
  })
}

function addClashRoutes(app: TypedApp, deps: Pick<MailchimpDeps, 'db' | 'clock'>): void {
  app.route({
    method: 'GET',
    url: '/mailchimp/clashes',
    config: { allow: 'mailchimp.read', does: 'List clashes with Mailchimp', audited: true },
    schema: {
      tags,
      summary: 'Names and languages that were changed on both sides at once, the newest first',
      description: 'Pass `next` as `before` for the older ones.',
      querystring: NewestFirst,
    },
    handler: ({ query }) => listClashes(deps, query),
  })

  app.route({
    method: 'POST',
    url: '/mailchimp/clashes/:id/keep',
    config: { allow: 'mailchimp.write' },
    schema: {
      tags,
      summary: 'Say which side of a clash is right',
      description: 'It stands here at once, and there after the next sync.',
      params: Type.Object({ id: Id }),
      body: Type.Object({ side: oneOf(['ours', 'theirs']) }, closed),
    },
    handler: ({ params, body, caller }) => keepSide(deps, { ...params, ...body, by: caller?.name ?? 'unknown' }),
  })
}

function addTroubleRoutes(app: TypedApp, deps: Pick<MailchimpDeps, 'db' | 'clock'>): void {
  app.route({
    method: 'GET',
    url: '/mailchimp/troubles',
    config: { allow: 'mailchimp.read', does: 'List people whom Mailchimp does not take', audited: true },
    schema: {
      tags,
      summary: 'Contacts that a person must see to',
      description: 'Pass `next` as `after` for the following ones.',
      querystring: Type.Object({ after: Type.Optional(Hash), limit: Limit }, closed),
    },
    handler: ({ query }) => listTroubles(deps, query),
  })

  app.route({
    method: 'POST',
    url: '/mailchimp/troubles/decide',
    config: { allow: 'mailchimp.write' },
    schema: {
      tags,
      summary: 'Try a contact again, leave it as it is, or accept the new address of its person',
      // In the body, since addresses are in the log: the hash stands for a person who may be erased.
      body: Type.Object({ hash: Hash, decision: oneOf(TROUBLE_DECISIONS) }, closed),
    },
    handler: async ({ body, caller }, reply) => {
      await decideTrouble(deps, { ...body, by: caller?.name ?? 'unknown' })
      return reply.status(204).send()
    },
  })
}
