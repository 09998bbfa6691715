import { Type } from '@fastify/type-provider-typebox'
import { getCampaign, listTextFindings } from '../../features/campaigns/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { languagesOf } from './present.ts'
import { presentFindings } from './present-findings.ts'
import { Params } from './query.ts'
import { languageOf } from './view.ts'

/** GET /console/campaigns/:id/findings: the checks once more, for htmx after a save. */
export function addFindings(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/findings',
    // Findings may name people.
    config: { allow: 'campaigns.write' },
    schema: { params: Params, querystring: Type.Object({ language: Type.String({ maxLength: 40 }) }) },
    handler: async ({ params, query }, reply) => {
      const campaign = await getCampaign(deps, params)
      const shown = { id: params.id, language: languageOf(campaign, query.language), languages: languagesOf(campaign) }
      const is_automatic = campaign.automatic_key !== null
      const findings = await listTextFindings(deps, params.id)
      return deps.shell.showPart(reply, 'write/_findings', presentFindings(findings, { ...shown, is_automatic }))
    },
  })
}
