import type { Db } from '../../../platform/db/open.ts'

/** How far the reading of one message is, and what came of it. */
export function findReading(db: Db, id: number) {
  return db
    .selectFrom('incoming_messages')
    .select(['state', 'kind', 'outcome', 'guess'])
    .where('id', '=', id)
    .executeTakeFirst()
}
