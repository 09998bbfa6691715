import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Hierarchy } from '../scores/index.ts'
import type { Mode, OddOne, Policy } from './choices.ts'

/** What a round's directors have chosen. */
export interface SettingsValues {
  hierarchy: Hierarchy
  policy: Policy
  mode: Mode
  /** Of groups; without meaning in the other modes. */
  group_size: number
  odd_one: OddOne
}

export interface SettingsRow extends SettingsValues {
  version: number
  updated_by: string | null
  updated_at: Date
}

export async function findSettings(db: DbOrTx, roundId: number): Promise<SettingsRow | undefined> {
  const row = await db
    .selectFrom('matching_settings')
    .select(['hierarchy', 'policy', 'mode', 'group_size', 'odd_one', 'version', 'updated_by', 'updated_at'])
    .where('round_id', '=', roundId)
    .executeTakeFirst()
  return row as SettingsRow | undefined
}

/** Writes them over version `seen`, or as the first when that is 0. False when somebody else has saved meanwhile. */
export async function writeSettings(
  db: DbOrTx,
  roundId: number,
  { seen, values, by }: { seen: number; values: SettingsValues; by: string },
): Promise<boolean> {
  const columns = {
    ...values,
    hierarchy: JSON.stringify(values.hierarchy),
    updated_by: by,
    updated_at: sql<Date>`clock_timestamp()`,
  }
  if (seen === 0) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('matching_settings')
      .values({ round_id: roundId, ...columns })
      .onConflict((conflict) => conflict.column('round_id').doNothing())
      .executeTakeFirst()
    return (numInsertedOrUpdatedRows ?? 0n) > 0n
  }
  const { numUpdatedRows } = await db
    .updateTable('matching_settings')
    .set({ ...columns, version: seen + 1 })
    .where('round_id', '=', roundId)
    .where('version', '=', seen)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Names of answers in the forms of a round, as the application form or an import has brought them. */
export async function listFormAnswers(db: DbOrTx, roundId: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct key as name from applications cross join jsonb_object_keys(answers) key
    where round_id = ${roundId} order by 1`.execute(db)
  return rows.map(({ name }) => name)
}
