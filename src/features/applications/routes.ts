import { Type } from '@fastify/type-provider-typebox'
import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { APPLICATION_STATES } from '../people/index.ts'
import { getRoundRow } from '../rounds/index.ts'
import { listConducts, publishConduct } from './conduct/conduct.ts'
import { periodOf } from './draft/period.ts'
import { DUPLICATE_STATES } from './duplicates/duplicate-queries.ts'
import { decideDuplicate, listDuplicates, proposeDuplicates } from './duplicates/duplicates.ts'
import { formQuestions } from './form/questions.ts'
import { acceptWaitlisted, listTriage, waitlistApplicants } from './triage/triage.ts'

interface RouteDeps {
  db: Db
  clock: Clock
  ring: Ring
}

const closed = { additionalProperties: false } as const
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const After = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500 }))
const RoundCode = Type.Object({ code: Type.String({ maxLength: 32 }) })
const People = Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true })
const oneOf = <Word extends string>(words: readonly Word[]) =>
  Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))))

/** Triage, duplicates, the questions of the form and the code of conduct, for programs. */
export function addApplicationRoutes(app: TypedApp, deps: RouteDeps): void {
  addTriageRoutes(app, deps)
  addDuplicateRoutes(app, deps)
  app.route({
    method: 'GET',
    url: '/rounds/:code/form',
    config: { allow: 'rounds.read' },
    schema: {
      tags: ['applications'],
      summary: 'The application form of a round: when it is open, and its questions page by page',
      params: RoundCode,
    },
    handler: async ({ params }) => {
      const round = await getRoundRow(deps, params)
      return { round: round.code, ...periodOf(round, deps.clock.now()), questions: formQuestions() }
    },
  })
  app.route({
    method: 'GET',
    url: '/code-of-conduct',
    config: { allow: 'settings.read' },
    schema: { tags: ['applications'], summary: 'Every version of the code of conduct, the newest first' },
    handler: async () => ({ items: await listConducts(deps), next: null }),
  })
  app.route({
    method: 'POST',
    url: '/code-of-conduct',
    config: { allow: 'settings.write' },
    schema: {
      tags: ['applications'],
      summary: 'Publish a new version, which applicants agree to from now on',
      body: Type.Object(
        { version: Type.String({ maxLength: 100 }), body_markdown: Type.String({ maxLength: 60_000 }) },
        closed,
      ),
    },
    handler: async ({ body, caller }, reply) =>
      reply.status(201).send(await publishConduct(deps, { ...body, by: caller?.name ?? null })),
  })
}

function addTriageRoutes(app: TypedApp, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/rounds/:code/applications',
    config: { allow: 'applications.read', does: 'List applications', audited: true },
    schema: {
      tags: ['applications'],
      summary: 'Applications of a round as they came, with how the countries share its places',
      params: RoundCode,
      querystring: Type.Object(
        {
          state: Type.Optional(oneOf(APPLICATION_STATES)),
          country: Type.Optional(Type.String({ maxLength: 200 })),
          after: After,
          limit: Limit,
        },
        closed,
      ),
    },
    handler: ({ params, query }) => listTriage(deps, { ...query, code: params.code }),
  })
  app.route({
    method: 'POST',
    url: '/rounds/:code/applications/accept',
    config: { allow: 'applications.write' },
    schema: {
      tags: ['applications'],
      summary: 'Give people of the waiting list a place, and tell them; over_cap: although their country has its share',
      params: RoundCode,
      body: Type.Object({ person_ids: People, over_cap: Type.Optional(Type.Boolean()) }, closed),
    },
    handler: ({ params, body, caller }) =>
      acceptWaitlisted(deps, { ...body, code: params.code, by: caller?.name ?? null }),
  })
  app.route({
    method: 'POST',
    url: '/rounds/:code/applications/waitlist',
    config: { allow: 'applications.write' },
    schema: {
      tags: ['applications'],
      summary: 'Put applicants on the waiting list, and tell them',
      params: RoundCode,
      body: Type.Object({ person_ids: People }, closed),
    },
    handler: ({ params, body, caller }) =>
      waitlistApplicants(deps, { ...body, code: params.code, by: caller?.name ?? null }),
  })
}

function addDuplicateRoutes(app: TypedApp, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/rounds/:code/duplicates',
    config: { allow: 'applications.read', does: 'List people who may be one', audited: true },
    schema: {
      tags: ['applications'],
      summary: 'Pairs of people that may be one person, of whom one at least applied to the round',
      params: RoundCode,
      querystring: Type.Object({ state: Type.Optional(oneOf(DUPLICATE_STATES)), after: After, limit: Limit }, closed),
    },
    handler: ({ params, query: { limit, ...query } }) =>
      listDuplicates(deps, { ...query, code: params.code, ...(limit === undefined ? {} : { limit }) }),
  })
  app.route({
    method: 'POST',
    url: '/rounds/:code/duplicates',
    config: { allow: 'applications.write' },
    schema: {
      tags: ['applications'],
      summary: 'Look for such pairs now; what was decided before stays decided',
      params: RoundCode,
    },
    handler: ({ params }) => proposeDuplicates(deps, params),
  })
  app.route({
    method: 'POST',
    url: '/duplicates/:id/decide',
    config: { allow: 'applications.write' },
    schema: {
      tags: ['applications'],
      summary:
        'Two people, or one: then the earlier of two applications to a round is withdrawn where that harms nobody',
      params: Type.Object({ id: Id }),
      body: Type.Object({ decision: oneOf(['same', 'different']) }, closed),
    },
    handler: ({ params, body, caller }) =>
      decideDuplicate(deps, {
        ...{ id: params.id, decision: body.decision },
        by: { id: caller?.staff?.id ?? null, name: caller?.name ?? 'unknown' },
      }),
  })
}
