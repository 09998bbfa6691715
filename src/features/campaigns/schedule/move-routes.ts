import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { moveRound, previewMove } from './move.ts'

const closed = { additionalProperties: false } as const

/** POST /rounds/:code/move. */
export function addMoveRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'POST',
    url: '/rounds/:code/move',
    config: { allow: 'rounds.write' },
    schema: {
      tags: ['rounds'],
      summary: 'Move the start of a round, and with it what comes after: dates, planned and scheduled campaigns',
      params: Type.Object({ code: Type.String({ maxLength: 32 }) }),
      body: Type.Object(
        {
          starts_on: Type.String({ format: 'date' }),
          dry_run: Type.Optional(Type.Boolean({ default: false, description: 'Only says what would move' })),
          time_zone: Type.Optional(
            Type.String({ maxLength: 60, description: 'Whose clock keeps its hour over daylight saving (UTC)' }),
          ),
          fingerprint: Type.Optional(
            Type.String({ maxLength: 64, description: 'Of a dry run: refused when anything has changed since' }),
          ),
        },
        closed,
      ),
    },
    handler: ({ params, body: { dry_run, ...body } }) => {
      const input = { code: params.code, ...body }
      return dry_run ? previewMove(deps, input) : moveRound(deps, input)
    },
  })
}
