import { sql } from 'kysely'
import type { Db } from '../../../platform/db/open.ts'

/** The draft with a text that is planned to go first, else the newest: the one to test with. Undefined when there is none. */
export async function findDraftToTest(db: Db): Promise<{ id: number; subject: string } | undefined> {
  const { rows } = await sql<{ id: number; subject: string }>`
    select c.id, v.subject from campaigns c
    join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language
    where c.state = 'draft' and c.kind <> 'staff' and v.subject ~ '\\S' and v.body_markdown ~ '\\S'
    order by c.planned_at nulls last, c.id desc limit 1`.execute(db)
  return rows[0]
}
