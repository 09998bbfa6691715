import type { Ring } from '../../jobs/catalog.ts'
import { CANCELLED, type LongWorkKinds, recordLongWork, ringLongWork } from '../../jobs/long-work.ts'
import { Conflict, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import { faultsAsCsv } from './faults.ts'
import {
  findFaults,
  findImport,
  findImportForUpdate,
  forgetContent,
  insertImport,
  recordImportJob,
  recordUndone,
} from './queries.ts'
import { type ImportResult, whyUnreadable } from './result.ts'
import { runImport } from './run.ts'
import { countObstacles, type Undone, undoChanges } from './undo-queries.ts'
import { lockImports } from './write-queries.ts'

export interface Upload {
  /** Code of the round. */
  code: string
  content: Buffer
  file_name?: string | undefined
  /** Field → column title or number, or a list of these. Without it: the one kept for this header, else guessed. */
  mapping?: Record<string, unknown> | undefined
  dry_run?: boolean | undefined
}

const KIND = 'import'

/** Keeps the upload and rings for its import. @throws NotFound */
export async function startImport(
  deps: { db: Db; ring: Ring },
  upload: Upload,
): Promise<{ import_id: number; job_id: number }> {
  const values = await newImport(deps, upload)
  const ids = await deps.db.transaction().execute(async (tx) => {
    const import_id = await insertImport(tx, values)
    const job_id = await recordLongWork(tx, KIND, { import_id })
    await recordImportJob(tx, import_id, job_id)
    return { import_id, job_id }
  })
  await ringLongWork(deps, ids.job_id)
  return ids
}

/** Imports here and now, without a job. @throws NotFound, InvalidInput when the file cannot be read at all */
export async function importApplications(
  deps: { db: Db },
  {
    progress = () => undefined,
    signal,
    ...upload
  }: Upload & {
    progress?: ((done: number, total: number) => void) | undefined
    signal?: AbortSignal | undefined
  },
): Promise<ImportResult & { import_id: number }> {
  const import_id = await insertImport(deps.db, await newImport(deps, upload))
  const result = await runImport(deps, { import_id, progress, signal })
  if (whyUnreadable(result)) {
    throw new InvalidInput(
      result.faulty.map(({ line, field, message }) => ({ field, message: `Line ${line}: ${message}` })),
      'unreadable_file',
    )
  }
  return { import_id, ...result }
}

async function newImport(deps: { db: Db }, { code, content, file_name, mapping, dry_run }: Upload) {
  const round = await getRoundRow(deps, { code })
  return {
    round_id: round.id,
    job_id: null,
    file_name: file_name ?? null,
    content,
    mapping: mapping ?? null,
    dry_run: dry_run ?? false,
  }
}

/** The kind of long work that this feature adds. */
export function importWork(deps: { db: Db }): LongWorkKinds {
  return {
    [KIND]: async ({ input, progress, signal }) => {
      const import_id = Number(input.import_id)
      try {
        const result = await runImport(deps, { import_id, progress, signal })
        const error = whyUnreadable(result)
        return error ? { state: 'failed', error, result } : { state: 'done', result }
      } catch (error) {
        if (signal.reason === CANCELLED) await forgetContent(deps.db, import_id)
        throw error
      }
    },
  }
}

/** @throws NotFound */
export async function getImport({ db }: { db: Db }, { id }: { id: number }) {
  const row = await findImport(db, id)
  if (!row) throw new NotFound(`Import ${id}`)
  return row
}

/** Every fault of an import as CSV. @throws NotFound */
export async function getFaultsCsv({ db }: { db: Db }, { id }: { id: number }): Promise<string> {
  const faults = await findFaults(db, id)
  if (!faults) throw new NotFound(`Import ${id}`)
  return faultsAsCsv(faults)
}

/**
 * Takes an import back: what it made is deleted, what it changed is as before. All or nothing.
 * @throws NotFound, Conflict `import_not_undoable` or `import_used`
 */
export async function undoImport({ db }: { db: Db }, { id }: { id: number }): Promise<Undone & { id: number }> {
  return db.transaction().execute(async (tx) => {
    await lockImports(tx)
    const row = await findImportForUpdate(tx, id)
    if (!row) throw new NotFound(`Import ${id}`)
    const reason = whyNotUndoable(row)
    if (reason) throw new Conflict('import_not_undoable', reason)
    const { changed, used } = await countObstacles(tx, id, row.round_id)
    if (changed + used > 0) throw new Conflict('import_used', sayObstacles(changed, used))
    const undone = await undoChanges(tx, id)
    await recordUndone(tx, id)
    return { id, ...undone }
  })
}

function whyNotUndoable(row: { dry_run: boolean; finished_at: Date | null; undone_at: Date | null }) {
  if (row.dry_run) return 'It was a dry run: there is nothing to undo.'
  if (!row.finished_at) return 'The import has not ended.'
  if (row.undone_at) return 'The import was undone already.'
  return undefined
}

function sayObstacles(changed: number, used: number): string {
  const parts: string[] = []
  if (used > 0) parts.push(`${used} of its people ${used === 1 ? 'has' : 'have'} deliveries or partners`)
  if (changed > 0) parts.push(`${changed} of its rows ${changed === 1 ? 'was' : 'were'} changed`)
  return `The import can no longer be undone: ${parts.join(' and ')} since.`
}
