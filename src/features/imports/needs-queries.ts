import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'

/** An upload that waits for a person. */
export interface ImportNeed {
  id: number
  round: string
  file_name: string | null
  /** checked: its dry run has ended and it may be imported; columns: nobody has named its columns yet. */
  step: 'checked' | 'columns'
  kept_until: Date
}

/** Uploads that are kept and wait for a decision; the one that will be forgotten first stands first. */
export async function listImportNeeds(db: Db, { now, limit }: { now: Date; limit: number }): Promise<ImportNeed[]> {
  const { rows } = await sql<ImportNeed>`
    select i.id, r.code as round, i.file_name, i.kept_until,
      case when i.finished_at is null then 'columns' else 'checked' end as step
    from imports i join rounds r on r.id = i.round_id
    where i.content is not null and i.kept_until > ${now} and i.dry_run
      and (i.finished_at is not null or i.job_id is null)
    order by i.kept_until, i.id limit ${limit}`.execute(db)
  return rows
}
