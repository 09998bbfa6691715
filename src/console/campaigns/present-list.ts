import type { ListedCampaign } from '../../features/campaigns/index.ts'
import type { DeliveryCounts } from '../../features/deliveries/index.ts'
import { type PresentedTime, presentTime } from '../present/time.ts'
import { CAMPAIGN_STATES, KINDS, number, subjectOf, type Tone } from './wording.ts'

export interface ListRow {
  href: string
  subject: string
  lang: string
  kind: string
  badge: { tone: Tone; text: string }
  /** Such as "planned for". */
  when_words: string
  when: PresentedTime | null
  local_time: string
  figures: string
  /** What to do next; '' when this person may do nothing. */
  action: string
  action_href: string
}

const GOES_BY_ITSELF = { text: 'leaves by itself', tone: 'info' } as const

/** One row of the list. @param counts of a campaign that has recipients */
export function presentListRow(
  campaign: ListedCampaign,
  counts: DeliveryCounts | undefined,
  { zone, writes }: { zone: string; writes: boolean },
): ListRow {
  const { id, state } = campaign
  const own = `/console/campaigns/${id}`
  const report = `${own}/report`
  const { words, at } = whenOf(campaign)
  const next = writes ? actionOf(campaign, counts) : { action: 'Report', path: '/report' }
  return {
    href: state === 'draft' && writes ? own : report,
    subject: subjectOf(campaign.subject),
    lang: campaign.subject === '' ? 'en' : campaign.language,
    kind: `${KINDS[campaign.kind] ?? campaign.kind}${campaign.channel === 'mailchimp' ? ', through Mailchimp' : ''}`,
    badge:
      campaign.sends_itself && state === 'draft'
        ? GOES_BY_ITSELF
        : (CAMPAIGN_STATES[state] ?? { text: state, tone: 'quiet' }),
    when_words: words,
    when: at && presentTime(at, zone),
    local_time: campaign.local_time === null || state === 'draft' ? '' : campaign.local_time,
    figures: counts ? figuresOf(counts) : '',
    action: next.action,
    action_href: own + next.path,
  }
}

function whenOf(campaign: ListedCampaign): { words: string; at: Date | null } {
  const { state, planned_at, starts_at, started_at, finished_at } = campaign
  if (state === 'draft')
    return planned_at
      ? { words: campaign.sends_itself ? 'leaves' : 'planned for', at: planned_at }
      : { words: 'no date yet', at: null }
  if (state === 'cancelled') return { words: 'cancelled', at: finished_at }
  return started_at ? { words: 'began', at: started_at } : { words: 'leaves', at: starts_at }
}

/** Of those who were meant to get it; whoever was left out is not among them. */
export function recipientsOf(counts: DeliveryCounts): number {
  return Object.entries(counts).reduce((sum, [state, count]) => (state === 'skipped' ? sum : sum + count), 0)
}

const figuresOf = (counts: DeliveryCounts) => `${number(counts.accepted)} accepted of ${number(recipientsOf(counts))}`

function actionOf({ state, subject, channel }: ListedCampaign, counts: DeliveryCounts | undefined) {
  if (state === 'draft') {
    return subject.trim() === '' ? { action: 'Write', path: '' } : { action: 'Review', path: '/review' }
  }
  const open = counts?.uncertain ?? 0
  if (open > 0) return { action: `Decide ${number(open)} uncertain`, path: '/people?state=uncertain' }
  // What Mailchimp has is held here as well, and goes on by itself.
  const held = channel === 'mailchimp' ? 0 : (counts?.held ?? 0)
  if (state === 'paused' || held > 0) return { action: 'Resume', path: '/report' }
  return state === 'done' || state === 'cancelled'
    ? { action: 'Report', path: '/report' }
    : { action: 'Watch', path: '/report' }
}
