import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'

/** A delivery that a worker holds, with what is needed to hand it over. */
export interface ClaimedDelivery {
  id: number
  campaign_id: number
  person_id: number | null
  /** Whom it goes to when that is no person of ours. */
  contact_id: number | null
  lane: 'automatic' | 'campaign'
  address: string
  domain: string
  language: string
  version: number
  tries: number
  /** Of an introduction: the first of the partnerships that it tells of. */
  partnership_id: number | null
  /** The Message-ID of what it answers. */
  in_reply_to: string | null
}

/**
 * Takes up to `count` due deliveries for this worker: automatic email first, then campaigns by age, oldest due first.
 * Campaigns that are paused or go through Mailchimp, and domains that refuse us, are passed over without being read.
 */
export async function claimDue(
  db: Db,
  input: {
    worker_id: number
    sender_id: number
    now: Date
    count: number
    lanes: ClaimedDelivery['lane'][]
    except: readonly number[]
  },
): Promise<ClaimedDelivery[]> {
  const { rows } = await sql<ClaimedDelivery>`
    with tests as (
      select id from deliveries
      where is_test and state in ('queued', 'deferred') and due_at <= ${input.now}
        and campaign_id <> all(${input.except}::bigint[])
      order by due_at, id limit ${input.count} for update skip locked
    ), ordinary as (
      select d.id from (select id, lane from campaigns where state = 'sending' and channel = 'email' and lane = any(${input.lanes}) and id <> all(${input.except}::bigint[]) order by lane, started_at, id) c
        cross join lateral (
          select d.id, d.due_at from deliveries d
          where d.campaign_id = c.id and d.state in ('queued', 'deferred') and d.due_at <= ${input.now} and not d.is_test
            and not exists (
              select from domain_stops s where s.sender_id = ${input.sender_id} and s.domain = d.domain
                and (s.stopped_at is not null or s.paused_until > clock_timestamp()))
          order by d.due_at, d.id limit ${input.count}
          for update skip locked
        ) d
        order by c.lane, d.due_at, d.id limit ${input.count}
    ), due as (select id from tests union all select id from ordinary)
    update deliveries d set state = 'claimed', worker_id = ${input.worker_id}, updated_at = clock_timestamp()
    from due where d.id = due.id and d.state in ('queued', 'deferred')
    returning d.id, d.campaign_id, d.person_id, d.contact_id, d.lane, d.address, d.domain, d.language, d.version, d.tries, d.partnership_id, d.in_reply_to`.execute(
    db,
  )
  return rows.sort((a, b) => (a.lane < b.lane ? -1 : a.lane > b.lane ? 1 : a.id - b.id))
}

/** Claims that will not be used go back, as they were. */
export async function giveBack(db: Db, workerId: number, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await sql`update deliveries set state = 'queued', worker_id = null, updated_at = clock_timestamp()
    where id = any(${ids}) and state = 'claimed' and worker_id = ${workerId}`.execute(db)
}
