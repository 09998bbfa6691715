import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { FACTS, type FactsWanted, wasBefore } from '../engagement/facts-queries.ts'
import { type Behind, listBehind, type Page } from '../engagement/people-queries.ts'

export const FAILED = ['skipped', 'rejected', 'bounced'] as const
export type Failed = (typeof FAILED)[number]

/** Emails that did not reach their reader, for one reason. */
export interface ReasonRow {
  /** Such as `skipped:unsubscribed:`, `rejected::5.1.1`, `bounced:hard:5.1.1`. */
  key: string
  failed: Failed
  /** Why it was skipped, or the class of the bounce; '' when there is none. */
  reason: string
  /** The enhanced status (RFC 3463), or the reply code where there was none; ''. */
  status: string
  emails: number
  people: number
  /** The words of the first of them, with the address that they are about. */
  words: string | null
  address: string | null
}

/**
 * `failures`: a row for each email that was skipped, rejected or came back, with its reason. Of several bounces of one
 * email the one counts that says that the address does not exist, else the first. When somebody was skipped is not
 * kept: of a past day they are left out.
 */
const FAILURES = (wanted: FactsWanted) => sql`
  facts as materialized (
    select id, person_id, contact_id, case when person_id is null then -contact_id else person_id end as reader,
      state, skipped_reason, attempt_id, accepted, rejected, bounced
    from (${FACTS(wanted)}) all_facts
    where state = 'skipped' or rejected or bounced
  ), failures as (
    select id, person_id, contact_id, reader, 'skipped' as failed, skipped_reason as reason, '' as status,
      null as words, null as address
    from facts where state = 'skipped' and ${wanted.before === null}
    union all
    select f.id, f.person_id, f.contact_id, f.reader, 'rejected', '', coalesce(t.enhanced_code, t.code::text, ''), t.words, t.address
    from facts f left join attempts t on t.id = f.attempt_id where f.rejected
    union all
    select f.id, f.person_id, f.contact_id, f.reader, 'bounced', coalesce(b.class, ''), coalesce(b.status, ''), b.words, b.address
    from facts f
    join lateral (
      select e.* from (
        select e.*, row_number() over (partition by e.incoming_id order by e.id) as place
        from delivery_events e where e.delivery_id = f.id and e.kind = 'bounce' and ${wasBefore(sql`e.at`, wanted.before)}
      ) e
      where e.place = 1 order by e.class is distinct from 'hard', e.id limit 1
    ) b on true
    where f.bounced
  ), reasons as (
    select *, failed || ':' || reason || ':' || status as key from failures
  )`

/** Reasons of one kind together, the most frequent first. */
export async function listReasons(db: DbOrTx, wanted: FactsWanted): Promise<ReasonRow[]> {
  const { rows } = await sql<ReasonRow>`
    with ${FAILURES(wanted)},
    counted as (
      select key, failed, reason, status, count(*) as emails, count(distinct reader) as people,
        min(id) filter (where words <> '') as example
      from reasons group by key, failed, reason, status
    )
    select c.key, c.failed, c.reason, c.status, c.emails, c.people, r.words, r.address
    from counted c left join reasons r on r.id = c.example and r.key = c.key
    order by array_position(${FAILED}::text[], c.failed), c.emails desc, c.key collate "C"`.execute(db)
  return rows
}

/** What a kind of failure is a part of; the tests of the report's bases. */
const BASES: Record<Failed, RawBuilder<boolean>> = {
  skipped: sql`true`,
  rejected: sql`state <> 'skipped'`,
  bounced: sql`accepted`,
}

/** The people behind a reason, or behind what it is a part of. @param wanted.row key of the reason */
export function listBehindReason(
  db: DbOrTx,
  wanted: FactsWanted & Page & { row: string; of_base: boolean },
): Promise<Behind> {
  const { row, of_base } = wanted
  const failed = FAILED.find((one) => row.startsWith(`${one}:`))
  const base = sql`select person_id, contact_id from (${FACTS(wanted)}) facts where ${failed ? BASES[failed] : sql`false`}`
  const own = sql`with ${FAILURES(wanted)} select person_id, contact_id from reasons where key = ${row}`
  return listBehind(db, of_base ? base : own, wanted)
}
