/** The words of campaigns and deliveries on pages. */

export type Tone = 'good' | 'bad' | 'wait' | 'info' | 'quiet'

export const KINDS: Record<string, string> = {
  topic: 'Topic email',
  announcement: 'Announcement',
  confirmation: 'Confirmation request',
  introduction: 'Introduction',
  check_in: 'Check-in',
  reminder: 'Reminder',
  closing: 'Closing email',
  automatic: 'Automatic email',
}

export const CAMPAIGN_STATES: Record<string, { text: string; tone: Tone }> = {
  draft: { text: 'draft', tone: 'quiet' },
  scheduled: { text: 'scheduled', tone: 'info' },
  sending: { text: 'sending', tone: 'wait' },
  paused: { text: 'paused', tone: 'wait' },
  done: { text: 'done', tone: 'good' },
  cancelled: { text: 'cancelled', tone: 'quiet' },
}

export const DELIVERY_TONES: Record<string, Tone> = {
  queued: 'info',
  claimed: 'info',
  sending: 'info',
  accepted: 'good',
  deferred: 'wait',
  rejected: 'bad',
  uncertain: 'bad',
  skipped: 'quiet',
  held: 'wait',
  cancelled: 'quiet',
}

export const APPLICATION_STATES: Record<string, string> = {
  applied: 'applied',
  waitlisted: 'wait-listed',
  confirmed: 'confirmed',
  declined: 'declined',
  lapsed: 'lapsed',
  withdrawn: 'withdrawn',
  removed: 'removed',
}

const NUMBER = new Intl.NumberFormat('en-GB')

export const number = (count: number) => NUMBER.format(count)

/** Such as "1 person", "1,008 people". */
export const people = (count: number) => `${number(count)} ${count === 1 ? 'person' : 'people'}`

/** Whole percent, rounded down: it is 100 only when it is all. */
export const percentOf = (part: number, all: number) => (all === 0 ? 0 : Math.floor((part * 100) / all))

/** What stands for a subject that nobody has written. */
export const subjectOf = (subject: string) => (subject.trim() === '' ? '(no subject yet)' : subject)
