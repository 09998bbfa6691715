import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** A field that was changed on both sides since they last agreed, and which side was kept. */
export interface NewClash {
  field: string
  agreed: string
  ours: string
  theirs: string
  ours_at: Date
  theirs_at: Date
  kept: 'ours' | 'theirs'
}

/** The same clash, met again before what came of it was noted, is one row. */
export async function insertClashes(
  tx: DbOrTx,
  { person_id, clashes, at }: { person_id: number; clashes: readonly NewClash[]; at: Date },
): Promise<void> {
  for (const clash of clashes) {
    const { field, agreed, ours, theirs, ours_at, theirs_at, kept } = clash
    await sql`
      insert into mailchimp_clashes (person_id, field, agreed, ours, theirs, ours_at, theirs_at, kept, at)
      select ${person_id}, ${field}, ${agreed}, ${ours}, ${theirs}, ${ours_at}, ${theirs_at}, ${kept}, ${at}
      where not exists (
        select from mailchimp_clashes where person_id = ${person_id} and field = ${field} and agreed = ${agreed}
          and ours = ${ours} and theirs = ${theirs} and theirs_at = ${theirs_at})`.execute(tx)
  }
}

export interface ClashRow extends NewClash {
  id: number
  person_id: number
  given_name: string
  family_name: string
  /** 'rule', or who decided otherwise, such as "staff 3". */
  kept_by: string
  at: Date
  /** When somebody decided about it; null: nobody has. */
  seen_at: Date | null
}

const COLUMNS = sql`c.id, c.person_id, c.field, c.agreed, c.ours, c.theirs, c.ours_at, c.theirs_at, c.kept, c.kept_by, c.at,
  c.seen_at, p.given_name, p.family_name`

/** The newest first. */
export async function listClashRows(
  db: DbOrTx,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<ClashRow[]> {
  const { rows } = await sql<ClashRow>`
    select ${COLUMNS} from mailchimp_clashes c join people p on p.id = c.person_id
    where c.id < ${before ?? Number.MAX_SAFE_INTEGER} order by c.id desc limit ${limit}`.execute(db)
  return rows
}

export async function findClash(db: DbOrTx, id: number): Promise<ClashRow | undefined> {
  const { rows } = await sql<ClashRow>`
    select ${COLUMNS} from mailchimp_clashes c join people p on p.id = c.person_id where c.id = ${id}`.execute(db)
  return rows[0]
}

/** Whether the same field of the person clashed again since. */
export async function hasLaterClash(
  db: DbOrTx,
  { id, person_id, field }: { id: number; person_id: number; field: string },
): Promise<boolean> {
  const { rows } = await sql`
    select from mailchimp_clashes where person_id = ${person_id} and field = ${field} and id > ${id} limit 1`.execute(
    db,
  )
  return rows.length > 0
}

export async function recordKept(
  tx: DbOrTx,
  { id, side, by, now }: { id: number; side: 'ours' | 'theirs'; by: string; now: Date },
): Promise<void> {
  await sql`update mailchimp_clashes set kept = ${side}, kept_by = ${by}, seen_at = ${now} where id = ${id}`.execute(tx)
}
