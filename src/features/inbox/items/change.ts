import { Conflict, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { findItemRow, type ItemRow, lockItem } from './item-queries.ts'

/** Who does something in the Inbox: a member of staff, or a program with a token. */
export interface Doer {
  staff_id: number | null
  /** For records, such as "staff 3" or "token 7". */
  name: string
}

/**
 * Changes an item in one transaction, its row locked. @param version what the page showed: when somebody has changed the
 * item since, nothing is done @throws NotFound, Conflict `inbox_changed` saying who decided what
 */
export async function changeItem<T>(
  db: Db,
  { id, version }: { id: number; version?: number | undefined },
  change: (tx: DbOrTx, item: ItemRow) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (tx) => {
    const locked = await lockItem(tx, id)
    const item = locked && (await findItemRow(tx, id))
    if (!item) throw new NotFound(`Inbox item ${id}`)
    if (version !== undefined && version !== item.version) throw new Conflict('inbox_changed', sayChanged(item))
    return change(tx, item)
  })
}

export function sayChanged({ state, decision, decided_by, decided_at, assigned_to }: ItemRow): string {
  if (state === 'done' && decision && decided_at) {
    const who = decided_by?.name ?? 'Somebody'
    return `${who} decided “${decision.replaceAll('_', ' ')}” at ${decided_at.toISOString().slice(11, 16)} UTC. Look at it again before you decide otherwise.`
  }
  const now = assigned_to ? ` It is with ${assigned_to.name} now.` : ''
  return `Somebody has changed this item since you opened it.${now} Look at it again.`
}
