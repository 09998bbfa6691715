import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** Months after a round's end at which it is made anonymous; null: never. Locked when `lock`. */
export async function readMonths(db: DbOrTx, { lock = false } = {}): Promise<number | null> {
  const { rows } = await sql<{ months: number | null }>`
    select retention_months as months from programme ${lock ? sql`for update` : sql``}`.execute(db)
  return rows[0]?.months ?? null
}

export async function recordMonths(tx: DbOrTx, months: number | null): Promise<void> {
  await tx.updateTable('programme').set({ retention_months: months }).execute()
}

/** False when there is no such round. */
export async function recordRoundMonths(tx: DbOrTx, code: string, months: number | null): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('rounds')
    .set({ retention_months: months })
    .where('code', '=', code)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** When each round is due, with its months or else the programme's; null for one that stays or has no end yet. */
const DUE = sql`
  select r.id, r.code, r.name, r.ends_on, r.retention_months, r.anonymised_at,
    (r.ends_on + make_interval(months => coalesce(r.retention_months, p.retention_months)))::date as due_on
  from rounds r cross join programme p`

export interface RetainedRound {
  id: number
  code: string
  name: string
  ends_on: string | null
  /** Its own; null: as the programme's. */
  retention_months: number | null
  anonymised_at: Date | null
  /** `YYYY-MM-DD` */
  due_on: string | null
  /** Who are not erased yet. */
  people: number
  /** Of these, who take part in no round that stays longer: they are erased with it. */
  last_here: number
  /** Who took part and are erased. */
  erased: number
}

/** Every round, the one that is due first at the top; those that are never due at the end. */
export async function listRetainedRounds(db: DbOrTx): Promise<RetainedRound[]> {
  const { rows } = await sql<RetainedRound>`
    with due as (${DUE}), lasting as (
      -- the day from which nothing of a person is needed any more: infinity while a round of theirs stays
      select a.person_id, p.erased_at is not null as is_erased,
        max(case when due.anonymised_at is not null then '-infinity'::date else coalesce(due.due_on, 'infinity'::date) end) as until
      from applications a join due on due.id = a.round_id join people p on p.id = a.person_id group by 1, 2
    )
    select due.*, count(l.person_id) filter (where not l.is_erased) as people,
      count(l.person_id) filter (where not l.is_erased and l.until <= due.due_on) as last_here,
      count(l.person_id) filter (where l.is_erased) as erased
    from due left join applications a on a.round_id = due.id left join lasting l on l.person_id = a.person_id
    group by due.id, due.code, due.name, due.ends_on, due.retention_months, due.anonymised_at, due.due_on
    order by due.due_on nulls last, due.id`.execute(db)
  return rows
}

/** Rounds whose day has come, the oldest first. @param today `YYYY-MM-DD` */
export async function listDueRounds(db: DbOrTx, today: string): Promise<{ id: number; code: string }[]> {
  const { rows } = await sql<{ id: number; code: string }>`
    with due as (${DUE})
    select id, code from due where anonymised_at is null and due_on <= ${today} order by due_on, id`.execute(db)
  return rows
}

/** People of a round of whom nothing is needed any more: every round of theirs is due or was made anonymous. By id. */
export async function listForgettable(
  db: DbOrTx,
  { round_id, today, after, limit }: { round_id: number; today: string; after: number; limit: number },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with staying as (
      select id from (${DUE}) due where anonymised_at is null and (due_on is null or due_on > ${today})
    )
    select p.id from applications a join people p on p.id = a.person_id
    where a.round_id = ${round_id} and p.erased_at is null and p.id > ${after}
      and not exists (
        select from applications other where other.person_id = p.id and other.round_id in (select id from staying))
    order by p.id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

export async function recordAnonymised(tx: DbOrTx, roundId: number, now: Date): Promise<void> {
  await sql`update rounds set anonymised_at = ${now} where id = ${roundId} and anonymised_at is null`.execute(tx)
}

/** How many people were erased because they asked. */
export async function countAsked(db: DbOrTx): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from erasures where reason = 'asked'`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}
