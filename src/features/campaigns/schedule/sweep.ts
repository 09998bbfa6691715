import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import { holdLateCampaign, LATE_SECONDS, sweepLedger } from '../../deliveries/index.ts'
import { finishCampaigns, settleEnded, startDueCampaigns } from './schedule-queries.ts'

interface SweepDeps {
  db: Db
  clock: Clock
  ring: Ring
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
  await startCampaigns(deps.db, now)
  const due = await sweepLedger(deps.db, { sender_id: deps.senderId, now, most: DUE_PER_RUN * MOST_RUNS })
  await settleEnded(deps.db, now)
  await finishCampaigns(deps.db, now)
  if (due === 0) return
  const runs = Math.ceil(due / DUE_PER_RUN) - (await deps.countWaiting())
  for (let rung = 0; rung < runs; rung++) await deps.ring('send-due', {})
}

/** A campaign that begins hours late (an outage, a restored copy) is held for a person instead. */
async function startCampaigns(db: Db, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const { id, late_seconds } of await startDueCampaigns(tx, now)) {
      if (late_seconds > LATE_SECONDS) await holdLateCampaign(tx, id, now)
    }
  })
}
