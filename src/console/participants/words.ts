import type { Counted, PastSuppression } from '../../features/people/index.ts'
import { formatCount } from '../present/numbers.ts'

export type Tone = 'good' | 'bad' | 'wait' | 'quiet' | 'info'

export interface Badge {
  tone: Tone
  text: string
}

const STATE_TONES: Record<string, Tone> = {
  applied: 'info',
  waitlisted: 'wait',
  confirmed: 'good',
  removed: 'bad',
}

/** The state of an application. */
export const stateBadge = (state: string): Badge => ({ tone: STATE_TONES[state] ?? 'quiet', text: state })

/** What stops mail to somebody, for a list; undefined when nothing does. @param scopes of what stands */
export function suppressedBadge(scopes: readonly string[]): Badge | undefined {
  if (scopes.includes('all')) return { tone: 'bad', text: 'suppressed' }
  if (scopes.includes('campaigns')) return { tone: 'wait', text: 'campaigns stopped' }
  return scopes.length > 0 ? { tone: 'wait', text: 'announcements stopped' } : undefined
}

const REASONS: Record<string, string> = {
  unsubscribed: 'unsubscribed',
  hard_bounce: 'mail came back for good',
  complaint: 'reported our mail as unwanted',
  removed: 'removed for the code of conduct',
  manual: 'stopped by hand',
  paused: 'asked for a pause',
}

export const sayReason = (reason: string): string => REASONS[reason] ?? reason

const SCOPES: Record<string, string> = { all: 'all mail', campaigns: 'campaigns', news: 'announcements' }
export const sayScope = (scope: string): string => SCOPES[scope] ?? scope

/** Who did it. @param names of the staff, by "staff 3" */
export function saySource(source: string, names: ReadonlyMap<string, string>): string {
  const staff = names.get(source)
  if (staff) return staff
  if (/^delivery \d+$/.test(source)) return 'the reader, through a link in an email'
  if (source === 'mailchimp') return 'Mailchimp'
  if (source === 'API_TOKEN') return 'a program, with the token of this installation'
  const token = /^token (\d+)$/.exec(source)
  return token ? `a program, with API token ${token[1]}` : source
}

/** What must be said before somebody lets mail go again to one who did not want it; empty when nothing must. */
export function warningBeforeLift({ reason }: Pick<PastSuppression, 'reason'>): string {
  switch (reason) {
    case 'unsubscribed':
    case 'paused':
      return 'They asked for this themselves. Lift it only when they have asked for that too.'
    case 'complaint':
      return 'They reported our mail as unwanted. Mail to them may cost the programme its good name with their provider.'
    case 'hard_bounce':
      return 'Mail to this address came back for good. Lift it only when you know that it works again.'
    case 'removed':
      return 'They were removed for the code of conduct. Their application stays removed.'
    default:
      return ''
  }
}

export const sayCount = ({ count, more }: Counted): string => `${more ? 'more than ' : ''}${formatCount(count)}`
export const nameOf = (person: { given_name: string; family_name: string }): string =>
  `${person.given_name} ${person.family_name}`.trim()
