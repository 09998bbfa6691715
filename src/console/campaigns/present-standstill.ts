import { ASLEEP_SECONDS, momentOf } from './present-outlook.ts'
import { HELD, type ProgressFacts, waitingOf } from './progress.ts'
import { number, people } from './wording.ts'

interface Clock {
  zone: string
  now: Date
}

/** What keeps mail of a campaign from leaving at this moment, each in a sentence; empty when nothing does. */
export function whyNothingLeaves(facts: ProgressFacts, on: Clock): { text: string; words: string }[] {
  const { campaign, counts, starts_at } = facts
  // Its time has come and it has not begun: a worker would have begun it.
  const isOverdue = campaign.state === 'scheduled' && starts_at !== null && starts_at <= on.now
  const goesOn = campaign.state === 'sending' || isOverdue
  return [...(goesOn && waitingOf(counts) > 0 ? whyNobodySends(facts, on) : []), ...whyHeld(facts)]
}

/** `words` are the mail server's own. */
function whyNobodySends(facts: ProgressFacts, on: Clock): { text: string; words: string }[] {
  const { sender, seconds_since_sweep, outlook } = facts
  const { trouble, closed, stopped_domains } = sender
  const found: { text: string; words: string }[] = []
  if (seconds_since_sweep === null || seconds_since_sweep > ASLEEP_SECONDS) {
    found.push({ text: 'No worker process is running: nothing leaves until one is started.', words: '' })
  }
  if (trouble) {
    const next = trouble.next_try_at
      ? ` It is tried again ${momentOf(trouble.next_try_at, { ...on, seconds: true })}.`
      : ''
    const since = momentOf(trouble.since, on)
    found.push({ text: `The mail server cannot be used, ${since} for the first time.${next}`, words: trouble.words })
  }
  if (closed) {
    found.push({
      text: `The mail provider takes nothing more until ${untilOf(closed.until, on)}.`,
      words: closed.words,
    })
  }
  const full = sender.limits.some((limit) => limit.left === 0 || limit.left_for_campaigns === 0)
  if (outlook && !trouble && !closed && outlook.next.at.getTime() > on.now.getTime() + A_MOMENT_MS) {
    const next = `the next ${number(outlook.next.count)} ${outlook.next.count === 1 ? 'leaves' : 'leave'} ${momentOf(outlook.next.at, on)}.`
    found.push({
      text: full ? `The sending limits are used up: ${next}` : `Those that are due have left: ${next}`,
      words: '',
    })
  }
  for (const { domain, words } of facts.held.domain_refuses ? stopped_domains : []) {
    found.push({ text: `${domain} refuses our mail: a director must look into it under Settings.`, words: words ?? '' })
  }
  return found
}

/** Shorter waits come and go with every message. */
const A_MOMENT_MS = 3000

function whyHeld({ held, campaign }: ProgressFacts): { text: string; words: string }[] {
  if (campaign.state === 'cancelled') return []
  // What Mailchimp has is told beside it.
  const here = Object.entries(held).filter(([reason]) => reason !== 'mailchimp')
  return here.map(([reason, count]) => ({
    text: `${people(count)} ${count === 1 ? 'is' : 'are'} held: ${HELD[reason] ?? reason}. Nothing of it leaves until somebody lets it go.`,
    words: '',
  }))
}

const untilOf = (at: Date, { zone, now }: Clock) => momentOf(at, { zone, now }).replace(/^(at|on) /, '')
