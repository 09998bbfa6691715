import { Type } from '@fastify/type-provider-typebox'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { getRoundRow } from '../rounds/index.ts'
import { endPartnership } from './end.ts'
import { findIntroduction } from './find-introduction.ts'
import { ensureIntroductionDraft } from './introduction-draft.ts'
import { listPartnerships } from './list.ts'
import { STATES } from './partnership-queries.ts'
import { listIntroductionTroubles } from './troubles.ts'

interface RouteDeps {
  db: Db
  clock: Clock
}

const closed = { additionalProperties: false } as const
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const RoundCode = Type.Object({ code: Type.String({ maxLength: 32 }) })
const State = Type.Union(STATES.map((state) => Type.Literal(state)))

/** Partnerships of a round, their introduction, and their end. Introducing them is a matching run's (features/matching). */
export function addPartnershipRoutes(app: TypedApp, deps: RouteDeps): void {
  const { db } = deps

  app.route({
    method: 'GET',
    url: '/rounds/:code/partnerships',
    config: { allow: 'matching.read', does: 'List partnerships', audited: true },
    schema: {
      tags: ['Partnerships'],
      summary: 'Partnerships of a round with their partners, by id',
      params: RoundCode,
      querystring: Type.Object(
        {
          state: Type.Optional(State),
          after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
          limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
        },
        closed,
      ),
    },
    handler: async ({ params, query }) => {
      const { id: round_id } = await getRoundRow({ db }, params)
      return listPartnerships({ db }, { round_id, ...query })
    },
  })

  app.route({
    method: 'POST',
    url: '/partnerships/:id/end',
    config: { allow: 'matching.write' },
    schema: {
      tags: ['Partnerships'],
      summary: 'End a partnership; an introduction of it that has not left does not leave any more',
      params: Type.Object({ id: Id }),
      body: Type.Object({ reason: Type.String({ maxLength: 500 }) }, closed),
    },
    handler: ({ params, body }) => endPartnership(deps, { id: params.id, reason: body.reason }),
  })

  app.route({
    method: 'GET',
    url: '/rounds/:code/introduction',
    config: { allow: 'matching.read' },
    schema: {
      tags: ['Partnerships'],
      summary: 'Where the introduction of a round stands, and whom it did not reach and why',
      params: RoundCode,
    },
    handler: async ({ params }) => {
      const { id: round_id } = await getRoundRow({ db }, params)
      const [introduction, troubles] = await Promise.all([
        findIntroduction({ db }, { round_id }),
        listIntroductionTroubles(db, round_id),
      ])
      return { introduction: introduction ?? null, troubles }
    },
  })

  app.route({
    method: 'POST',
    url: '/rounds/:code/introduction',
    config: { allow: 'matching.write' },
    schema: {
      tags: ['Partnerships'],
      summary:
        'The draft of the introduction, made when there is none: also once more, for those whom one did not reach',
      params: RoundCode,
    },
    handler: async ({ params, caller }) => {
      const { id: round_id } = await getRoundRow({ db }, params)
      const by = caller?.name ?? null
      const id = await db.transaction().execute((tx) => ensureIntroductionDraft(tx, { round_id, by }))
      return { campaign: { id, url: `/api/v1/campaigns/${id}` } }
    },
  })
}
