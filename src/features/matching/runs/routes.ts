import { Type } from '@fastify/type-provider-typebox'
import type { Ring } from '../../../jobs/catalog.ts'
import { presentJobLink } from '../../../jobs/routes.ts'
import { openMemory } from '../../../lib/remember.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { CodeParams, choices, closed, hierarchyChange, Id, IdParams } from '../schema.ts'
import { changeHierarchy } from '../settings/hierarchy-change.ts'
import { getMatchingSettings } from '../settings/settings.ts'
import { getMatchingRun, listMatchingRuns } from './get-run.ts'
import { startMatchingRun } from './start.ts'

const tags = ['matching']
const Link = Type.Object({ id: Type.Integer(), url: Type.String() })

/** POST and GET /rounds/:code/matching-runs, GET /matching-runs/:id. */
export function addRunRoutes(app: TypedApp, deps: { db: Db; ring: Ring }): void {
  const memory = openMemory()
  app.route({
    method: 'POST',
    url: '/rounds/:code/matching-runs',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Match the confirmed people of a round; what is not given is as saved in its settings',
      params: CodeParams,
      body: Type.Union([Type.Null(), Type.Object({ ...choices, ...hierarchyChange }, closed)]),
      response: { 202: Type.Object({ job: Link, run: Link }) },
    },
    handler: async ({ params: { code }, body, caller }, reply) => {
      const { criteria, rules, ...given } = body ?? {}
      const { hierarchy } = await getMatchingSettings(deps, { code })
      const { run_id, job_id } = await startMatchingRun(deps, {
        ...given,
        code,
        hierarchy: criteria || rules ? changeHierarchy(hierarchy, { criteria, rules }) : undefined,
        by: caller?.name ?? 'unknown',
      })
      const run = { id: run_id, url: `/api/v1/matching-runs/${run_id}` }
      return reply.status(202).send({ job: presentJobLink(job_id), run })
    },
  })
  app.route({
    method: 'GET',
    url: '/rounds/:code/matching-runs',
    config: { allow: 'matching.read' },
    schema: {
      tags,
      summary: 'Matching runs of a round, the newest first',
      params: CodeParams,
      querystring: Type.Object(
        {
          after: Type.Optional({ ...Id, description: '`next` of the page before' }),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        },
        closed,
      ),
    },
    handler: async ({ params: { code }, query }) =>
      listMatchingRuns(deps, { code, before: query.after, limit: query.limit }),
  })
  app.route({
    method: 'GET',
    url: '/matching-runs/:id',
    config: { allow: 'matching.read' },
    schema: {
      tags,
      summary: 'A matching run: how far it is, what it found, who is left over, and whether data have changed since',
      params: IdParams,
    },
    handler: async ({ params }) => getMatchingRun({ ...deps, memory }, params),
  })
}
