import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import { queueAutomaticToAll } from '../campaigns/index.ts'
import { claimLapsing, recordLapsed, stopLateReminders } from './sweep-queries.ts'

interface SweepDeps {
  db: Db
  clock: Clock
  ring: Ring
}

const AT_A_TIME = 500

/**
 * The handler of 'sweep-confirmations': who was asked and is silent when the last day is over has let it lapse, and is
 * told so. Whole batches, so that a crash leaves nobody lapsed without the notice; run by several at once it does no
 * harm.
 */
export async function sweepConfirmations({ db, clock, ring }: SweepDeps): Promise<void> {
  await stopLateReminders(db, clock.now())
  let all = 0
  for (let lapsed = AT_A_TIME; lapsed === AT_A_TIME; all += lapsed) lapsed = await lapseSome(db, clock.now())
  if (all > 0) await ring('sweep-deliveries', {})
}

async function lapseSome(db: Db, now: Date): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const rows = await claimLapsing(tx, now, AT_A_TIME)
    if (rows.length === 0) return 0
    await recordLapsed(tx, rows, now)
    for (const [round_id, people] of Map.groupBy(rows, (row) => row.round_id)) {
      const person_ids = people.map(({ person_id }) => person_id)
      await queueAutomaticToAll(tx, { key: 'confirmation_lapsed', round_id, to: { person_ids }, now })
    }
    return rows.length
  })
}
