import type { JobView } from '../jobs/present.ts'
import type { Badge } from '../participants/words.ts'
import type { PresentedTime } from '../present/time.ts'
import type { Stage } from './stage.ts'

/** What `{{> console/mailchimp/_sync}}` shows: the sync that goes on, or what came of the last one and the buttons. */
export interface SyncView {
  said: string
  running: (JobView & { words: string }) | ''
  last: { badge: Badge; href: string; words: string; at: PresentedTime; said: string } | ''
  may_write: boolean
  /** What the button does that is the usual next step, in a sentence. */
  does: string
  main: Press
  other: Press | ''
  /** There is nothing to tell before anything was read. */
  may_plan: boolean
}

/** A button of the form that starts a sync: `whole` reads everybody first, `check` only looks. */
export interface Press {
  name: 'whole' | 'check'
  value: 'yes' | 'no'
  text: string
}

export interface SyncFacts {
  running: { view: JobView; checks: boolean } | undefined
  last: { view: JobView; checked: boolean; at: PresentedTime } | undefined
  stage: Stage
  in_trouble: boolean
  writes: boolean
}

type Offer = Pick<SyncView, 'does' | 'main' | 'other' | 'may_plan'>

const OFFERS: Record<Stage, Offer> = {
  unread: {
    does: 'Reading writes nothing there: it finds out what the first sync would do.',
    main: { name: 'check', value: 'yes', text: 'Read the audience' },
    ...{ other: '', may_plan: false },
  },
  read: {
    does: 'The first sync adds who is missing there and corrects the rest. Nobody is unsubscribed by it, and nobody gets mail. From then on what changes here goes there by itself.',
    main: { name: 'whole', value: 'yes', text: 'Begin the first sync' },
    other: { name: 'check', value: 'yes', text: 'Read the audience again' },
    may_plan: true,
  },
  begun: {
    does: 'A sync reads everybody there first, then brings over what differs. By itself it begins within a minute; after one that failed or was cancelled, within an hour.',
    main: { name: 'whole', value: 'yes', text: 'Sync now' },
    ...{ other: '', may_plan: true },
  },
  settled: {
    does: 'A sync brings over what has changed here since the last one; by itself it does so within a minute, and reads everything once a day.',
    main: { name: 'whole', value: 'no', text: 'Sync now' },
    other: { name: 'whole', value: 'yes', text: 'Read everything there and sync' },
    may_plan: true,
  },
}

export function presentSync({ running, last, stage, in_trouble, writes }: SyncFacts): SyncView {
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
    ...OFFERS[stage],
  }
}

const nameOf = ({ checked }: { checked: boolean }) => (checked ? 'The last reading' : 'The last sync')

/** Such as "(61 %) Syncing…", for the window's title. */
export function titleOf(sync: SyncView): string {
  if (sync.running === '') return 'Mailchimp'
  const { done, total } = sync.running
  return `${total > 0 ? `(${Math.floor((done * 100) / total)} %) ` : ''}Syncing with Mailchimp…`
}
