import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Campaign, getCampaign } from '../../features/campaigns/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Caller } from '../../platform/http/access.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { formOfCampaign } from './form.ts'
import { gatherWrite } from './gather.ts'
import { languagesOf, presentWrite, type WriteView } from './present.ts'
import { presentFrozen } from './present-frozen.ts'
import { type PreviewChoice, readChoice, type WriteQuery } from './query.ts'

/** Adds the toolbar, pasting and saving by itself. */
const SCRIPTS = ['/assets/write.js']

/** Who writes; a reader at this very machine counts as one of the least. */
export function callerOf(request: FastifyRequest): Caller {
  return request.caller ?? { name: 'somebody', role: roleOf(request) }
}

/** An automatic email is written on while it goes out: its readers get the text that was published. */
export function isEditable({
  state,
  frozen_at,
  automatic_key,
}: Pick<Campaign, 'state' | 'frozen_at' | 'automatic_key'>): boolean {
  return automatic_key !== null || state === 'draft' || (state === 'scheduled' && frozen_at === null)
}

/** The page to write on; for who may only read, or once the recipients are frozen, the text alone. */
export async function showCampaign(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, query, notice }: { id: number; query: WriteQuery; notice: string | undefined },
): Promise<FastifyReply> {
  const campaign = await getCampaign(deps, { id })
  const choice = readChoice(query, roleOf(request))
  const language = languageOf(campaign, query.language)
  if (!isEditable(campaign) || !mayDo(roleOf(request), 'campaigns.write'))
    return showFrozen(deps, request, reply, { campaign, language, choice, typed: undefined })
  const form = formOfCampaign(campaign, language, zoneOf(request))
  return showWrite(deps, request, reply, campaign, { form, choice, rows: query.rows ?? 0, notice })
}

/** The language of the address, or the campaign's own when there is no text in it. */
export function languageOf(campaign: Campaign, wanted: string | undefined): string {
  return languagesOf(campaign).find((tag) => tag === wanted) ?? campaign.language
}

export async function showWrite(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  campaign: Campaign,
  view: Pick<WriteView, 'form' | 'choice' | 'faults' | 'conflict' | 'rows'> & { notice?: string | undefined },
): Promise<FastifyReply> {
  const caller = callerOf(request)
  const facts = await gatherWrite(deps, campaign, caller, view.choice)
  const { notice, ...shown } = view
  const model = presentWrite(facts, {
    ...shown,
    zone: zoneOf(request),
    now: deps.clock.now(),
    address: caller.staff?.address ?? null,
  })
  const frame = { title: `Write: ${model.title}`, nav: 'campaigns' as const, wide: true, notice, scripts: SCRIPTS }
  return deps.shell.show(reply, 'write/write', frame, model)
}

/** The text as it is, and beside it what somebody typed too late. */
export async function showFrozen(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: {
    campaign: Campaign
    language: string
    choice: PreviewChoice
    typed: { subject: string; body_markdown: string } | undefined
  },
): Promise<FastifyReply> {
  const may_write = mayDo(roleOf(request), 'campaigns.write')
  const model = presentFrozen(shown.campaign, { ...shown, may_write, zone: zoneOf(request) })
  return deps.shell.show(reply, 'write/frozen', { title: model.title, nav: 'campaigns', wide: true }, model)
}
