import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** Who wrote the texts of a version last; null when nobody knows. */
export async function findWriter(db: DbOrTx, campaignId: number, version: number): Promise<string | null> {
  const { rows } = await sql<{ written_by: string | null }>`
    select written_by from campaign_variants where campaign_id = ${campaignId} and version = ${version}
    order by created_at desc limit 1`.execute(db)
  return rows[0]?.written_by ?? null
}

export async function recordApproval(
  tx: DbOrTx,
  input: { id: number; version: number; staff_id: number | null; now: Date },
): Promise<void> {
  await tx
    .updateTable('campaigns')
    .set({ approved_version: input.version, approved_by: input.staff_id, updated_at: input.now })
    .where('id', '=', input.id)
    .execute()
}

/** Whether many recipients need a second person's word, and whose word there is. */
export async function findApproval(
  db: DbOrTx,
  campaignId: number,
): Promise<{ over: number | null; approved_version: number | null; approved_by: string | null } | undefined> {
  const { rows } = await sql<{ over: number | null; approved_version: number | null; approved_by: string | null }>`
    select (select second_person_over from programme) as over, c.approved_version, s.name as approved_by
    from campaigns c left join staff s on s.id = c.approved_by where c.id = ${campaignId}`.execute(db)
  return rows[0]
}
