import type { AuditRow } from '../../features/staff/index.ts'

/** What an entry is about; both empty when it is about nothing in particular. `href` is empty when it has no page. */
export interface Subject {
  text: string
  href: string
}

/** Things of the console by the folder of their routes, in the console and in the API. */
const THINGS: Record<string, { noun: string; page: string }> = {
  campaigns: { noun: 'campaign', page: '/console/campaigns' },
  participants: { noun: 'person', page: '/console/participants' },
  people: { noun: 'person', page: '/console/participants' },
  rounds: { noun: 'round', page: '/console/rounds' },
  jobs: { noun: 'job', page: '/console/jobs' },
  imports: { noun: 'import', page: '' },
  deliveries: { noun: 'delivery', page: '' },
  staff: { noun: 'staff', page: '/console/settings/people' },
  tokens: { noun: 'token', page: '' },
  suppressions: { noun: 'suppression', page: '' },
}

/** Such as "campaign 7", from the route's address and what stood in its place. */
export function subjectOf({ route, params }: Pick<AuditRow, 'route' | 'params'>): Subject {
  const path = (route.split(' ')[1] ?? '').replace('/console/settings/people', '/console/staff')
  const [, folder = '', name = ''] = /\/([a-z-]+)\/:(\w+)/.exec(path) ?? []
  const thing = THINGS[folder]
  const value = Object.hasOwn(params, name) ? String(params[name]) : ''
  if (!thing || value === '') return { text: '', href: '' }
  return {
    text: `${thing.noun} ${value}`,
    href: thing.page && /^[\w-]{1,40}$/.test(value) ? `${thing.page}/${value}` : '',
  }
}

/** After so long nobody answers any more: the service stopped while it was at it. */
const LOST_MS = 5 * 60_000

/** How it ended, for a badge. */
export function outcomeOf({ status, at }: Pick<AuditRow, 'status' | 'at'>, now: Date): { tone: string; text: string } {
  if (status === null)
    return now.getTime() - at.getTime() < LOST_MS
      ? { tone: 'wait', text: 'under way' }
      : { tone: 'wait', text: 'not known: the service stopped meanwhile' }
  if (status >= 500) return { tone: 'bad', text: 'failed' }
  return status >= 400 ? { tone: 'quiet', text: 'refused' } : { tone: 'good', text: 'done' }
}
