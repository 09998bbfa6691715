import { InvalidInput } from '../../lib/errors.ts'
import { formatSendLimits, parseSendLimits } from '../../lib/send-limits.ts'
import type { Db } from '../../platform/db/open.ts'
import { listStoppedDomains, measureLimits } from './limit-queries.ts'
import { ensureSender, findSender, recordDomainRelease, recordLimits } from './sender-queries.ts'

/** The mail account: its limits with what is left of each, and in words whatever keeps it from sending. */
export async function measureSender(db: Db) {
  const sender = await findSender(db)
  if (!sender) return { limits: [], closed: undefined, trouble: undefined, stopped_domains: [] }
  const { closed_until, trouble_since } = sender
  return {
    limits: await measureLimits(db, sender),
    // These times are the database's; a clock that is a little off only says it a little longer or shorter.
    closed:
      closed_until && closed_until.getTime() > Date.now()
        ? { until: closed_until, words: sender.closed_words ?? '' }
        : undefined,
    trouble: trouble_since
      ? { since: trouble_since, words: sender.trouble_words ?? '', next_try_at: sender.next_try_at }
      : undefined,
    stopped_domains: await listStoppedDomains(db, sender.id),
  }
}

/** New limits hold from the next dialogue on, over all processes; what has left already counts. @throws InvalidInput */
export async function changeLimits(db: Db, text: string): Promise<void> {
  const limits = parseLimits(text)
  // A web process may be asked before any worker has started.
  const id = await ensureSender(db, undefined)
  await db.transaction().execute((tx) => recordLimits(tx, id, limits))
}

function parseLimits(text: string): string {
  try {
    return formatSendLimits(parseSendLimits(text))
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidInput([{ field: 'limits', message: error.message }])
    throw error
  }
}

/** A person has looked into it: the domain may be mailed again. What was held stays held until its campaign resumes. */
export async function releaseDomain(db: Db, domain: string): Promise<void> {
  await recordDomainRelease(db, domain.toLowerCase())
}
