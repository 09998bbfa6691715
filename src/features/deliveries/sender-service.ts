import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { formatSendLimits, parseSendLimits } from '../../lib/send-limits.ts'
import type { Db } from '../../platform/db/open.ts'
import { type LimitUse, measureLimits, measureLimitUse } from './limit-queries.ts'
import { ensureSender, findSender, recordDomainRelease, recordLimits, recordReserve } from './sender-queries.ts'
import { findSendingTrouble } from './trouble.ts'

/** The mail account: its limits with what is left of each, and in words whatever keeps it from sending. */
export async function measureSender(db: Db) {
  const [sender, trouble] = await Promise.all([findSender(db), findSendingTrouble(db)])
  return {
    limits: sender ? await measureLimits(db, sender) : [],
    automatic_reserve_percent: sender?.automatic_reserve_percent ?? 0,
    ...trouble,
  }
}

/** What counts against each limit now, and when there is room again. */
export async function listLimitUse(db: Db): Promise<LimitUse[]> {
  const sender = await findSender(db)
  return sender ? measureLimitUse(db, sender) : []
}

/** What of a day's limit can be kept for automatic email. */
const MOST_RESERVE_PERCENT = 90

/**
 * New limits hold from the next dialogue on, over all processes; what has left already counts.
 * @param change.automatic_reserve_percent of windows of a day and longer, kept for automatic email; 0 to 90
 * @throws InvalidInput by field
 */
export async function changeLimits(
  db: Db,
  change: { limits: string; automatic_reserve_percent?: number | undefined },
): Promise<void> {
  const faults: FieldFault[] = []
  const limits = parseLimits(change.limits, faults)
  const { automatic_reserve_percent: reserve } = change
  if (reserve !== undefined && !(Number.isInteger(reserve) && reserve >= 0 && reserve <= MOST_RESERVE_PERCENT)) {
    const message = `The share for automatic email is a whole number from 0 to ${MOST_RESERVE_PERCENT}.`
    faults.push({ field: 'automatic_reserve_percent', message })
  }
  if (faults.length > 0) throw new InvalidInput(faults)
  // A web process may be asked before any worker has started.
  const id = await ensureSender(db, undefined)
  await db.transaction().execute(async (tx) => {
    if (reserve !== undefined) await recordReserve(tx, id, reserve)
    await recordLimits(tx, id, limits)
  })
}

function parseLimits(text: string, faults: FieldFault[]): string {
  try {
    return formatSendLimits(parseSendLimits(text))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    faults.push({ field: 'limits', message: error.message })
    return ''
  }
}

/** A person has looked into it: the domain may be mailed again. What was held stays held until its campaign resumes. */
export async function releaseDomain(db: Db, domain: string): Promise<void> {
  await recordDomainRelease(db, domain.toLowerCase())
}
