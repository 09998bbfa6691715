import { type MailchimpNeeds, MOST_TROUBLES } from '../../features/mailchimp/index.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import type { Need } from './need.ts'

const NONE = { before: '', subject: '', after: '' }
const PAGE = '/console/settings/mailchimp'

/** What was not handed over comes first: its readers wait. */
export function needsOfHandOver(facts: MailchimpNeeds | null): Need[] {
  return (facts?.failed ?? []).map(({ campaign_id, subject, words, is_cancelled }) => ({
    ...{ before: '', subject: subject || 'A campaign without a subject' },
    after: is_cancelled
      ? 'is cancelled, and Mailchimp does not give it back: see why'
      : 'could not be handed over to Mailchimp: see why',
    href: `/console/campaigns/${campaign_id}/report`,
    detail: words ?? '',
    ...{ tone: 'bad', badge: 'failed' },
  }))
}

export function needsOfMailchimp(facts: MailchimpNeeds | null, { time_zone }: { time_zone: string }): Need[] {
  if (!facts) return []
  const { trouble, waits_to_begin, to_see_to } = facts
  const needs: Need[] = []
  if (trouble) {
    const before = `The last ${waits_to_begin ? 'reading of' : 'sync with'} Mailchimp failed: see why`
    const detail = `Since ${presentTime(trouble.at, time_zone).text}. ${trouble.words}`
    needs.push({ ...NONE, before, href: PAGE, detail, tone: 'bad', badge: 'failed' })
  }
  if (waits_to_begin && !trouble) {
    const detail = 'An audience is connected, and nobody is written there before somebody begins.'
    const before = 'Begin the first sync with Mailchimp'
    needs.push({ ...NONE, before, href: PAGE, detail, tone: 'wait', badge: 'to begin' })
  }
  if (to_see_to > 0) {
    const figure = to_see_to > MOST_TROUBLES ? `More than ${formatCount(MOST_TROUBLES)}` : formatCount(to_see_to)
    const before =
      to_see_to === 1 ? 'See to a person in Mailchimp' : `See to ${figure.replace('More', 'more')} people in Mailchimp`
    const detail = 'They left it, were refused, or have another address there.'
    needs.push({ ...NONE, before, href: `${PAGE}/troubles`, detail, tone: 'wait', badge: 'to decide' })
  }
  return needs
}
