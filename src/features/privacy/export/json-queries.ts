import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

export type ExportedRow = Record<string, unknown>

/** The rows of a select as JSON: times in ISO 8601, columns by their names. */
export async function readRows(db: DbOrTx, select: ReturnType<typeof sql>): Promise<ExportedRow[]> {
  const { rows } = await sql<{ rows: ExportedRow[] }>`
    select coalesce(jsonb_agg(to_jsonb(one)), '[]') as rows from (${select}) one`.execute(db)
  return rows[0]?.rows ?? []
}
