import { sql } from 'kysely'
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
