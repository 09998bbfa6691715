import { Type } from '@fastify/type-provider-typebox'
import type { Db } from '../../../platform/db/open.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { measurePool } from '../pool/pool.ts'
import { CodeParams, choices, closed, hierarchyChange, IdParams, oneOf, TwoPeople } from '../schema.ts'
import { DECISION_KINDS } from './decision-queries.ts'
import { decideAboutPair, liftMatchingDecision, listMatchingDecisions } from './decisions.ts'
import { measureSettingsEffect } from './effect.ts'
import { changeHierarchy } from './hierarchy-change.ts'
import { getMatchingSettings, saveMatchingSettings } from './settings.ts'

const tags = ['matching']

/** How a round is matched: its settings, what a change of them does, and what staff decided about two people. */
export function addSettingsRoutes(app: TypedApp, deps: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/rounds/:code/matching-settings',
    config: { allow: 'matching.read' },
    schema: { tags, summary: 'How a round is matched, and who', params: CodeParams },
    handler: async ({ params }) => {
      const [settings, pool] = await Promise.all([getMatchingSettings(deps, params), measurePool(deps, params)])
      return { ...settings, pool }
    },
  })
  app.route({
    method: 'PUT',
    url: '/rounds/:code/matching-settings',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Change how a round is matched; what is not given stays',
      params: CodeParams,
      body: Type.Object(
        {
          version: Type.Integer({ minimum: 0, description: 'As it was read: when somebody has saved since, 409' }),
          ...choices,
          ...hierarchyChange,
        },
        closed,
      ),
    },
    handler: async ({ params: { code }, body, caller }) => {
      const { version, criteria, rules, ...change } = body
      const { hierarchy } = await getMatchingSettings(deps, { code })
      const changed = { ...change, hierarchy: changeHierarchy(hierarchy, { criteria, rules }) }
      return saveMatchingSettings(deps, { code, change: changed, version, by: caller?.name ?? 'unknown' })
    },
  })
  app.route({
    method: 'POST',
    url: '/rounds/:code/matching-settings/effect',
    config: { allow: 'matching.read', audited: false },
    schema: {
      tags,
      summary: 'What a change of the criteria would do: pairs allowed, mean, who has fewest possible partners',
      params: CodeParams,
      body: Type.Object(hierarchyChange, closed),
    },
    handler: async ({ params: { code }, body }) => {
      const { hierarchy } = await getMatchingSettings(deps, { code })
      return measureSettingsEffect(deps, { code, hierarchy: changeHierarchy(hierarchy, body) })
    },
  })
  addDecisionRoutes(app, deps)
}

function addDecisionRoutes(app: TypedApp, deps: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/rounds/:code/matching-decisions',
    config: { allow: 'matching.read', does: 'List decisions about pairs', audited: true },
    schema: { tags, summary: 'Who is kept together and who is never paired', params: CodeParams },
    handler: async ({ params }) => ({ items: await listMatchingDecisions(deps, params), next: null }),
  })
  app.route({
    method: 'POST',
    url: '/rounds/:code/matching-decisions',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Keep two people together, or never pair them',
      params: CodeParams,
      body: Type.Object(
        {
          kind: oneOf(DECISION_KINDS, 'lock: keep together; ban: never pair'),
          person_ids: TwoPeople,
          note: Type.Optional(Type.String({ maxLength: 500 })),
        },
        closed,
      ),
    },
    handler: async ({ params: { code }, body, caller }, reply) =>
      reply.status(201).send(await decideAboutPair(deps, { code, ...body, by: caller?.name ?? 'unknown' })),
  })
  app.route({
    method: 'DELETE',
    url: '/matching-decisions/:id',
    config: { allow: 'matching.write' },
    schema: { tags, summary: 'Lift a decision about two people', params: IdParams },
    handler: async ({ params: { id }, caller }) => liftMatchingDecision(deps, { id, by: caller?.name ?? 'unknown' }),
  })
}
