import type { Deps } from '../deps.ts'
import { requestConfirmations, summariseConfirmations, sweepConfirmations } from '../features/confirmations/index.ts'
import { countRead } from '../features/inbox/index.ts'
import { type GivenAnswers, giveAnswers } from './answers/give.ts'
import { type Settled, settleInbox } from './answers/settle.ts'
import type { Bars } from './bars.ts'
import type { DemoClock } from './clock.ts'
import type { Fates } from './files.ts'
import { followSending, followUntil } from './follow.ts'
import { ROUND_DAYS, type Sent } from './round.ts'

const REMIND_AFTER_DAYS = 7

interface Confirming {
  code: string
  /** What each applicant does. */
  fates: Fates
  /** At the day of asking (ROUND_DAYS); afterwards at the day on which places lapse. */
  clock: DemoClock
  mailboxUrl: string
  bars: Bars
}

/** How confirming went. */
export interface Confirmed {
  request: Sent
  given: GivenAnswers
  /** Messages that came back. */
  came: number
  /** Until the last of them was read, from when the last was sent. */
  reading_seconds: number
  settled: Settled
}

/**
 * Everybody is asked to confirm; they answer, each in their way, or do not; a person settles what no machine understood;
 * the silent are reminded, and when the last day is over their places lapse.
 */
export async function confirmEverybody(
  deps: Deps,
  { code, fates, clock, mailboxUrl, bars }: Confirming,
): Promise<Confirmed> {
  const { campaign_id, recipients } = await requestConfirmations(deps, {
    ...{ code, by: 'demo', remind_after_days: [REMIND_AFTER_DAYS] },
  })
  const asking = { id: campaign_id, recipients, title: 'Asking to confirm' }
  const seconds = await followSending(deps, asking, bars)
  const bar = bars.open('Answers', 'people')
  const given = await giveAnswers(deps, { smtpUrl: mailboxUrl, fates, progress: bar.update })
  const came = given.replies + given.out_of_office + given.bounces
  const reading_seconds = await followUntil({ title: 'Reading what came back', unit: 'messages' }, bars, async () => ({
    done: await countRead(deps.db),
    total: came,
  }))
  const settled = await settleInbox(deps, { fates })
  clock.goTo(ROUND_DAYS.asked - REMIND_AFTER_DAYS)
  await deps.ring('sweep-deliveries', {})
  await followUntil({ title: 'Reminding the silent', unit: 'reminders' }, bars, () => isSettled(deps, code))
  clock.goTo(ROUND_DAYS.lapsed)
  await sweepConfirmations(deps)
  return { request: { id: campaign_id, recipients, seconds }, came, reading_seconds, given, settled }
}

/** Whether the reminder has gone, or stays because nobody is silent. */
async function isSettled({ db }: Deps, code: string): Promise<{ done: number; total: number }> {
  const { reminders } = await summariseConfirmations(db, { code })
  const settled = reminders.filter(
    ({ state, sends_itself }) => state === 'done' || (state === 'draft' && !sends_itself),
  )
  return { done: settled.length, total: reminders.length }
}
