import { Type } from '@fastify/type-provider-typebox'
import {
  type Campaign,
  cancelCampaign,
  copyCampaign,
  getCampaign,
  pauseCampaign,
  readCompiled,
  resumeCampaign,
} from '../../features/campaigns/index.ts'
import { listTests } from '../../features/deliveries/index.ts'
import { handOverAgain } from '../../features/mailchimp/index.ts'
import { Conflict } from '../../lib/errors.ts'
import { mayDo, type Role } from '../../lib/permissions.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { gatherEngagement } from '../reports/campaign-engagement.ts'
import type { ConsoleDeps } from '../shell.ts'
import type { Figures } from './figures.ts'
import { presentProgress, type Seen } from './present-progress.ts'
import { presentReport } from './present-report.ts'
import { gatherProgress } from './progress.ts'

const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const States = Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Array(Type.String({ maxLength: 40 }))]))

const NOTICES: Record<string, string> = {
  scheduled: 'Scheduled. You may close this page: it goes on without you.',
  already: 'It was scheduled already, once. This is how it stands.',
  paused: 'Paused. What was in the middle of a handover ends by itself; nothing more begins.',
  resumed: 'It goes on.',
  cancelled: 'Cancelled. What had not begun goes nowhere.',
  unchanged: 'Nothing was changed: it stood like this already.',
  handed: 'It is being handed over again. You may close this page.',
}

/** How a campaign goes: live while it is under way, the figures after. */
export function addReportPages(app: TypedApp, deps: ConsoleDeps, memory: Memory, figures: Figures): void {
  const own = (id: number) => `/console/campaigns/${id}`
  const readerOf = ({ caller }: { caller: { role: Role; staff?: { time_zone: string } } | undefined }) => ({
    zone: caller?.staff?.time_zone ?? 'UTC',
    writes: caller !== undefined && mayDo(caller.role, 'campaigns.write'),
    reads_people: caller !== undefined && mayDo(caller.role, 'people.read'),
    reads_reports: caller !== undefined && mayDo(caller.role, 'reports.people'),
  })
  const progressOf = async (campaign: Campaign, reader: ReturnType<typeof readerOf>, seen: Seen) => {
    const facts = await gatherProgress(deps, memory, figures, campaign)
    return { facts, progress: presentProgress(facts, { reader, seen, now: deps.clock.now() }) }
  }

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/report',
    config: { allow: 'campaigns.read' },
    schema: { params: Id, querystring: Type.Object({ notice: Type.Optional(Type.String()), state: States }) },
    handler: async (request, reply) => {
      const { id } = request.params
      const { notice = '', state } = request.query
      const reader = readerOf(request)
      if (state !== undefined && reader.reads_people) {
        return reply.redirect(`${own(id)}/people?${new URLSearchParams({ state: [state].flat().join(',') })}`, 302)
      }
      const campaign = await getCampaign(deps, { id })
      const { facts, progress } = await progressOf(campaign, reader, { polls: -1, state: campaign.state })
      const [tests, compiled, engagement] = await Promise.all([
        reader.reads_people ? listTests(deps.db, id) : [],
        campaign.frozen_at ? readCompiled(deps.db, textOf(campaign)) : undefined,
        gatherEngagement(deps, campaign, { sees: reader.reads_reports }),
      ])
      const links = compiled?.links ?? []
      const model = presentReport(facts, {
        ...{ progress, reader, tests, links, engagement },
        public_url: deps.config.publicUrl,
      })
      const frame = { title: progress.page_title, nav: 'campaigns', notice: NOTICES[notice] } as const
      return deps.shell.show(reply, 'campaigns/report', frame, model)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/progress',
    config: { allow: 'campaigns.read' },
    schema: {
      params: Id,
      querystring: Type.Object({
        polls: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
        state: Type.Optional(Type.String({ maxLength: 20 })),
      }),
    },
    handler: async (request, reply) => {
      const { polls, state = '' } = request.query
      const campaign = await getCampaign(deps, request.params)
      const { progress } = await progressOf(campaign, readerOf(request), { polls, state })
      return deps.shell.showPart(reply, 'campaigns/_poll', progress)
    },
  })

  const changes = [
    { url: 'pause', does: 'Pause a campaign', act: pauseCampaign, notice: 'paused' },
    { url: 'resume', does: 'Resume a campaign', act: resumeCampaign, notice: 'resumed' },
    { url: 'cancel', does: 'Cancel a campaign', act: cancelCampaign, notice: 'cancelled' },
  ] as const
  for (const { url, does, act, notice } of changes) {
    app.route({
      method: 'POST',
      url: `/console/campaigns/:id/${url}`,
      config: { allow: 'campaigns.write', does },
      schema: { params: Id },
      handler: async ({ params: { id } }, reply) => {
        const changed = await act(deps, id).catch(unlessConflict)
        return reply.redirect(`${own(id)}/report?notice=${changed ? notice : 'unchanged'}`, 303)
      },
    })
  }

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/cancel',
    config: { allow: 'campaigns.write' },
    schema: { params: Id },
    handler: async (request, reply) => {
      const campaign = await getCampaign(deps, request.params)
      const { progress } = await progressOf(campaign, readerOf(request), { polls: 0, state: '' })
      const { id, subject, language, channel } = campaign
      const model = { id, subject, lang: language, by_mailchimp: channel === 'mailchimp', progress }
      return deps.shell.show(reply, 'campaigns/cancel', { title: 'Cancel a campaign', nav: 'campaigns' }, model)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/hand-over',
    config: { allow: 'campaigns.write', does: 'Hand a campaign over to Mailchimp again' },
    schema: { params: Id },
    handler: async ({ params: { id } }, reply) => {
      const begun = await handOverAgain(deps, { campaign_id: id }).catch(unlessConflict)
      return reply.redirect(`${own(id)}/report?notice=${begun === undefined ? 'unchanged' : 'handed'}`, 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/copy',
    config: { allow: 'campaigns.write', does: 'Copy a campaign' },
    schema: { params: Id, body: Type.Object({ states: States, skipped_reasons: States }) },
    handler: async ({ params: { id }, body, caller }, reply) => {
      const list = (given: string | string[] | undefined) => (given === undefined ? undefined : [given].flat())
      const input = { id, states: list(body.states), skipped_reasons: list(body.skipped_reasons) }
      const written_by = caller?.name ?? null
      // Pressed twice, it is one copy.
      const key = `copy ${written_by} ${JSON.stringify(input)}`
      const copy = await memory.remember(key, PRESSED_TWICE_MS, () => copyCampaign(deps, { ...input, written_by }))
      return reply.redirect(`${own(copy.id)}/review?notice=copied`, 303)
    },
  })
}

/** Pressed twice, or after somebody else: the report says how it stands. */
function unlessConflict(error: unknown): undefined {
  if (!(error instanceof Conflict)) throw error
}

const PRESSED_TWICE_MS = 3000

/** What to read of the text that was sent; read only, since a page that is looked at keeps nothing. */
const textOf = ({ id, version, language }: Campaign) => ({ campaign_id: id, version, choose: () => language })
