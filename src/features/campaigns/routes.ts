import type { Clock } from '../../lib/clock.ts'
import { NotAllowed } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Db } from '../../platform/db/open.ts'
import { answerProblem } from '../../platform/http/problem.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { Finding } from './content/index.ts'
import { previewCampaign } from './preview/preview.ts'
import { CampaignInput, CampaignList, CampaignParams, CampaignPatch, PreviewInput } from './schema.ts'
import { CampaignChanged, listContested } from './writing/changed.ts'
import { type Campaign, createCampaign, getCampaign, listCampaigns, updateCampaign } from './writing/service.ts'

export interface CampaignRouteDeps {
  db: Db
  clock: Clock
  config: { mailFrom: string; publicUrl: string }
}

/** What the sending side knows about a campaign. */
export interface CampaignSources {
  listFindings(campaign_id: number): Promise<Finding[]>
  /** Added to a campaign's answer, such as its counts by delivery state. */
  progressOf?(campaign_id: number): Promise<object>
}

const tags = ['Campaigns']

/** /campaigns: their texts, preview and checks. Scheduling and sending have routes of their own. */
export function addCampaignRoutes(app: TypedApp, deps: CampaignRouteDeps, sources: CampaignSources): void {
  const present = async (campaign: Campaign) => ({ ...campaign, ...(await sources.progressOf?.(campaign.id)) })
  app.route({
    method: 'POST',
    url: '/campaigns',
    config: { allow: 'campaigns.write' },
    schema: { tags, summary: 'Create a draft', body: CampaignInput },
    handler: async ({ body, caller }, reply) =>
      reply.status(201).send(await present(await createCampaign(deps, body, caller?.name))),
  })
  app.route({
    method: 'GET',
    url: '/campaigns',
    config: { allow: 'campaigns.read' },
    schema: { tags, summary: 'Campaigns, the newest first', querystring: CampaignList },
    handler: async ({ query }) => listCampaigns(deps, query),
  })
  app.route({
    method: 'GET',
    url: '/campaigns/:id',
    config: { allow: 'campaigns.read' },
    schema: { tags, summary: 'A campaign with its texts in every language', params: CampaignParams },
    handler: async ({ params }) => present(await getCampaign(deps, params)),
  })
  app.route({
    method: 'PATCH',
    url: '/campaigns/:id',
    config: { allow: 'campaigns.write' },
    schema: {
      tags,
      summary: 'Change a draft; a change of text makes a new version',
      params: CampaignParams,
      body: CampaignPatch,
    },
    handler: async ({ params, body: { based_on, ...change }, caller }, reply) => {
      try {
        return await present(await updateCampaign(deps, { id: params.id, change, based_on, written_by: caller?.name }))
      } catch (error) {
        if (!(error instanceof CampaignChanged)) throw error
        const { code, message } = error
        return answerProblem(reply, 409, code, message, listContested(error))
      }
    },
  })
  app.route({
    method: 'POST',
    url: '/campaigns/:id/preview',
    config: { allow: 'campaigns.read', audited: false },
    schema: { tags, summary: 'The email as one person gets it', params: CampaignParams, body: PreviewInput },
    handler: async ({ params, body, caller }) => {
      const { as = null, part = 'html', language } = body
      // Whoever may not see people may still see the text, with sample values.
      if (as !== null && !(caller && mayDo(caller.role, 'people.read'))) throw new NotAllowed()
      return previewCampaign(deps, { campaign_id: params.id, person_id: as, part, language })
    },
  })
  app.route({
    method: 'POST',
    url: '/campaigns/:id/checks',
    // Findings name people.
    config: { allow: 'campaigns.write', audited: false },
    schema: { tags, summary: 'What stands against sending it', params: CampaignParams },
    handler: async ({ params }) => {
      const findings = await sources.listFindings(params.id)
      const problems = findings.filter((finding) => finding.level === 'problem').length
      return { problems, warnings: findings.length - problems, findings }
    },
  })
}
