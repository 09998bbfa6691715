import type { Mailchimp } from '../../../platform/mailchimp/shapes.ts'
import type { CampaignElsewhere, MailchimpMessages } from '../../campaigns/index.ts'
import type { MailchimpDeps } from '../deps.ts'

export interface HandOverDeps extends MailchimpDeps {
  /** Brings these people in the audience up to date: whoever is added is subscribed, whoever must not be mailed archived. */
  syncPeople(person_ids: readonly number[]): Promise<unknown>
}

/** One campaign, while nobody else does anything about it at Mailchimp. */
export interface Wanted {
  campaign_id: number
  signal?: AbortSignal | undefined
}

/** What every language of a hand-over needs. */
export interface HandOver {
  mailchimp: Mailchimp
  list_id: string
  count_opens: boolean
  /** When everybody there was last read. */
  read_at: Date | null
  campaign: CampaignElsewhere
  messages: MailchimpMessages
  signal: AbortSignal | undefined
}

/** Whether it is to be sent at all: cancelled, it is taken back. */
export function isWanted(campaign: CampaignElsewhere | undefined): campaign is CampaignElsewhere {
  return campaign !== undefined && ['scheduled', 'sending'].includes(campaign.state)
}

const SECOND_MS = 1000
/** How soon something that Mailchimp may not show yet is looked at again: its own writes may take minutes to be seen. */
export const LOOK_SOON_MS = 30 * SECOND_MS
/** How often what waits at Mailchimp is looked at: somebody may have changed it there, and told nobody. */
export const LOOK_SELDOM_MS = 3600 * SECOND_MS
/** After this the work that began a hand-over is taken for lost, and the sweep goes on with it. */
export const LOST_MS = 120 * SECOND_MS

export const after = (now: Date, milliseconds: number) => new Date(now.getTime() + milliseconds)
export const earlier = (a: Date, b: Date) => (a < b ? a : b)
