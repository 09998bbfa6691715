import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { DELETED, type EventKind, type Told } from './message.ts'

/**
 * Keeps what was told about the audience that is connected; undefined when it was kept before, or is about another one.
 * What says only what we have read or written ourselves is settled as it comes: Mailchimp tells us of our own writes too.
 */
export async function insertEvent(
  db: DbOrTx,
  { told, digest, now }: { told: Told; digest: Buffer; now: Date },
): Promise<{ is_settled: boolean } | undefined> {
  const { kind, fired_at, hash, address, new_address, mailchimp_campaign, reason } = told
  const { rows } = await sql<{ is_settled: boolean }>`
    with said as (
      select ${isEcho(told)} as is_echo from mailchimp_audience a left join mailchimp_members m on m.hash = ${hash}
      where a.list_id = ${told.list_id}
    )
    insert into mailchimp_events (body_digest, kind, fired_at, received_at, hash, address, new_address, mailchimp_campaign,
      reason, state, outcome, settled_at)
    select ${digest}, ${kind}, ${fired_at}, ${now}, ${hash}, case when not is_echo then ${address}::text end,
      case when not is_echo then ${new_address}::text end, ${mailchimp_campaign}, ${reason},
      case when is_echo then 'settled' else 'waiting' end, case when is_echo then 'echo' end,
      case when is_echo then ${now}::timestamptz end
    from said
    on conflict (body_digest) do nothing
    returning state = 'settled' as is_settled`.execute(db)
  return rows[0]
}

/** Whether the row of the contact says the same already. What is not known yet is news. */
function isEcho({ kind, reason, merges, new_address }: Told) {
  switch (kind) {
    case 'unsubscribe':
      if (reason === DELETED) return sql`coalesce(m.status in ('archived', 'absent'), false)`
      return sql`coalesce(m.status = 'unsubscribed', false) and ${isStopped(reason, ['all', 'campaigns'])}`
    case 'cleaned':
      return sql`coalesce(m.status = 'cleaned', false) and ${isStopped(reason, ['all'])}`
    case 'upemail':
      // Ours: the person has this address here, and we told Mailchimp.
      return sql`exists (select from addresses p where p.person_id = m.person_id and p.is_primary
        and p.address = lower(${new_address}::text))`
    case 'campaign':
      return sql`false`
    default:
      return sql`coalesce(m.status = 'subscribed' and not exists (
        select from jsonb_each_text(a.fields) as own(field, tag)
        where ${JSON.stringify(merges)}::jsonb ->> own.tag is distinct from m.fields ->> own.field), false)`
  }
}

/**
 * Whether the mail that it stops is stopped: who came back meanwhile, and leaves again, is no echo. A complaint is more than
 * what a status says.
 */
function isStopped(reason: string | null, scopes: readonly string[]) {
  if (reason === 'abuse') return sql`false`
  return sql`exists (select from addresses p join suppressions s on s.address = p.address and s.lifted_at is null
    where p.person_id = m.person_id and s.scope = any(${scopes}::text[]))`
}

/** An event that somebody settles. */
export interface ClaimedEvent {
  id: number
  kind: EventKind
  fired_at: Date | null
  received_at: Date
  hash: string | null
  address: string | null
  new_address: string | null
  mailchimp_campaign: string | null
  reason: string | null
  /** This one included. */
  tries: number
  /** Of the try before. */
  outcome: string | null
}

/**
 * Takes due events: those that stop mail first, then the oldest. `next_try_at` moves on in the same statement: who asks at
 * the same time gets others, and what a lost process had taken is due again after `claimedMs`.
 */
export async function claimEvents(
  db: DbOrTx,
  { limit, claimedMs }: { limit: number; claimedMs: number },
): Promise<ClaimedEvent[]> {
  const { rows } = await sql<ClaimedEvent>`
    with due as materialized (
      select id from mailchimp_events where state = 'waiting' and next_try_at <= clock_timestamp()
      order by kind not in ('unsubscribe', 'cleaned'), id limit ${limit} for update skip locked
    ), taken as (
      update mailchimp_events e set tries = tries + 1,
        next_try_at = clock_timestamp() + make_interval(secs => ${claimedMs / 1000})
      from due where e.id = due.id returning e.*
    ) select id, kind, fired_at, received_at, hash, address, new_address, mailchimp_campaign, reason, tries, outcome from taken
    order by kind not in ('unsubscribe', 'cleaned'), id`.execute(db)
  return rows
}

/** Until the transaction ends nobody else settles it. False when somebody has, or has taken it since. */
export async function holdEvent(tx: DbOrTx, { id, tries }: { id: number; tries: number }): Promise<boolean> {
  const { rows } = await sql`
    select from mailchimp_events where id = ${id} and state = 'waiting' and tries = ${tries} for update`.execute(tx)
  return rows.length > 0
}

/** Addresses are needed no longer. Nothing is recorded when somebody else has taken it since. */
export async function recordSettled(
  tx: DbOrTx,
  { id, tries, outcome, now }: { id: number; tries: number; outcome: string; now: Date },
): Promise<void> {
  await sql`update mailchimp_events set state = 'settled', outcome = ${outcome}, settled_at = ${now}, address = null,
    new_address = null where id = ${id} and state = 'waiting' and tries = ${tries}`.execute(tx)
}

/** Asked again after `waitMs`, unless somebody else has taken it since. */
export async function recordWaiting(
  tx: DbOrTx,
  { id, tries, outcome, waitMs }: { id: number; tries: number; outcome: string; waitMs: number },
): Promise<void> {
  await sql`update mailchimp_events set outcome = ${outcome},
    next_try_at = clock_timestamp() + make_interval(secs => ${waitMs / 1000})
    where id = ${id} and state = 'waiting' and tries = ${tries}`.execute(tx)
}

export interface EventRow {
  id: number
  kind: EventKind
  fired_at: Date | null
  received_at: Date
  /** Whom it is about, while they are in our records. */
  person_id: number | null
  given_name: string | null
  family_name: string | null
  mailchimp_campaign: string | null
  reason: string | null
  state: 'waiting' | 'settled'
  tries: number
  /** Null when no try is to come. */
  next_try_at: Date | null
  outcome: string | null
  settled_at: Date | null
}

/** The newest first. */
export async function listEventRows(
  db: DbOrTx,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    select e.id, e.kind, e.fired_at, e.received_at, e.mailchimp_campaign, e.reason, e.state, e.tries, e.outcome, e.settled_at,
      case e.state when 'waiting' then e.next_try_at end as next_try_at, p.id as person_id, p.given_name, p.family_name
    from mailchimp_events e left join people p on p.id = coalesce(
      (select m.person_id from mailchimp_members m where m.hash = e.hash),
      (select min(a.person_id) from addresses a where md5(lower(a.address)) = e.hash))
    where e.id < ${before ?? Number.MAX_SAFE_INTEGER} order by e.id desc limit ${limit}`.execute(db)
  return rows
}

export async function forgetEvents(db: DbOrTx, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from mailchimp_events where received_at < ${before}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** The campaign there is looked at next, if it is one that we still follow. */
export async function lookAtCampaign(db: DbOrTx, mailchimp_id: string, now: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update mailchimp_campaigns set look_at = least(look_at, ${now})
    where mailchimp_id = ${mailchimp_id} and look_at is not null`.execute(db)
  return numAffectedRows === 1n
}
