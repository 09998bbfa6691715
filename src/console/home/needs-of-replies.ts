import { presentAge } from '../present/age.ts'
import { formatCount } from '../present/numbers.ts'
import { presentDay, presentTime } from '../present/time.ts'
import { daysUntil, dueWords } from './days.ts'
import type { Need } from './need.ts'
import type { ReplyFacts } from './replies.ts'

const NONE = { before: '', subject: '', after: '' }
/** So many days before the last day is over, whoever is silent is worth a reminder. */
const NEAR_DAYS = 4

interface Reader {
  time_zone: string
  now: Date
}

/** What cannot be read any more comes first: replies wait where nobody sees them. */
export function needsOfMailboxes({ mailboxes }: Pick<ReplyFacts, 'mailboxes'>, { time_zone }: Reader): Need[] {
  return mailboxes.map(({ trouble_since, trouble_words }) => {
    const before = 'The mailbox cannot be read: replies wait there'
    const since = trouble_since ? `Since ${presentTime(trouble_since, time_zone).text}. ` : ''
    const detail = `${since}${trouble_words ?? ''}`.trim()
    return { ...NONE, before, href: '/console/inbox', detail, tone: 'bad', badge: 'not reading' }
  })
}

/** "Review 12 replies". */
export function needsOfInbox({ inbox }: Pick<ReplyFacts, 'inbox'>, { now }: Reader): Need[] {
  if (!inbox || inbox.open === 0) return []
  const before = inbox.open === 1 ? 'Review a reply' : `Review ${formatCount(inbox.open)} replies`
  const detail = inbox.oldest_at ? `The oldest came ${presentAge(inbox.oldest_at, now)}.` : ''
  return [{ ...NONE, before, href: '/console/inbox', detail, tone: 'wait', badge: 'to review' }]
}

/** Asking, reminding before it is too late, and mail that came back; nothing once the last day is over. */
export function needsOfConfirmation(
  { confirmation }: Pick<ReplyFacts, 'confirmation'>,
  { time_zone, now }: Reader,
): Need[] {
  if (!confirmation) return []
  const { round, summary } = confirmation
  const { counts, deadline, confirm_by } = summary
  if (deadline === null || now >= deadline || confirm_by === null) return []
  const own = `/console/rounds/${encodeURIComponent(round.code)}/confirmations`
  const left = daysUntil(deadline, now, time_zone)
  const until = `In round ${round.code} the last day to confirm is ${presentDay(confirm_by)}.`
  const today = now.toISOString().slice(0, 10)
  const needs: Need[] = []
  const isTime = round.applications_close_on !== null && round.applications_close_on < today
  if (isTime && counts.to_ask > 0) {
    const whom = counts.to_ask === 1 ? 'one applicant' : `${formatCount(counts.to_ask)} applicants`
    const before = counts.asked === 0 ? `Ask ${whom} to confirm` : `Ask ${whom} more to confirm`
    needs.push({ ...NONE, before, href: `${own}#ask`, detail: until, tone: 'wait', badge: 'to do' })
  }
  const coming = summary.reminders.find(({ state, sends_itself }) => state === 'draft' && sends_itself)?.planned_at
  if (counts.silent > 0 && left <= NEAR_DAYS && !coming) {
    const who = counts.silent === 1 ? 'One who was asked is' : `${formatCount(counts.silent)} who were asked are`
    const before = `${who} silent: remind them`
    const detail = `${until} No reminder is planned.`
    needs.push({ ...NONE, before, href: own, detail, tone: 'wait', badge: `ends ${dueWords(left)}` })
  }
  if (counts.bounced > 0) {
    const before =
      counts.bounced === 1
        ? 'An email about a confirmation came back: see whose'
        : `Emails about the confirmation of ${formatCount(counts.bounced)} people came back: see whose`
    const detail = `${until} They may not know that they were asked.`
    needs.push({ ...NONE, before, href: `${own}/people?group=bounced`, detail, tone: 'quiet', badge: 'to look at' })
  }
  return needs
}

export function needsOfDuplicates({ duplicates }: Pick<ReplyFacts, 'duplicates'>): Need[] {
  if (!duplicates || duplicates.count === 0) return []
  const { code, count, more } = duplicates
  const figure = `${more ? 'More than ' : ''}${formatCount(count)}`
  const before = count === 1 ? 'Two applicants may be one person: decide' : `${figure} pairs may be one person: decide`
  const href = `/console/rounds/${encodeURIComponent(code)}/applications/duplicates`
  return [{ ...NONE, before, href, detail: `In round ${code}.`, tone: 'quiet', badge: 'to decide' }]
}
