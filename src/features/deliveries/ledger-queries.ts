import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import type { Lanes } from './budget-queries.ts'
import type { Outcome } from './outcome.ts'

/** A delivery that a worker holds, with what is needed to hand it over. */
export interface ClaimedDelivery {
  id: number
  campaign_id: number
  person_id: number | null
  lane: 'automatic' | 'campaign'
  address: string
  domain: string
  language: string
  version: number
  tries: number
}

/**
 * Takes up to `count` due deliveries for this worker: automatic email first, then campaigns by age, oldest due first.
 * Campaigns that are paused, and domains that refuse us, are passed over without being read.
 */
export async function claimDue(
  db: Db,
  input: { worker_id: number; sender_id: number; now: Date; count: number; lanes: ClaimedDelivery['lane'][] },
): Promise<ClaimedDelivery[]> {
  const { rows } = await sql<ClaimedDelivery>`
    with tests as (
      select id from deliveries
      where is_test and state in ('queued', 'deferred') and due_at <= ${input.now}
      order by due_at, id limit ${input.count} for update skip locked
    ), ordinary as (
      select d.id from (select id, lane from campaigns where state = 'sending' and lane = any(${input.lanes}) order by lane, started_at, id) c
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
    returning d.id, d.campaign_id, d.person_id, d.lane, d.address, d.domain, d.language, d.version, d.tries`.execute(db)
  return rows.sort((a, b) => (a.lane < b.lane ? -1 : a.lane > b.lane ? 1 : a.id - b.id))
}

/** Claims that will not be used go back, as they were. */
export async function giveBack(db: Db, workerId: number, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await sql`update deliveries set state = 'queued', worker_id = null, updated_at = clock_timestamp()
    where id = any(${ids}) and state = 'claimed' and worker_id = ${workerId}`.execute(db)
}

/** What became of a claim when it was about to be sent. */
export interface Begun {
  delivery_id: number
  /** The attempt to finish, when the dialogue may begin. */
  attempt_id: number | null
  /** Where the delivery went instead: its campaign was paused or cancelled, the address suppressed meanwhile. */
  state: string
}

/**
 * The intent, written before the dialogue begins: from here on a crash leaves the delivery uncertain. Looks once more
 * at what may have changed since the audience was frozen; a claim that was taken away meanwhile is not returned.
 */
export async function beginAttempts(tx: DbOrTx, input: { worker_id: number; sender_id: number; delivery_ids: readonly number[] }): Promise<Begun[]> {
  if (input.delivery_ids.length === 0) return []
  const { rows } = await sql<Begun>`
    with wanted as (
      select d.id, d.lane, d.address, case when d.is_test then 'sending' else c.state end as campaign_state,
        exists (select from suppressions s where s.address = d.address and s.lifted_at is null
          and (s.scope = 'all' or d.lane = 'campaign')) and not d.is_test as suppressed
      from deliveries d join campaigns c on c.id = d.campaign_id
      where d.id = any(${input.delivery_ids}) and d.state = 'claimed' and d.worker_id = ${input.worker_id}
      for update of d
    ), opened as (
      insert into attempts (delivery_id, sender_id, worker_id, lane, address)
      select id, ${input.sender_id}, ${input.worker_id}, lane, address from wanted
      where campaign_state = 'sending' and not suppressed
      returning id, delivery_id
    )
    update deliveries d set
      state = case
        when o.id is not null then 'sending'
        when w.campaign_state = 'cancelled' then 'cancelled'
        when w.campaign_state <> 'sending' then 'queued'
        else 'skipped' end,
      skipped_reason = case when o.id is null and w.campaign_state = 'sending' then 'suppressed' end,
      attempt_id = coalesce(o.id, d.attempt_id),
      worker_id = case when o.id is null then null else d.worker_id end,
      tries = d.tries + case when o.id is null then 0 else 1 end,
      updated_at = clock_timestamp()
    from wanted w left join opened o on o.delivery_id = w.id
    where d.id = w.id
    returning d.id as delivery_id, o.id as attempt_id, d.state`.execute(tx)
  return rows
}

/** How one dialogue ended, to be written. */
export interface EndedAttempt {
  attempt_id: number
  delivery_id: number
  outcome: Outcome
}

/**
 * Writes outcomes. Guarded by the attempt: a worker that was thought lost may still say what happened to a delivery
 * that has become uncertain meanwhile, but never to one that a person has decided or another worker has taken.
 */
export async function endAttempts(tx: DbOrTx, ended: readonly EndedAttempt[], now: Date): Promise<void> {
  if (ended.length === 0) return
  const rows = ended.map(({ attempt_id, delivery_id, outcome }) => ({
    attempt_id,
    delivery_id,
    state: outcome.state,
    code: outcome.code ?? null,
    enhanced_code: outcome.enhanced_code ?? null,
    words: outcome.words,
    counted: outcome.counted,
    due_at: outcome.retry_ms === undefined ? null : new Date(now.getTime() + outcome.retry_ms).toISOString(),
  }))
  await sql`
    with ended as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e(
        attempt_id bigint, delivery_id bigint, state text, code int, enhanced_code text, words text, counted boolean, due_at timestamptz)
    ), written as (
      update attempts a set ended_at = clock_timestamp(), outcome = e.state, code = e.code,
        enhanced_code = e.enhanced_code, words = e.words, counted = e.counted
      from ended e where a.id = e.attempt_id and (a.outcome is null or a.outcome = 'uncertain')
      returning a.id
    )
    update deliveries d set state = e.state, worker_id = null, due_at = coalesce(e.due_at, d.due_at),
      accepted_at = case when e.state = 'accepted' then clock_timestamp() else d.accepted_at end, updated_at = clock_timestamp()
    from ended e join written w on w.id = e.attempt_id
    where d.id = e.delivery_id and d.attempt_id = e.attempt_id and d.state in ('sending', 'uncertain')`.execute(tx)
}

/** How many of each lane a worker holds in `ids` order: what the budget is asked for. */
export function countLanes(claimed: readonly ClaimedDelivery[]): Lanes<number> {
  const automatic = claimed.filter((delivery) => delivery.lane === 'automatic').length
  return { automatic, campaign: claimed.length - automatic }
}
