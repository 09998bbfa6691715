import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import type { Timetable } from './rules.ts'

export interface RoundRow extends Timetable {
  id: number
  code: string
  name: string
  country_cap_percent: number
  created_at: Date
}

export type RoundValues = Pick<RoundRow, 'code' | 'name' | 'country_cap_percent'> & Timetable

/** Undefined when the code is taken. */
export function insertRound(db: DbOrTx, values: RoundValues): Promise<RoundRow | undefined> {
  return db
    .insertInto('rounds')
    .values(values)
    .onConflict((conflict) => conflict.constraint('rounds_code_key').doNothing())
    .returningAll()
    .executeTakeFirst()
}

export function findRound(db: DbOrTx, code: string): Promise<RoundRow | undefined> {
  return db.selectFrom('rounds').selectAll().where('code', '=', code).executeTakeFirst()
}

/** The row, locked: two changes of one timetable must not pass each other's check. */
export function findRoundForUpdate(tx: DbOrTx, code: string): Promise<RoundRow | undefined> {
  return tx.selectFrom('rounds').selectAll().where('code', '=', code).forUpdate().executeTakeFirst()
}

export function listRoundRows(db: DbOrTx): Promise<RoundRow[]> {
  return db.selectFrom('rounds').selectAll().orderBy(sql`starts_on desc nulls first`).orderBy('id', 'desc').execute()
}

export function updateRoundRow(tx: DbOrTx, id: number, values: Omit<RoundValues, 'code'>): Promise<RoundRow> {
  return tx.updateTable('rounds').set(values).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

/** How many people a round with this end would lose to its retention by today; 0 when it is due already, or never. */
export async function countDueWithEnd(
  tx: DbOrTx,
  { id, ends_on, today }: { id: number; ends_on: string; today: string },
): Promise<number> {
  const due = (end: RawBuilder<unknown>) =>
    sql`coalesce((${end} + make_interval(months => coalesce(r.retention_months, p.retention_months)))::date <= ${today}, false)`
  const { rows } = await sql<{ people: number }>`
    select count(*) as people from rounds r cross join programme p
    join applications a on a.round_id = r.id join people o on o.id = a.person_id and o.erased_at is null
    where r.id = ${id} and r.anonymised_at is null and ${due(sql`${ends_on}::date`)} and not ${due(sql`r.ends_on`)}`.execute(
    tx,
  )
  return rows[0]?.people ?? 0
}

/** Applications by state, and how many did not agree to the code of conduct. */
export function countApplications(db: DbOrTx, roundIds: number[]) {
  return db
    .selectFrom('applications')
    .select(['round_id', 'state'])
    .select((is) => [
      is.fn.countAll<number>().as('applicants'),
      sql<number>`count(*) filter (where not code_of_conduct_agreed)`.as('refused_conduct'),
    ])
    .where('round_id', 'in', roundIds)
    .groupBy(['round_id', 'state'])
    .execute()
}

export function countByCountry(db: DbOrTx, roundIds: number[]) {
  return db
    .selectFrom('applications')
    .select(['round_id', 'country_code'])
    .select((is) => is.fn.countAll<number>().as('applicants'))
    .where('round_id', 'in', roundIds)
    .groupBy(['round_id', 'country_code'])
    .execute()
}
