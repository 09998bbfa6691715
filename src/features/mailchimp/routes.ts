import { Type } from '@fastify/type-provider-typebox'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { APPLICATION_STATES } from '../people/index.ts'
import { addBackRoutes } from './back/routes.ts'
import { getAudience } from './connection/audience.ts'
import { changeAudience, connectAudience, listLists, readConnection } from './connection/connection.ts'
import { disconnectAudience } from './connection/disconnect.ts'
import type { MailchimpDeps } from './deps.ts'
import { measureDrift } from './mirror/drift.ts'
import { FIELDS } from './mirror/fields.ts'
import { startSync } from './mirror/start-sync.ts'

const tags = ['Mailchimp']
const closed = { additionalProperties: false } as const
const MergeTag = Type.String({ minLength: 1, maxLength: 10, description: 'A merge tag there, such as COUNTRY' })
const Choice = {
  fields: Type.Optional(
    Type.Object(Object.fromEntries(FIELDS.map((field) => [field, Type.Optional(MergeTag)])), {
      ...closed,
      description: 'Merge tags by our names; the usual ones for those left out',
    }),
  ),
  states: Type.Optional(
    Type.Array(Type.Union(APPLICATION_STATES.map((state) => Type.Literal(state))), {
      ...{ minItems: 1, maxItems: 7 },
      description: 'Whoever has an application in one of these states is there',
    }),
  ),
  count_opens: Type.Optional(Type.Boolean()),
}
const Connection = Type.Object(
  {
    list_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'The audience to connect; left out, or the one that is: it is changed',
      }),
    ),
    ...Choice,
    dry_run: Type.Optional(
      Type.Boolean({
        description: 'Of a new one: nothing of people is written before the first sync that is no dry run',
      }),
    ),
  },
  closed,
)
const Sync = Type.Object(
  {
    whole: Type.Optional(
      Type.Boolean({ description: 'Read everybody there first; so does the first one, whatever is said here' }),
    ),
    dry_run: Type.Optional(
      Type.Boolean({ description: 'Write nothing there and say what would be; by the last reading, unless `whole`' }),
    ),
  },
  closed,
)
const DriftPage = Type.Object(
  {
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  closed,
)

/** The audience in Mailchimp: connecting it, syncing it, and what came back. */
export function addMailchimpRoutes(app: TypedApp, deps: MailchimpDeps): void {
  addConnectionRoutes(app, deps)
  addSyncRoutes(app, deps)
  addBackRoutes(app, deps)
}

function addConnectionRoutes(app: TypedApp, deps: MailchimpDeps): void {
  app.route({
    method: 'GET',
    url: '/mailchimp',
    config: { allow: 'mailchimp.read' },
    schema: { tags, summary: 'The audience that is connected; 409 when none is' },
    handler: () => getAudience(deps.db),
  })

  app.route({
    method: 'PUT',
    url: '/mailchimp',
    config: { allow: 'mailchimp.write', does: 'Connect Mailchimp' },
    schema: {
      tags,
      summary: 'Connect an audience, or change what goes to the one that is connected',
      description:
        'Missing merge fields are made, and a whole sync starts; of a new one with `dry_run` it only reads, and `begun_at` is null. `webhook_id` null: Mailchimp cannot reach this service, and what others change there is found once a night. 409 while another audience is connected.',
      body: Connection,
    },
    handler: async ({ body, caller }) => {
      const { list_id, ...choice } = body
      // The same again changes it, as a PUT does.
      const present = await readConnection(deps)
      if (list_id === undefined || list_id.trim() === present?.list_id) return changeAudience(deps, choice)
      return connectAudience(deps, { ...choice, list_id, by: caller?.name ?? 'unknown' })
    },
  })

  app.route({
    method: 'DELETE',
    url: '/mailchimp',
    config: { allow: 'mailchimp.write', does: 'Disconnect Mailchimp' },
    schema: { tags, summary: 'Disconnect the audience; its contacts stay in Mailchimp as they are' },
    handler: async (_request, reply) => {
      await disconnectAudience(deps)
      return reply.status(204).send()
    },
  })

  app.route({
    method: 'GET',
    url: '/mailchimp/lists',
    config: { allow: 'mailchimp.read' },
    schema: { tags, summary: 'The audiences of the account' },
    handler: async () => ({ items: await listLists(deps), next: null }),
  })
}

function addSyncRoutes(app: TypedApp, deps: MailchimpDeps): void {
  app.route({
    method: 'POST',
    url: '/mailchimp/sync',
    config: { allow: 'mailchimp.write' },
    schema: {
      tags,
      summary: 'Bring the audience in step',
      description: 'One at a time: while one waits or goes on, it is that one that is answered.',
      body: Sync,
      response: { 202: Type.Object({ job: Type.Object({ id: Type.Integer(), url: Type.String() }) }) },
    },
    handler: async ({ body }, reply) => {
      const { whole = false, dry_run = false } = body
      // Who was never read is in no list of changes: a sync of those alone would say that nothing was to be done.
      const connection = await readConnection(deps)
      const id = await startSync(deps, { whole: whole || !connection?.read_at, dry_run })
      return reply.status(202).send({ job: { id, url: `/api/v1/jobs/${id}` } })
    },
  })

  app.route({
    method: 'GET',
    url: '/mailchimp/drift',
    config: { allow: 'mailchimp.read', does: 'List people who differ from Mailchimp', audited: true },
    schema: {
      tags,
      summary: 'How far both sides agree by the last reading, and of whom they do not',
      description: 'Pass `next` as `after` for the following people.',
      querystring: DriftPage,
    },
    handler: ({ query }) => measureDrift(deps, query),
  })
}
