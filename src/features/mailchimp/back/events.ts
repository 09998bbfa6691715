import { retryWait } from '../../../lib/backoff.ts'
import { isSerializationFailure } from '../../../platform/db/faults.ts'
import { findAudience } from '../connection/audience-queries.ts'
import type { MailchimpDeps } from '../deps.ts'
import { type Asking, openAsking } from './ask.ts'
import { type ClaimedEvent, claimEvents, lookAtCampaign, recordSettled, recordWaiting } from './event-queries.ts'
import { type Outcome, settleContact } from './settle-contact.ts'
import { settleMove } from './settle-move.ts'

/** At the same time in one process: other work has the rest of the connections. */
const AT_ONCE = 4
const CLAIMED = 24
/** Of so many events in one run. */
const MOST_ROUNDS = 40
/** What a lost process had taken is due again then. */
const CLAIMED_MS = 2 * 60_000
const SOON_MS = 1000

/**
 * The handler of 'settle-mailchimp-events': settles what was told and is due, until nothing is, or rings for the rest. Run by several at once, each
 * settles others; killed anywhere, what was not noted is done again, and what was is not.
 */
export async function settleMailchimpEvents(deps: MailchimpDeps, signal?: AbortSignal): Promise<void> {
  const audience = await findAudience(deps.db)
  // Disconnected meanwhile: nothing is asked, and nobody waits.
  const asking = audience && openAsking(deps, audience)
  for (let rounds = 1; !signal?.aborted; rounds++) {
    // A flood holds up no other work of this process: the rest is rung for.
    if (rounds > MOST_ROUNDS) return deps.ring('settle-mailchimp-events', {})
    const events = await claimEvents(deps.db, { limit: CLAIMED, claimedMs: CLAIMED_MS })
    if (events.length === 0) return
    const left = [...events]
    const work = async () => {
      for (let event = left.shift(); event && !signal?.aborted; event = left.shift())
        await settleOne(deps, asking, event)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    for (const { id, tries } of left)
      await recordWaiting(deps.db, { id, tries, outcome: 'It was left for the next start.', waitMs: 0 })
  }
}

async function settleOne(deps: MailchimpDeps, asking: Asking | undefined, event: ClaimedEvent): Promise<void> {
  try {
    await recordOutcome(deps, event, await outcomeOf(deps, asking, event).catch(explain))
  } catch (error) {
    // The database is away: it is due again when it is nobody's any more.
    deps.log.warn({ err: error, event_id: event.id }, 'outcome of what Mailchimp told not recorded')
  }

  function explain(error: unknown): Outcome {
    if (isSerializationFailure(error)) return { waits: 'Somebody changed the same data.', afterMs: SOON_MS }
    // The others are settled; this one must not end the run each time.
    deps.log.error({ err: error, event_id: event.id }, 'what Mailchimp told could not be settled')
    return { waits: 'It could not be settled, for a reason that the log has. It is tried again.' }
  }
}

async function outcomeOf(deps: MailchimpDeps, asking: Asking | undefined, event: ClaimedEvent): Promise<Outcome> {
  if (!asking) return { settled: 'no audience is connected' }
  switch (event.kind) {
    case 'campaign':
      return (await lookAtCampaign(deps.db, event.mailchimp_campaign ?? '', deps.clock.now()))
        ? { settled: 'the campaign is looked at' }
        : { settled: 'not a campaign of ours' }
    case 'upemail':
      return settleMove(deps, asking, event)
    default:
      return settleContact(deps, asking, event)
  }
}

async function recordOutcome({ db, clock }: MailchimpDeps, event: ClaimedEvent, outcome: Outcome): Promise<void> {
  const { id, tries } = event
  if ('settled' in outcome) return recordSettled(db, { id, tries, outcome: outcome.settled, now: clock.now() })
  const waitMs = outcome.afterMs ?? retryWait(tries)
  // For a day and a half Mailchimp could not be asked: the next whole reading tells.
  if (waitMs === undefined)
    return recordSettled(db, { id, tries, outcome: 'Mailchimp could not be asked', now: clock.now() })
  await recordWaiting(db, { id, tries, outcome: outcome.waits, waitMs })
}
