import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type Campaign,
  getCampaign,
  getVersionPair,
  listTextFindings,
  publishAutomatic,
} from '../../features/campaigns/index.ts'
import { Conflict, type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentFindings } from '../write/present-findings.ts'
import { presentVersion } from '../write/present-history.ts'
import { Params } from '../write/query.ts'

/** /console/campaigns/:id/publish: what a newer text of an automatic email changes, and the button that lets it go out. */
export function addPublishPages(app: TypedApp, deps: ConsoleDeps): void {
  const show = async (request: FastifyRequest, reply: FastifyReply, campaign: Campaign, faults: FieldFault[]) => {
    const { id, version, live_version, round } = campaign
    if (live_version === null) throw new NotFound(`Automatic email ${id}`)
    const [pair, findings] = await Promise.all([
      getVersionPair(deps, { id, version, against: live_version }),
      listTextFindings(deps, id),
    ])
    const languages = [...pair.texts.keys()]
    const { language } = campaign
    const model = {
      ...presentVersion(campaign, pair, { zone: zoneOf(request), may_restore: false }),
      checks: presentFindings(findings, { id, language, languages, is_automatic: true }),
      newer: version > live_version,
      faults,
      list_href: `/console/rounds/${encodeURIComponent(round)}/emails`,
    }
    return deps.shell.show(reply, 'automatic/publish', { title: 'Publish a new text', nav: 'rounds' }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/publish',
    config: { allow: 'campaigns.write' },
    schema: { params: Params },
    handler: async (request, reply) => show(request, reply, await getCampaign(deps, request.params), []),
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/publish',
    config: { allow: 'campaigns.write', does: 'Publish the text of an automatic email' },
    schema: { params: Params, body: Type.Object({ version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }) },
    handler: async (request, reply) => {
      const { params, body } = request
      try {
        await publishAutomatic(deps, { campaign_id: params.id, version: body.version })
      } catch (error) {
        const faults = faultsOf(error)
        if (!faults) throw error
        reply.status(error instanceof Conflict ? 409 : 422)
        return show(request, reply, await getCampaign(deps, params), faults)
      }
      const { round, automatic_key } = await getCampaign(deps, params)
      const list = `/console/rounds/${encodeURIComponent(round)}/emails`
      return reply.redirect(`${list}?notice=published#${automatic_key}`, 303)
    },
  })
}

/** What can be put right on the page; undefined for everything else. The problems themselves stand in its checks. */
function faultsOf(error: unknown): FieldFault[] | undefined {
  if (error instanceof Conflict) return [{ field: '', message: error.message }]
  if (!(error instanceof InvalidInput)) return undefined
  return error.faults.map(({ message }) => ({ field: 'findings_heading', message }))
}
