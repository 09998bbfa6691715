import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { listAuditEntries } from './audit.ts'
import { inviteMember, listMembers, updateMember } from './members.ts'
import { AuditPage, MemberChanges, NewMember, NewToken, RowId, RowPage } from './schema.ts'
import { createApiToken, listApiTokens, revokeApiToken } from './tokens.ts'

export function addStaffRoutes(app: TypedApp, deps: { db: Db; clock: Clock; ring: Ring }): void {
  addTokenRoutes(app, deps)
  addMemberRoutes(app, deps)
  app.route({
    method: 'GET',
    url: '/activity',
    config: { allow: 'activity.read' },
    schema: {
      tags: ['Staff'],
      summary: 'Who changed or exported what, the newest first',
      description: 'Pass `next` as `before` for the following ones.',
      querystring: AuditPage,
    },
    handler: async ({ query }) => listAuditEntries(deps, query),
  })
}

function addMemberRoutes(app: TypedApp, deps: { db: Db; clock: Clock; ring: Ring }): void {
  app.route({
    method: 'GET',
    url: '/staff',
    config: { allow: 'staff.read' },
    schema: { tags: ['Staff'], summary: 'The staff, the disabled ones too', querystring: RowPage },
    handler: async ({ query }) => listMembers(deps, query),
  })

  app.route({
    method: 'POST',
    url: '/staff',
    config: { allow: 'staff.write' },
    schema: { tags: ['Staff'], summary: 'Invite somebody to the staff', body: NewMember },
    handler: async ({ body }, reply) => reply.status(201).send(await inviteMember(deps, body)),
  })

  app.route({
    method: 'PATCH',
    url: '/staff/:id',
    config: { allow: 'staff.write' },
    schema: {
      tags: ['Staff'],
      summary: 'Change name, address, role or time zone of one of the staff, or disable them',
      params: RowId,
      body: MemberChanges,
    },
    handler: async ({ params, body, caller }) =>
      updateMember(deps, { id: params.id, change: body, by: caller?.staff?.id }),
  })
}

function addTokenRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'GET',
    url: '/tokens',
    config: { allow: 'staff.read' },
    schema: { summary: 'API tokens, the revoked ones too', querystring: RowPage },
    handler: async (request) => listApiTokens(deps, request.query),
  })

  app.route({
    method: 'POST',
    url: '/tokens',
    config: { allow: 'staff.write', secretAnswer: true },
    schema: {
      summary: 'Make an API token',
      description: 'The answer is the only time the token itself is shown, also when an Idempotency-Key is repeated.',
      body: NewToken,
    },
    handler: async (request, reply) => reply.status(201).send(await createApiToken(deps, request.body)),
  })

  app.route({
    method: 'DELETE',
    url: '/tokens/:id',
    config: { allow: 'staff.write' },
    schema: { summary: 'Revoke an API token at once', params: RowId },
    handler: async (request, reply) => {
      await revokeApiToken(deps, request.params)
      return reply.status(204).send()
    },
  })
}
