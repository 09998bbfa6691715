import type { JobView } from '../jobs/present.ts'
import type { Badge } from '../participants/words.ts'
import type { PresentedTime } from '../present/time.ts'

/** What `{{> console/mailchimp/_sync}}` shows: the sync that goes on, or what came of the last one and the buttons. */
export interface SyncView {
  said: string
  running: (JobView & { words: string }) | ''
  last: { badge: Badge; href: string; words: string; at: PresentedTime; said: string } | ''
  may_write: boolean
  /** A sync without reading is of use once everything has been read. */
  may_read: boolean
  whole: 'yes' | 'no'
  button: string
  does: string
}

export interface SyncFacts {
  running: { view: JobView; checks: boolean } | undefined
  last: { view: JobView; checked: boolean; at: PresentedTime } | undefined
  /** Whether the audience has been read since it was connected. */
  was_read: boolean
  in_trouble: boolean
  writes: boolean
}

export function presentSync({ running, last, was_read, in_trouble, writes }: SyncFacts): SyncView {
  return {
    said: running ? running.view.said : last ? `${nameOf(last)}: ${last.view.state}.` : '',
    running: running ? { ...running.view, words: running.checks ? 'Reading, to see what differs' : 'Syncing' } : '',
    last: last
      ? {
          badge: { tone: last.view.tone, text: last.view.state },
          href: last.view.href,
          words: nameOf(last),
          at: last.at,
          // Why it failed stands above, until it is made good.
          said: in_trouble ? '' : last.view.error || last.view.results.join(' '),
        }
      : '',
    may_write: writes,
    may_read: was_read,
    whole: was_read ? 'no' : 'yes',
    button: was_read ? 'Sync now' : 'Read the audience and sync',
    does: was_read
      ? 'A sync brings over what has changed here since the last one; by itself it does so within a minute, and reads everything once a day.'
      : 'The first sync reads who is there already, adds who is missing, and corrects the rest. Nobody is unsubscribed by it, and nobody gets mail.',
  }
}

const nameOf = ({ checked }: { checked: boolean }) => (checked ? 'The last reading' : 'The last sync')

/** Such as "(61 %) Syncing…", for the window's title. */
export function titleOf(sync: SyncView): string {
  if (sync.running === '') return 'Mailchimp'
  const { done, total } = sync.running
  return `${total > 0 ? `(${Math.floor((done * 100) / total)} %) ` : ''}Syncing with Mailchimp…`
}
