import { Type } from '@fastify/type-provider-typebox'
import { getCampaign, getVersionPair, listHistory, restoreVersion } from '../../features/campaigns/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { subjectOf } from '../campaigns/wording.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentHistory, presentVersion } from './present-history.ts'
import { Params, writeHref } from './query.ts'
import { callerOf, isEditable } from './view.ts'

const Version = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

/** How a text came to be: who wrote what when, each version against the one before it, and the way back. */
export function addHistoryPages(app: TypedApp, deps: ConsoleDeps): void {
  const { shell } = deps
  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/history',
    config: { allow: 'campaigns.read' },
    schema: { params: Params, querystring: Type.Object({ up_to: Type.Optional(Version) }) },
    handler: async (request, reply) => {
      const { params, query } = request
      const campaign = await getCampaign(deps, params)
      const history = await listHistory(deps, { id: params.id, up_to: query.up_to })
      const title = `History of ${subjectOf(campaign.subject)}`
      const model = presentHistory(campaign, history, { zone: zoneOf(request), now: deps.clock.now() })
      return shell.show(reply, 'write/history', { title, nav: 'campaigns' }, model)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/history/:version',
    config: { allow: 'campaigns.read' },
    schema: {
      params: Type.Object({ ...Params.properties, version: Version }),
      querystring: Type.Object({ against: Type.Optional(Version) }),
    },
    handler: async (request, reply) => {
      const { id, version } = request.params
      const campaign = await getCampaign(deps, { id })
      const pair = await getVersionPair(deps, { id, version, against: request.query.against })
      const may_restore =
        isEditable(campaign) && version !== campaign.version && mayDo(roleOf(request), 'campaigns.write')
      const model = presentVersion(campaign, pair, { zone: zoneOf(request), may_restore })
      return shell.show(reply, 'write/version', { title: model.title, nav: 'campaigns' }, model)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/history/:version/restore',
    config: { allow: 'campaigns.write', does: 'Restore an earlier version' },
    schema: {
      params: Type.Object({ ...Params.properties, version: Version }),
      body: Type.Object({ seen: Version }),
    },
    handler: async (request, reply) => {
      const { id, version } = request.params
      await restoreVersion(deps, { id, version, seen: request.body.seen, written_by: callerOf(request).name })
      const { language } = await getCampaign(deps, { id })
      return reply.redirect(writeHref(id, language, {}, { notice: 'restored' }), 303)
    },
  })
}
