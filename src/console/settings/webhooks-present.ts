import { NEWS, type News, type Webhook, type WebhookMessage } from '../../features/webhooks/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { faultOf } from './form.ts'

export const WEBHOOKS = '/console/settings/webhooks'

const NEWS_WORDS: Record<News, { name: string; hint: string }> = {
  'delivery.accepted': { name: 'Message accepted', hint: 'The mail server took responsibility for it.' },
  'delivery.rejected': { name: 'Message rejected', hint: 'The mail server refused it for good.' },
  'delivery.bounced': { name: 'Bounce', hint: 'It came back later, with its class and status.' },
  'delivery.complained': { name: 'Complaint', hint: 'Its reader marked it as spam.' },
  'delivery.unsubscribed': { name: 'Unsubscription', hint: 'Its reader wants no more.' },
  'application.waitlisted': { name: 'Put on the waiting list', hint: '' },
  'application.confirmed': { name: 'Confirmed', hint: 'They take part in the round.' },
  'application.declined': { name: 'Declined', hint: 'They do not take part.' },
  'application.lapsed': { name: 'Lapsed', hint: 'They did not answer in time.' },
  'application.withdrawn': { name: 'Left the round', hint: '' },
  'application.removed': { name: 'Removed', hint: 'For the code of conduct.' },
}

const wordsOfNews = (type: string) =>
  type in NEWS_WORDS ? NEWS_WORDS[type as News].name : type === 'webhook.test' ? 'Test' : type

/** The boxes of the form. */
export function presentNews(chosen: readonly string[], faults: readonly FieldFault[]) {
  const news = NEWS.map((type, at) => ({
    // The first one is what a link from the summary of faults leads to.
    id: at === 0 ? 'types' : `types-${at}`,
    type,
    ...NEWS_WORDS[type],
    checked: chosen.includes(type),
  }))
  return { news, types_fault: faultOf(faults, 'types') }
}

export function presentWebhook(row: Webhook, zone: string) {
  const { id, url, types, created_at, disabled_at, disabled_why, waiting, failed, last_delivered_at } = row
  return {
    url,
    href: `${WEBHOOKS}/${id}`,
    news: types.map(wordsOfNews).join(', '),
    created_at: presentTime(created_at, zone),
    disabled: disabled_at !== null,
    disabled_at: presentTime(disabled_at ?? created_at, zone),
    disabled_why: disabled_why ?? '',
    waiting: formatCount(waiting),
    failed: formatCount(failed),
    delivered: last_delivered_at !== null,
    last_delivered_at: presentTime(last_delivered_at ?? created_at, zone),
  }
}

const STATES = {
  waiting: { tone: 'wait', text: 'waiting' },
  delivered: { tone: 'good', text: 'delivered' },
  failed: { tone: 'bad', text: 'failed' },
} as const

export function presentMessage(row: WebhookMessage, { webhook, zone }: { webhook: Webhook; zone: string }) {
  const { type, occurred_at, state, tries, next_try_at, last_words } = row
  return {
    name: `msg_${row.id}`,
    what: wordsOfNews(type),
    at: presentTime(occurred_at, zone),
    badge: STATES[state],
    tries: tries === 0 ? 'not tried yet' : `${tries} ${tries === 1 ? 'try' : 'tries'}`,
    words: last_words ?? '',
    next: next_try_at !== null && tries > 0,
    next_try_at: presentTime(next_try_at ?? occurred_at, zone),
    // What has not been tried yet is about to be.
    again_href:
      webhook.disabled_at !== null || (state === 'waiting' && tries === 0)
        ? ''
        : `${WEBHOOKS}/${webhook.id}/messages/${row.id}/resend`,
  }
}
