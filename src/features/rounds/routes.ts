import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { NewRound, RoundAnswer, RoundChanges, RoundCode } from './schema.ts'
import { createRound, getRound, listRounds, updateRound } from './service.ts'

/** POST and GET /rounds, GET and PATCH /rounds/:code. */
export function addRoundRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'POST',
    url: '/rounds',
    config: { allow: 'rounds.write' },
    schema: { tags: ['rounds'], summary: 'Create a round', body: NewRound, response: { 201: RoundAnswer } },
    handler: async ({ body }, reply) => reply.status(201).send(await createRound(deps, body)),
  })
  app.route({
    method: 'GET',
    url: '/rounds',
    config: { allow: 'rounds.read' },
    schema: {
      tags: ['rounds'],
      summary: 'Every round, the newest first',
      response: { 200: Type.Object({ items: Type.Array(RoundAnswer), next: Type.Null() }) },
    },
    handler: async () => ({ items: await listRounds(deps), next: null }),
  })
  app.route({
    method: 'GET',
    url: '/rounds/:code',
    config: { allow: 'rounds.read' },
    schema: {
      tags: ['rounds'],
      summary: 'A round with its stage and counts',
      params: RoundCode,
      response: { 200: RoundAnswer },
    },
    handler: async ({ params }) => getRound(deps, params),
  })
  app.route({
    method: 'PATCH',
    url: '/rounds/:code',
    config: { allow: 'rounds.write' },
    schema: {
      tags: ['rounds'],
      summary: 'Change name, timetable or country cap',
      params: RoundCode,
      body: RoundChanges,
      response: { 200: RoundAnswer },
    },
    handler: async ({ params, body }) => updateRound(deps, { code: params.code, change: body }),
  })
}
