import type { Logger } from 'pino'
import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import { Conflict } from '../../../lib/errors.ts'
import { isDatabaseAway } from '../../../platform/db/faults.ts'
import type { Db } from '../../../platform/db/open.ts'
import { holdLateCampaign, LATE_SECONDS, sweepLedger } from '../../deliveries/index.ts'
import { scheduleCampaign } from './schedule.ts'
import { finishCampaigns, leaveToStaff, listThoseDue, settleEnded, startDueCampaigns } from './schedule-queries.ts'

interface SweepDeps {
  db: Db
  clock: Clock
  ring: Ring
  log: Pick<Logger, 'error' | 'info'>
  config: { mailFrom: string; publicUrl: string }
  senderId: number
  /** Doorbells that wait already: ringing more would only pile them up. */
  countWaiting(): Promise<number>
}

/** One more sending run for each so many that are due, up to MOST_RUNS: a run opens several connections. */
const DUE_PER_RUN = 100
const MOST_RUNS = 8

/** The handler of 'sweep-deliveries': what the rows say is due, is rung for. */
export async function sweepDeliveries(deps: SweepDeps): Promise<void> {
  const now = deps.clock.now()
  await scheduleThoseDue(deps)
  await startCampaigns(deps.db, now)
  const due = await sweepLedger(deps.db, { sender_id: deps.senderId, now, most: DUE_PER_RUN * MOST_RUNS })
  await settleEnded(deps.db, now)
  await finishCampaigns(deps.db, now)
  if (due === 0) return
  const runs = Math.ceil(due / DUE_PER_RUN) - (await deps.countWaiting())
  for (let rung = 0; rung < runs; rung++) await deps.ring('send-due', {})
}

/**
 * Schedules the drafts that send themselves once their time has come, for whoever their audience picks now. One that
 * cannot go (its text has a problem, nobody is left to remind) stays a draft that no longer sends itself: staff see why.
 */
async function scheduleThoseDue(deps: SweepDeps): Promise<void> {
  for (const { id, late_seconds } of await listThoseDue(deps.db, deps.clock.now())) {
    // Nobody wants yesterday's reminder after an outage: a person looks at it first.
    if (late_seconds > LATE_SECONDS) await leaveToStaff(deps.db, id)
    else
      await scheduleCampaign(deps, id, { at: 'now' }).catch(async (error) => {
        // A database that is away is no fault of the draft: the next sweep tries again.
        if (isDatabaseAway(error)) throw error
        // Another sweep was faster by a moment.
        if (error instanceof Conflict && error.code === 'not_a_draft') return
        deps.log.error({ err: error, campaign_id: id }, 'a draft could not leave by itself')
        await leaveToStaff(deps.db, id)
      })
  }
}

/** A campaign that begins hours late (an outage, a restored copy) is held for a person instead. */
async function startCampaigns(db: Db, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const { id, late_seconds } of await startDueCampaigns(tx, now)) {
      if (late_seconds > LATE_SECONDS) await holdLateCampaign(tx, id, now)
    }
  })
}
