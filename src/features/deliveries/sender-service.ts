import { sql } from 'kysely'
import { InvalidInput } from '../../lib/errors.ts'
import { formatSendLimits, parseSendLimits } from '../../lib/send-limits.ts'
import type { Db } from '../../platform/db/open.ts'
import { ensureSender, findSender, recordDomainRelease, recordLimits } from './sender-queries.ts'

/** The mail account: its limits with what is left of each, and in words whatever keeps it from sending. */
export async function measureSender(db: Db) {
  const sender = await findSender(db)
  if (!sender) return { limits: [], closed: undefined, trouble: undefined, stopped_domains: [] }
  const limits = await Promise.all(
    parseSendLimits(sender.limits).map(async (limit) => ({ ...limit, left: Math.max(0, limit.count - (await countUsed(db, sender.id, limit.seconds))) })),
  )
  const { rows: stopped_domains } = await sql<{ domain: string; stopped_at: Date; words: string }>`
    select domain, stopped_at, words from domain_stops where sender_id = ${sender.id} and stopped_at is not null order by domain limit 100`.execute(db)
  const now = Date.now()
  return {
    limits,
    closed: sender.closed_until && sender.closed_until.getTime() > now ? { until: sender.closed_until, words: sender.closed_words ?? '' } : undefined,
    trouble: sender.trouble_since ? { since: sender.trouble_since, words: sender.trouble_words ?? '', next_try_at: sender.next_try_at } : undefined,
    stopped_domains,
  }
}

/** New limits hold from the next dialogue on, over all processes; what has left already counts. @throws InvalidInput */
export async function changeLimits(db: Db, text: string): Promise<void> {
  try {
    const limits = formatSendLimits(parseSendLimits(text))
    const id = await ensureSender(db, undefined)
    await db.transaction().execute((tx) => recordLimits(tx, id, limits))
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidInput([{ field: 'limits', message: error.message }])
    throw error
  }
}

/** A person has looked into it: the domain may be mailed again. What was held stays held until its campaign resumes. */
export async function releaseDomain(db: Db, domain: string): Promise<void> {
  await recordDomainRelease(db, domain)
}

async function countUsed(db: Db, senderId: number, seconds: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from attempts where sender_id = ${senderId}
    and (ended_at is null or (counted and ended_at > clock_timestamp() - make_interval(secs => ${seconds})))`.execute(db)
  return rows[0]?.count ?? 0
}
