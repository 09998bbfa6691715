import { sql } from 'kysely'
import { campaignShare, parseSendLimits } from '../../lib/send-limits.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { type ForecastLimit, forecastDepartures, type Lane } from './forecast.ts'
import { findSender } from './sender-queries.ts'

/** Assumed where nothing was measured: what a modest submission server takes over ten connections. */
const ASSUMED_PER_SECOND = 20
const MEASURED_OVER_SECONDS = 600
const ENOUGH_TO_MEASURE = 100

/** How the sending of a campaign will go on, at best. */
export interface Outlook {
  /** When its last message leaves. */
  last: Date
  /** The first moment at which something of its lane leaves, and how many do within a minute of it. */
  next: { at: Date; count: number }
}

/** So many messages that are due at one moment. */
export interface Due {
  at: Date
  count: number
}

const MINUTE_MS = 60_000

/**
 * How a campaign goes on, with everything else that waits before it. Undefined when nothing of it waits. What cannot
 * be foreseen: automatic email that is not there yet, refusals, a paused campaign that is not resumed.
 */
export async function forecastCampaign(
  db: DbOrTx,
  input: { campaign_id: number; now: Date },
): Promise<Outlook | undefined> {
  const waiting = await listWaiting(db, input.campaign_id)
  const lane = waiting[0]?.own_lane
  return lane && foresee(db, { lane, now: input.now, waiting })
}

/** When the last of a campaign leaves; see forecastCampaign. */
export async function forecastLastDeparture(
  db: DbOrTx,
  input: { campaign_id: number; now: Date },
): Promise<Date | undefined> {
  return (await forecastCampaign(db, input))?.last
}

/** The same for a campaign that is not in the ledger yet, if its messages were due like this. Undefined without any. */
export async function forecastDraft(
  db: DbOrTx,
  input: { lane: Lane; now: Date; due: readonly Due[] },
): Promise<Outlook | undefined> {
  const { lane, now } = input
  const own = input.due.filter(({ count }) => count > 0).map(({ at, count }) => ({ lane, due_at: at, count }))
  if (own.length === 0) return undefined
  const last = new Date(Math.max(...own.map(({ due_at }) => due_at.getTime())))
  // Those that are in the ledger have the lower ids: due at the same moment they go first.
  const waiting = [...(await listWaitingBefore(db, lane, last)), ...own]
  return foresee(db, { lane, now, waiting })
}

interface Waiting {
  lane: Lane
  due_at: Date
  count: number
}

async function foresee(db: DbOrTx, input: { lane: Lane; now: Date; waiting: Waiting[] }): Promise<Outlook | undefined> {
  const sender = await findSender(db)
  const limits = parseSendLimits(sender?.limits ?? '').map((limit) => ({
    ...limit,
    campaign_count: campaignShare(limit, sender?.automatic_reserve_percent ?? 0),
  }))
  const dueIn = (of: Lane) =>
    input.waiting.flatMap((row) => (row.lane === of ? Array<Date>(row.count).fill(row.due_at) : []))
  const departures = forecastDepartures({
    limits,
    now: later(input.now, sender?.closed_until, sender?.next_try_at),
    used: sender ? await listUsed(db, sender.id, limits) : { automatic: [], campaign: [] },
    due: { automatic: dueIn('automatic'), campaign: dueIn('campaign') },
    per_second: await measureRate(db),
    until: input.lane,
  })
  const own = departures[input.lane]
  const first = own[0]
  if (first === undefined || !departures.last) return undefined
  const until = first + MINUTE_MS
  return { last: departures.last, next: { at: new Date(first), count: own.filter((at) => at < until).length } }
}

const WAITING = sql`
  select d.id, d.lane, greatest(d.due_at, c.starts_at) as due_at, d.campaign_id, d.is_test
  from deliveries d
  join campaigns c on c.id = d.campaign_id and (d.is_test or c.state in ('scheduled', 'sending', 'paused'))
  where d.state in ('queued', 'deferred', 'claimed', 'sending')`

/**
 * What waits, as many as are due at one moment. In our own lane what comes after our last does not stand in our way;
 * automatic email may do so at any time. Empty when nothing of ours waits.
 */
async function listWaiting(db: DbOrTx, campaignId: number) {
  const { rows } = await sql<Waiting & { own_lane: Lane }>`
    with waiting as (${WAITING}), last as (
      select id, lane, due_at from waiting where campaign_id = ${campaignId} and not is_test
      order by due_at desc, id desc limit 1
    )
    select w.lane, w.due_at, count(*) as count, last.lane as own_lane from waiting w, last
    where w.lane <> last.lane or (w.due_at, w.id) <= (last.due_at, last.id)
    group by w.lane, w.due_at, last.lane order by w.due_at`.execute(db)
  return rows
}

async function listWaitingBefore(db: DbOrTx, lane: Lane, last: Date): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select lane, due_at, count(*) as count from (${WAITING}) waiting
    where lane <> ${lane} or due_at <= ${last} group by lane, due_at order by due_at`.execute(db)
  return rows
}

/** When dialogues ended, as far back as a limit looks. One that is still open counts as ending now. */
async function listUsed(db: DbOrTx, senderId: number, limits: readonly ForecastLimit[]): Promise<Record<Lane, Date[]>> {
  const longest = Math.max(0, ...limits.map((limit) => limit.seconds))
  const most = Math.max(0, ...limits.map((limit) => limit.count))
  const read = async (lane: Lane) => {
    // A window that is full is full: further back than its count nothing matters.
    const { rows } = await sql<{ at: Date }>`
      select coalesce(ended_at, clock_timestamp()) as at from attempts
      where sender_id = ${senderId} and lane = ${lane}
        and (ended_at is null or (counted and ended_at > clock_timestamp() - make_interval(secs => ${longest})))
      order by 1 desc limit ${most}`.execute(db)
    return rows.map((row) => row.at)
  }
  return { automatic: await read('automatic'), campaign: await read('campaign') }
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

function later(now: Date, ...others: (Date | null | undefined)[]): Date {
  return new Date(Math.max(now.getTime(), ...others.map((other) => other?.getTime() ?? 0)))
}
