import { sql } from 'kysely'
import { campaignShare, parseSendLimits, type SendLimit } from '../../lib/send-limits.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { findSender } from './sender-queries.ts'

/** One limit with what is left of it now. */
export interface MeasuredLimit extends SendLimit {
  left: number
  /** What of that campaigns may use: the rest is kept for automatic email. */
  left_for_campaigns: number
}

type Sender = NonNullable<Awaited<ReturnType<typeof findSender>>>

/** The limits as the next dialogue will find them. The room is an estimate: only taking it is exact. */
export async function measureLimits(db: DbOrTx, sender: Sender): Promise<MeasuredLimit[]> {
  return Promise.all(
    parseSendLimits(sender.limits).map(async (limit) => {
      const { rows } = await sql<{ all: number; campaign: number }>`
        select count(*) as all, count(*) filter (where lane = 'campaign') as campaign from (
          select lane from attempts where sender_id = ${sender.id} and ended_at is null
          union all
          select lane from attempts where sender_id = ${sender.id} and counted and ended_at > now() - make_interval(secs => ${limit.seconds})
        ) live`.execute(db)
      const used = rows[0] ?? { all: 0, campaign: 0 }
      const left = Math.max(0, limit.count - used.all)
      const share = campaignShare(limit, sender.automatic_reserve_percent) - used.campaign
      return { ...limit, left, left_for_campaigns: Math.max(0, Math.min(left, share)) }
    }),
  )
}

/** One limit with what counts against it at this moment. */
export interface LimitUse extends SendLimit {
  used: number
  /** When the first of these stops counting; null while none does. */
  oldest_leaves_at: Date | null
}

/** For a person to read: what was counted, and when there is room again. */
export async function measureLimitUse(db: DbOrTx, sender: Sender): Promise<LimitUse[]> {
  return Promise.all(
    parseSendLimits(sender.limits).map(async (limit) => {
      const { rows } = await sql<{ used: number; oldest_leaves_at: Date | null }>`
        select count(*) as used, min(ended_at) + make_interval(secs => ${limit.seconds}) as oldest_leaves_at from (
          select null::timestamptz as ended_at from attempts where sender_id = ${sender.id} and ended_at is null
          union all
          select ended_at from attempts where sender_id = ${sender.id} and counted and ended_at > now() - make_interval(secs => ${limit.seconds})
        ) live`.execute(db)
      return { ...limit, ...(rows[0] as { used: number; oldest_leaves_at: Date | null }) }
    }),
  )
}

/** The lanes for which a sending run would find room now. None while the account is closed or the server is away. */
export async function listOpenLanes(db: Db): Promise<('automatic' | 'campaign')[]> {
  const sender = await findSender(db)
  if (!sender) return []
  const { rows } = await sql<{ shut: boolean }>`
    select greatest(${sender.closed_until}::timestamptz, ${sender.next_try_at}::timestamptz) > clock_timestamp() as shut`.execute(
    db,
  )
  if (rows[0]?.shut) return []
  const limits = await measureLimits(db, sender)
  if (limits.some((limit) => limit.left === 0)) return []
  return limits.some((limit) => limit.left_for_campaigns === 0) ? ['automatic'] : ['automatic', 'campaign']
}

/** Domains that refuse us and wait for a person. */
export async function listStoppedDomains(db: Db, senderId: number) {
  const { rows } = await sql<{ domain: string; stopped_at: Date; words: string }>`
    select domain, stopped_at, words from domain_stops
    where sender_id = ${senderId} and stopped_at is not null order by domain limit 100`.execute(db)
  return rows
}
