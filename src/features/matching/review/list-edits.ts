import type { Db } from '../../../platform/db/open.ts'
import { listEditRows } from './edit-queries.ts'

const MOST_EDITS = 200

/** What staff changed about the proposals of a run, in words, the newest first; the oldest of very many are left out. */
export function listEdits({ db }: { db: Db }, { id }: { id: number }) {
  return listEditRows(db, id, MOST_EDITS)
}
