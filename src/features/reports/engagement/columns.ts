import type { Column } from '../report.ts'
import type { Counted } from './figures-queries.ts'

type Unit = Column['unit']

export function column(key: string, name: string, unit: Unit, of: string | null, more: Partial<Column> = {}): Column {
  return { key, name, unit, of, definition: key, is_estimate: false, ...more }
}

const ESTIMATE = { is_estimate: true }

/**
 * The columns of campaigns. A campaign has one copy for a person, so that copies are people; automatic email goes to the
 * same person again and again, so that there they are emails.
 */
export const campaignColumns = (unit: 'people' | 'emails'): (Column & { key: Counted })[] =>
  [
    column('recipients', 'Recipients', unit, null),
    column('accepted', 'Accepted', unit, 'recipients'),
    column('rejected', 'Rejected', unit, 'recipients'),
    column('uncertain', 'Uncertain', unit, 'recipients'),
    column('bounced', 'Bounced', unit, 'accepted'),
    column('bounced_hard', 'Hard bounces', unit, 'accepted'),
    column('complained', 'Complained', unit, 'accepted'),
    column('unsubscribed', 'Unsubscribed', unit, 'accepted'),
    column('replied', 'Replied', unit, 'accepted'),
    column('auto_replied', 'Automatic replies', unit, 'accepted'),
    column('clicked', 'Clicked', unit, 'accepted'),
    column('clicks', 'Clicks', 'clicks', null),
    column('machine_clicks', 'Machine clicks', 'clicks', null),
    column('agreed', 'Agreed to be counted', unit, 'accepted'),
    column('opened', 'Opened (estimate)', unit, 'agreed', ESTIMATE),
    column('machine_opened', 'Opened by a machine (estimate)', unit, 'agreed', ESTIMATE),
  ] as (Column & { key: Counted })[]

export const LINK_COLUMNS = [
  column('accepted', 'Accepted', 'people', null),
  column('people', 'People who clicked', 'people', 'accepted', { definition: 'link_people' }),
  column('clicks', 'Clicks', 'clicks', null, { definition: 'link_clicks' }),
]

export const TREND_COLUMNS = [
  column('topics', 'Topic emails', 'emails', null),
  column('accepted', 'Accepted', 'emails', null, { definition: 'topics_accepted' }),
  column('replied', 'Replied', 'emails', 'accepted', { definition: 'topics_replied' }),
  column('counted', 'Accepted, with links', 'emails', 'accepted', { definition: 'topics_counted' }),
  column('clicked', 'Clicked', 'emails', 'counted', { definition: 'topics_clicked' }),
]

export const USE_COLUMNS = [
  column('introduced', 'Introduced', 'partnerships', null),
  column('used', 'Used the topic', 'partnerships', 'introduced'),
]
