import { PairpostError, Upstream } from '../../../lib/errors.ts'
import { isDatabaseAway } from '../../../platform/db/faults.ts'
import { findCampaignElsewhere } from '../../campaigns/index.ts'
import { mailchimpOf } from '../deps.ts'
import { handOver } from './hand-over.ts'
import { after, type HandOverDeps, LOOK_SELDOM_MS, LOOK_SOON_MS, LOST_MS, type Wanted } from './hand-over-deps.ts'
import {
  type Handed,
  type HandedChange,
  listCampaignsToFollow,
  listHanded,
  oneAtATime,
  recordHanded,
} from './handed-queries.ts'
import { findThere, readGone, readThere } from './read-there.ts'
import { recordStanding } from './standing.ts'
import { takeBack } from './take-back.ts'

/**
 * Looks at every campaign at Mailchimp that it is time for: goes on with what is not handed over yet, follows what is, takes
 * back what was cancelled. What was sent is left to its report. Each may be done again, and two at once do no harm.
 */
export async function followMailchimpCampaigns(deps: HandOverDeps, signal?: AbortSignal): Promise<void> {
  if (!deps.mailchimp) return
  const now = deps.clock.now()
  for (const campaign_id of await listCampaignsToFollow(deps.db, { now, lost: after(now, -LOST_MS) })) {
    if (signal?.aborted) return
    await followCampaign(deps, { campaign_id, signal }).catch((error: unknown) => {
      if (signal?.aborted || isDatabaseAway(error)) throw error
      // One that cannot be followed holds up none of the others, and is tried again by the next sweep.
      deps.log.error({ err: error, campaign_id }, 'a campaign at Mailchimp could not be followed')
    })
  }
}

async function followCampaign(deps: HandOverDeps, wanted: Wanted): Promise<void> {
  const { campaign_id, signal } = wanted
  await oneAtATime(deps.db, campaign_id, async () => {
    const campaign = await findCampaignElsewhere(deps.db, campaign_id)
    if (campaign?.state === 'cancelled') return takeBackWhatCan(deps, wanted)
    const now = deps.clock.now()
    for (const row of await listHanded(deps.db, campaign_id)) {
      signal?.throwIfAborted()
      const isTime = row.look_at !== null && row.look_at <= now
      if (isTime && ['scheduled', 'sending', 'failed'].includes(row.state)) await follow(deps, row)
    }
    await recordStanding(deps.db, campaign_id, now)
    await handOver(deps, wanted)
    return undefined
  })
}

/** What the work of its own could not take back: tried at every sweep, since it may be sent at any moment. */
async function takeBackWhatCan(deps: HandOverDeps, wanted: Wanted): Promise<void> {
  try {
    await takeBack(deps, wanted)
  } catch (error) {
    // It stands in the words of what did not come back.
    if (!(error instanceof PairpostError)) throw error
  }
}

async function follow(deps: HandOverDeps, row: Handed): Promise<void> {
  const note = (change: HandedChange) => recordHanded(deps.db, row, change)
  const now = deps.clock.now()
  // Without an id there is nothing to follow: it failed before it was made.
  if (row.mailchimp_id === null) return note({ look_at: null })
  try {
    const there = await findThere(mailchimpOf(deps), '', row)
    const standing = there ? readThere(there, row, now) : readGone(row, now)
    if (standing) return await note(standing)
    // Sent a moment ago, it may not be seen yet.
    if (row.state === 'sending' && row.send_at && row.send_at > after(now, -LOOK_SELDOM_MS))
      return await note({ look_at: after(now, LOOK_SOON_MS) })
    // A draft that failed waits for a person, and may be mended and sent there.
    if (row.state === 'failed') return await note({ look_at: there ? after(now, LOOK_SELDOM_MS) : null })
    // Somebody wanted that: it is not done again unasked.
    const what = there ? 'It was unscheduled in Mailchimp.' : 'It was deleted in Mailchimp.'
    await note({
      state: 'failed',
      words: `${what} Hand it over again, or cancel it.`,
      look_at: there ? after(now, LOOK_SELDOM_MS) : null,
    })
  } catch (error) {
    if (!(error instanceof PairpostError)) throw error
    const isBusy = error instanceof Upstream && error.retryable
    await note({ words: error.message, look_at: after(now, isBusy ? LOOK_SOON_MS : LOOK_SELDOM_MS) })
  }
}
