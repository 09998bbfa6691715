import { sql } from 'kysely'
import { parseSendLimits } from '../../lib/send-limits.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { forecastLast } from './forecast.ts'
import { findSender } from './sender-queries.ts'

/** Assumed where nothing was measured: what a modest submission server takes over ten connections. */
const ASSUMED_PER_SECOND = 20
const MEASURED_OVER_SECONDS = 600
const ENOUGH_TO_MEASURE = 100

/**
 * When the last of these due times leaves, with everything of other campaigns that waits in between. Undefined when
 * nothing waits.
 */
export async function forecastLastDeparture(db: DbOrTx, input: { campaign_id: number; now: Date }): Promise<Date | undefined> {
  const sender = await findSender(db)
  const limits = parseSendLimits(sender?.limits ?? '')
  const longest = limits.at(-1)?.seconds ?? 0
  const { rows: waiting } = await sql<{ due_at: Date; own: boolean }>`
    select d.due_at, d.campaign_id = ${input.campaign_id} as own from deliveries d
    join campaigns c on c.id = d.campaign_id and c.state in ('scheduled', 'sending', 'paused')
    where d.state in ('queued', 'deferred', 'claimed', 'sending') order by d.due_at`.execute(db)
  const last = waiting.findLast((row) => row.own)?.due_at
  if (!last) return undefined
  const { rows: used } = await sql<{ ended_at: Date }>`
    select coalesce(ended_at, clock_timestamp()) as ended_at from attempts
    where counted and (ended_at is null or ended_at > clock_timestamp() - make_interval(secs => ${longest}))`.execute(db)
  return forecastLast({
    limits,
    now: input.now,
    used: used.map((row) => row.ended_at),
    // What others wait for later than our last does not stand in our way.
    due: waiting.filter((row) => row.due_at <= last).map((row) => row.due_at),
    per_second: await measureRate(db),
  })
}

/** Accepted messages a second, in the busiest of the last ten minutes. */
async function measureRate(db: DbOrTx): Promise<number> {
  const { rows } = await sql<{ count: number; seconds: number }>`
    select count(*) as count, extract(epoch from max(ended_at) - min(ended_at))::float8 as seconds from attempts
    where outcome = 'accepted' and ended_at > clock_timestamp() - make_interval(secs => ${MEASURED_OVER_SECONDS})
    group by date_trunc('minute', ended_at) having count(*) >= ${ENOUGH_TO_MEASURE}
    order by count(*) desc limit 1`.execute(db)
  const measured = rows[0]
  return measured && measured.seconds > 1 ? measured.count / measured.seconds : ASSUMED_PER_SECOND
}
