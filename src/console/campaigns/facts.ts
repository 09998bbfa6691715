import {
  type Campaign,
  getCampaign,
  getSecondPerson,
  listCampaignFindings,
  reviewAudience,
  reviewPlan,
} from '../../features/campaigns/index.ts'
import { getRoundRow } from '../../features/rounds/index.ts'
import type { Memory } from '../../lib/remember.ts'
import type { ConsoleDeps } from '../shell.ts'
import type { When } from './when.ts'

/** What a review stands on. The audience is a few seconds old at most; scheduling looks at it again. */
export interface ReviewFacts {
  campaign: Campaign
  audience: Awaited<ReturnType<typeof reviewAudience>>
  findings: Awaited<ReturnType<typeof listCampaignFindings>>
  second_person: Awaited<ReturnType<typeof getSecondPerson>>
}

const KEPT_MS = 5000

/** @param fresh reads everything now: after something turned out to be different @throws NotFound */
export async function gatherFacts(
  deps: ConsoleDeps,
  memory: Memory,
  { id, fresh = false }: { id: number; fresh?: boolean },
): Promise<ReviewFacts> {
  const campaign = await getCampaign(deps, { id })
  const { version, updated_at } = campaign
  const kept = <Answer>(what: string, read: () => Promise<Answer>) =>
    memory.rememberCostly(`${what} ${id} ${version} ${updated_at.getTime()}`, KEPT_MS, read)
  const [audience, findings, second_person] = await Promise.all([
    fresh ? readAudience(deps, campaign) : kept('audience', () => readAudience(deps, campaign)),
    fresh ? listCampaignFindings(deps, id) : kept('findings', () => listCampaignFindings(deps, id)),
    getSecondPerson(deps.db, campaign),
  ])
  return { campaign, audience, findings, second_person }
}

async function readAudience({ db }: ConsoleDeps, campaign: Campaign) {
  const { id: round_id } = await getRoundRow({ db }, { code: campaign.round })
  return reviewAudience(db, { ...campaign, round_id })
}

/** When it would leave, as chosen; undefined while the form does not say when. @throws InvalidInput for a bad time */
export async function gatherPlan(
  deps: ConsoleDeps,
  memory: Memory,
  { campaign, audience }: ReviewFacts,
  { schedule, said }: When,
) {
  if (!schedule) return undefined
  const key = `plan ${campaign.id} ${said} ${audience.recipients} ${campaign.updated_at.getTime()}`
  return memory.rememberCostly(key, KEPT_MS, () =>
    reviewPlan(deps, { lane: campaign.lane, channel: campaign.channel, audience, schedule }),
  )
}
