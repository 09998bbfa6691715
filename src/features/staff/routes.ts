import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { NewToken, TokenId, TokenPage } from './schema.ts'
import { createApiToken, listApiTokens, revokeApiToken } from './tokens.ts'

export function addStaffRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'GET',
    url: '/tokens',
    config: { allow: 'staff.read' },
    schema: { summary: 'API tokens, the revoked ones too', querystring: TokenPage },
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
    schema: { summary: 'Revoke an API token at once', params: TokenId },
    handler: async (request, reply) => {
      await revokeApiToken(deps, request.params)
      return reply.status(204).send()
    },
  })
}
