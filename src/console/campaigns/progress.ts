import { type Campaign, HELD } from '../../features/campaigns/index.ts'
import {
  countHeld,
  countSkipped,
  type DeliveryCounts,
  forecastCampaign,
  measureSender,
  type Outlook,
  readSecondsSinceSweep,
} from '../../features/deliveries/index.ts'
import { type Handed, listHandedOver } from '../../features/mailchimp/index.ts'
import type { Memory } from '../../lib/remember.ts'
import type { ConsoleDeps } from '../shell.ts'
import type { Figures } from './figures.ts'

/** What a campaign's progress is told from. */
export interface ProgressFacts {
  campaign: Campaign
  starts_at: Date | null
  counts: DeliveryCounts
  skipped: Record<string, number>
  held: Record<string, number>
  sender: Awaited<ReturnType<typeof measureSender>>
  /** Undefined when nothing waits, or nothing is known. */
  outlook: Outlook | undefined
  seconds_since_sweep: number | null
  /** What Mailchimp has of it, one for each language. */
  handed: Handed[]
}

export { HELD }

const LIVE_MS = 1000
const FORECAST_MS = 2000
const WAITING = ['queued', 'claimed', 'sending', 'deferred'] as const

export const waitingOf = (counts: DeliveryCounts) => WAITING.reduce((sum, state) => sum + counts[state], 0)

/** At most a second old while it changes; the forecast is older the longer it takes to make. */
export async function gatherProgress(
  { db, clock }: ConsoleDeps,
  memory: Memory,
  figures: Figures,
  campaign: Campaign,
): Promise<ProgressFacts> {
  const { id, state, updated_at } = campaign
  const now = clock.now()
  const changed = `${id} ${state} ${updated_at.getTime()}`
  const kept = <Answer>(what: string, ms: number, read: () => Promise<Answer>) =>
    memory.rememberLive(`${what} ${changed}`, ms, read)
  const counts = await figures.of(campaign)
  const waits = waitingOf(counts) > 0
  const [skipped, held, sender, outlook, seconds_since_sweep, handed] = await Promise.all([
    // Whoever was skipped when the audience was frozen; an address suppressed since may add to them.
    counts.skipped === 0 ? {} : kept('skipped', LIVE_MS, () => countSkipped(db, id)),
    counts.held === 0 ? {} : kept('held', LIVE_MS, () => countHeld(db, id)),
    memory.rememberLive('sender', LIVE_MS, () => measureSender(db)),
    waits
      ? memory.rememberCostly(`outlook ${changed}`, FORECAST_MS, () => forecastCampaign(db, { campaign_id: id, now }))
      : undefined,
    memory.rememberLive('sweep', LIVE_MS, () => readSecondsSinceSweep(db)),
    campaign.channel === 'mailchimp' ? listHandedOver({ db }, { campaign_id: id }) : [],
  ])
  const { starts_at } = campaign
  return { campaign, starts_at, counts, skipped, held, sender, outlook, seconds_since_sweep, handed }
}
