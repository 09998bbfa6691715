import type { RoundEmail } from '../../features/campaigns/index.ts'
import { number } from '../campaigns/wording.ts'
import type { Badge } from '../participants/words.ts'
import { presentTime } from '../present/time.ts'

/** One automatic email in the list of its round. */
export function presentAutomatic(email: RoundEmail, { zone, sees_people }: { zone: string; sees_people: boolean }) {
  const { campaign_id, counts, is_on, has_unpublished_text, last_accepted_at } = email
  // nobody has had it and nobody has changed it: it is made when that happens
  const own = campaign_id === null ? '' : `/console/campaigns/${campaign_id}`
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const skipped = counts.skipped ?? 0
  return {
    key: email.key,
    title: email.title,
    subject: email.subject,
    when: email.when,
    is_on,
    may_be_off: email.may_be_off,
    badge: (is_on ? { tone: 'good', text: 'on' } : { tone: 'quiet', text: 'off' }) satisfies Badge,
    newer: has_unpublished_text,
    href: own,
    publish_href: own && `${own}/publish`,
    accepted: all === 0 ? '' : number(counts.accepted ?? 0),
    accepted_href: sees_people && (counts.accepted ?? 0) > 0 ? `${own}/people?state=accepted` : '',
    base: all === 0 ? '' : `of ${number(all - skipped)}${skipped > 0 ? `; ${number(skipped)} left out` : ''}`,
    report_href: own && `${own}/report`,
    last: last_accepted_at ? presentTime(last_accepted_at, zone) : '',
  }
}
