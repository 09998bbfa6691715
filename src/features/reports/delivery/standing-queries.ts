import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { FACTS } from '../engagement/facts-queries.ts'
import { type Behind, listBehind, type Page } from '../engagement/people-queries.ts'

/** People of a round who are not mailed at present, for one reason. */
export interface SuppressedRow {
  /** `reason:scope`; null for all of them, each person once. */
  key: string | null
  reason: string
  scope: string
  people: number
}

/** `applied`: the people of the round who were not forgotten; `stopped`: what stands against the address we write to. */
const STOPPED = ({ round_id, now }: { round_id: number; now: Date }) => sql`
  applied as materialized (
    select p.id as person_id from applications a join people p on p.id = a.person_id
    where a.round_id = ${round_id} and p.erased_at is null
  ), stopped as (
    select distinct applied.person_id, s.reason, s.scope, s.reason || ':' || s.scope as key
    from applied
    join addresses own on own.person_id = applied.person_id and own.is_primary
    join suppressions s on s.address = own.address and s.lifted_at is null and (s.ends_at is null or s.ends_at > ${now})
  )`

export async function countSuppressed(
  db: DbOrTx,
  at: { round_id: number; now: Date },
): Promise<{ rows: SuppressedRow[]; people: number }> {
  const { rows } = await sql<SuppressedRow & { all_people: number }>`
    with ${STOPPED(at)}
    select key, reason, scope, count(distinct person_id) as people, (select count(*) from applied) as all_people
    from stopped group by grouping sets ((key, reason, scope), ())
    order by key is null, people desc, key`.execute(db)
  return { rows, people: rows[0]?.all_people ?? 0 }
}

/** @param wanted.row key of the reason, 'total' for any @param wanted.of_base all people of the round instead */
export function listBehindSuppressed(
  db: DbOrTx,
  wanted: { round_id: number; now: Date; row: string; of_base: boolean } & Page,
): Promise<Behind> {
  const { row, of_base } = wanted
  const who = of_base ? sql`applied` : sql`stopped where ${row === 'total' ? sql`true` : sql`key = ${row}`}`
  const own = sql`with ${STOPPED(wanted)} select person_id, null::bigint as contact_id from ${who}`
  return listBehind(db, own, wanted)
}

/** A domain that refuses us, with what of the round waits for it. */
export interface StopRow {
  domain: string
  /** Null: it is tried again by itself. */
  stopped_at: Date | null
  paused_until: Date | null
  words: string | null
  waiting: number
  people: number
}

const WAITING = (campaignIds: readonly number[]) => sql`
  select domain, person_id, contact_id, state in ('queued', 'deferred', 'held')
    -- what Mailchimp has does not wait for what a domain says to us
    and campaign_id not in (select id from campaigns where channel = 'mailchimp') as waits
  from (${FACTS({ campaign_ids: campaignIds, before: null })}) facts where domain is not null`

/** Only domains that email of these campaigns goes to. */
export async function listStops(db: DbOrTx, campaignIds: readonly number[], now: Date): Promise<StopRow[]> {
  const { rows } = await sql<StopRow>`
    select s.domain, min(s.stopped_at) as stopped_at, max(s.paused_until) as paused_until,
      (array_agg(s.words order by s.sender_id))[1] as words, max(mail.waiting) as waiting, max(mail.people) as people
    from domain_stops s
    join (
      select domain, count(*) filter (where waits) as waiting,
        count(distinct case when person_id is null then -contact_id else person_id end) filter (where waits) as people
      from (${WAITING(campaignIds)}) waiting group by domain
    ) mail on mail.domain = s.domain
    where s.stopped_at is not null or s.paused_until > ${now}
    group by s.domain order by waiting desc, s.domain collate "C"`.execute(db)
  return rows
}

export function listBehindStop(
  db: DbOrTx,
  wanted: { campaign_ids: readonly number[]; domain: string } & Page,
): Promise<Behind> {
  const own = sql`
    select person_id, contact_id from (${WAITING(wanted.campaign_ids)}) waiting where waits and domain = ${wanted.domain}`
  return listBehind(db, own, wanted)
}
