import type { InboxEntry } from '../../features/inbox/index.ts'
import { presentAge } from '../present/age.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { itemHref, PATH, type View } from './inbox-query.ts'
import { markWords, shorten } from './marks.ts'
import { badgeOf } from './words.ts'

/** Of what they wrote, so much stands in the list. */
const SAID = 220

const EMPTY: Record<View, { title: string; text: string; href: string; action: string }> = {
  open: {
    title: 'Nothing waits here',
    text: 'Replies that say plainly yes or no are recorded by themselves. All others appear here until a person has decided what they say.',
    href: '/console/inbox?view=done',
    action: 'See what was decided',
  },
  mine: {
    title: 'Nothing waits for you',
    text: 'What somebody has assigned to you appears here.',
    href: '/console/inbox',
    action: 'See everything that is open',
  },
  done: {
    title: 'Nothing has been decided yet',
    text: 'Replies that somebody has settled appear here, the newest first.',
    href: '/console/inbox',
    action: 'See what is open',
  },
}

/** View model of inbox/list. */
export function presentInbox(
  { items, next, open }: { items: InboxEntry[]; next: number | null; open: number },
  query: { view: View; round?: string | undefined; after?: number | undefined },
  reader: { zone: string; now: Date; staff_id: number | undefined },
) {
  const { view, round, after } = query
  const hrefOf = (of: View, more: Record<string, string> = {}) => {
    const search = { ...(of === 'open' ? {} : { view: of }), ...(round ? { round } : {}), ...more }
    return Object.keys(search).length === 0 ? PATH : `${PATH}?${new URLSearchParams(search)}`
  }
  return {
    tabs: [
      { text: `Open (${formatCount(open)})`, href: hrefOf('open'), current: view === 'open' },
      { text: 'Mine', href: hrefOf('mine'), current: view === 'mine' },
      { text: 'Decided', href: hrefOf('done'), current: view === 'done' },
    ],
    items: items.map((item) => presentRow(item, reader)),
    empty: EMPTY[view],
    pager: {
      next: next === null ? '' : hrefOf(view, { after: String(next) }),
      first: after ? hrefOf(view) : '',
    },
  }
}

function presentRow(
  item: InboxEntry,
  { zone, now, staff_id }: { zone: string; now: Date; staff_id: number | undefined },
) {
  const at = item.state === 'done' && item.decided_at ? item.decided_at : item.received_at
  const by = item.state === 'done' ? item.decided_by : item.assigned_to
  return {
    href: itemHref(item.id),
    from: writerOf(item),
    badge: badgeOf(item),
    round: item.round_code ?? '',
    at: presentTime(at, zone),
    age: presentAge(at, now),
    assigned: by ? (by.id === staff_id ? 'you' : by.name) : '',
    subject: item.subject ?? '',
    said: markWords(shorten(item.visible ?? '', SAID), item.guess?.words ?? []),
    why: item.why,
  }
}

/** The person; of somebody we do not know what the message says of them. */
export function writerOf({
  person,
  from_name,
  from_address,
}: Pick<InboxEntry, 'person' | 'from_name' | 'from_address'>): string {
  return person?.name || from_name || from_address || 'Nobody knows who'
}
