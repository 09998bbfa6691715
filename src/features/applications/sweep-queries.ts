import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Whether the form has brought an application to the round since. */
export async function hasNewApplications(
  db: DbOrTx,
  { round_id, since }: { round_id: number; since: Date },
): Promise<boolean> {
  const { rows } = await sql`
    select from application_drafts f
    where f.round_id = ${round_id} and f.application_id is not null and f.updated_at > ${since} limit 1`.execute(db)
  return rows.length > 0
}
