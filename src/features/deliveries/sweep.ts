import type { Db } from '../../platform/db/open.ts'
import { holdAfterOutage, holdStoppedDomains, releasePartnerWaits } from './hold-queries.ts'
import { listOpenLanes } from './limit-queries.ts'
import { recoverLost, signOffGone } from './run-queries.ts'
import { countDue, recordSweep } from './sweep-queries.ts'
import { isGone, nameThisMachine } from './this-machine.ts'

/**
 * What the ledger needs every few seconds, whoever does it: outages noticed, lost runs taken back, mail for domains
 * that refuse us held, introductions that waited for a decision let go. Each step may run twice, and at once in two processes. Returns how much could leave now, at
 * most `most`: nothing while the limits are used up, so that no run is rung for in vain.
 */
export async function sweepLedger(db: Db, input: { sender_id: number; now: Date; most: number }): Promise<number> {
  await noticeOutage(db, input.now)
  await signOffGone(db, nameThisMachine(), isGone)
  await recoverLost(db)
  await holdStoppedDomains(db, input.sender_id)
  await releasePartnerWaits(db, input.sender_id, input.now)
  return countDue(db, { lanes: await listOpenLanes(db), now: input.now, most: input.most })
}

/**
 * Holds what became late while no process swept. Whatever begins to send after a start asks here first: a doorbell
 * that rang before the outage may be heard before the first sweep after it.
 */
export async function noticeOutage(db: Db, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await holdAfterOutage(tx, { seconds: await recordSweep(tx), now })
  })
}
