import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

export async function isPrimary(db: DbOrTx, { person_id, address }: { person_id: number; address: string }) {
  const { rows } = await sql`
    select from addresses where person_id = ${person_id} and address = ${address} and is_primary`.execute(db)
  return rows.length > 0
}
