import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'

/** The draft that was changed last and has a text: the one to test with. Undefined when there is none. */
export async function findDraftToTest(db: Db): Promise<{ id: number; subject: string } | undefined> {
  const { rows } = await sql<{ id: number; subject: string }>`
    select c.id, v.subject from campaigns c
    join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language
    where c.state = 'draft' and c.kind <> 'staff' and v.subject ~ '\\S' and v.body_markdown ~ '\\S'
    order by c.updated_at desc, c.id limit 1`.execute(db)
  return rows[0]
}
