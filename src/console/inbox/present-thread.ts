import type { InboxItem } from '../../features/inbox/index.ts'
import { DELIVERY_TONES } from '../campaigns/wording.ts'
import { type Badge, saySource } from '../participants/words.ts'
import { type PresentedTime, presentTime } from '../present/time.ts'
import { itemHref } from './inbox-query.ts'
import { shorten } from './marks.ts'
import { outcomeBadge } from './words.ts'

export interface ThreadEntry {
  at: PresentedTime
  who: string
  text: string
  href: string
  badge: Badge | null
  /** The whole text, folded. */
  body: string
  this_one: boolean
}

const SHOWN = 120

/** Our message, what came from them, and what staff wrote back, in the order of time. */
export function presentThread(item: InboxItem, names: ReadonlyMap<string, string>, zone: string): ThreadEntry[] {
  const entries: (ThreadEntry & { moment: number })[] = []
  const add = (at: Date, entry: Partial<ThreadEntry> & Pick<ThreadEntry, 'who' | 'text'>) =>
    entries.push({
      ...{ href: '', badge: null, body: '', this_one: false, ...entry },
      at: presentTime(at, zone),
      moment: at.getTime(),
    })
  const { our_message: ours } = item
  if (ours?.accepted_at)
    add(ours.accepted_at, {
      who: 'We wrote:',
      text: ours.subject || 'a message without a subject',
      href: `/console/campaigns/${ours.campaign_id}`,
    })
  for (const other of item.others)
    add(other.received_at, {
      who: 'They wrote:',
      text: shorten(other.visible?.trim() || other.subject || 'a message without words', SHOWN),
      href: other.item_id === null ? '' : itemHref(other.item_id),
      badge: outcomeBadge(other.outcome),
    })
  add(item.received_at, { who: 'They wrote', text: 'this message', this_one: true })
  for (const reply of item.replies)
    add(reply.written_at, {
      who: `${saySource(reply.written_by, names)} answered:`,
      text: reply.subject,
      badge: { tone: DELIVERY_TONES[reply.state] ?? 'quiet', text: reply.state },
      body: reply.body,
    })
  return entries.sort((a, b) => a.moment - b.moment).map(({ moment: _, ...entry }) => entry)
}
