import { Conflict, NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { findImport, findImportForUpdate, recordUndone } from './queries.ts'
import { countObstacles, holdRound, type Undone, undoChanges } from './undo-queries.ts'
import { lockImports } from './write-queries.ts'

const UNDO_HOURS = 24

/**
 * Takes an import back: what it made is deleted, what it changed is as before. All or nothing.
 * @param now when given, only within a day after the import ended
 * @throws NotFound, Conflict `import_not_undoable` or `import_used`
 */
export async function undoImport(
  { db }: { db: Db },
  { id, now }: { id: number; now?: Date | undefined },
): Promise<Undone & { id: number }> {
  return db.transaction().execute(async (tx) => {
    await lockImports(tx)
    const row = await findImportForUpdate(tx, id)
    if (!row) throw new NotFound(`Import ${id}`)
    const reason = whyNotUndoable(row, now)
    if (reason) throw new Conflict('import_not_undoable', reason)
    await holdRound(tx, row.round_id)
    const { changed, used } = await countObstacles(tx, id, row.round_id)
    if (changed + used > 0) throw new Conflict('import_used', sayObstacles(changed, used))
    const undone = await undoChanges(tx, id)
    await recordUndone(tx, id)
    return { id, ...undone }
  })
}

/** Why an import cannot be taken back now; undefined when it can. Changes nothing. @throws NotFound */
export async function findUndoObstacle({ db }: { db: Db }, { id, now }: { id: number; now: Date }) {
  const row = await findImport(db, id)
  if (!row) throw new NotFound(`Import ${id}`)
  const reason = whyNotUndoable(row, now)
  if (reason) return reason
  const { changed, used } = await countObstacles(db, id, row.round_id)
  return changed + used > 0 ? sayObstacles(changed, used) : undefined
}

interface Ended {
  dry_run: boolean
  finished_at: Date | null
  undone_at: Date | null
}

function whyNotUndoable(row: Ended, now: Date | undefined): string | undefined {
  if (row.dry_run) return 'It was a dry run: there is nothing to undo.'
  if (!row.finished_at) return 'The import has not ended.'
  if (row.undone_at) return 'The import was undone already.'
  if (now && now.getTime() - row.finished_at.getTime() > UNDO_HOURS * 3_600_000)
    return `An import can be undone for ${UNDO_HOURS} hours, and these have passed.`
  return undefined
}

function sayObstacles(changed: number, used: number): string {
  const parts: string[] = []
  if (used > 0) parts.push(`${used} of its people ${used === 1 ? 'has' : 'have'} deliveries or partners`)
  if (changed > 0) parts.push(`${changed} of its rows ${changed === 1 ? 'was' : 'were'} changed`)
  return `The import can no longer be undone: ${parts.join(' and ')} since.`
}
