import type { Ring } from '../../jobs/catalog.ts'
import { CANCELLED, type LongWorkKinds, recordLongWork, ringLongWork } from '../../jobs/long-work.ts'
import { InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import { faultsAsCsv } from './faults.ts'
import { findFaults, findImport, forgetContent, insertImport, recordImportJob } from './queries.ts'
import { type ImportResult, whyUnreadable } from './result.ts'
import { runImport } from './run.ts'

export interface Upload {
  /** Code of the round. */
  code: string
  content: Buffer
  file_name?: string | undefined
  /** Field → column title or number, or a list of these. Without it: the one kept for this header, else guessed. */
  mapping?: Record<string, unknown> | undefined
  dry_run?: boolean | undefined
}

export const KIND = 'import'

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
    [KIND]: async ({ job_id, input, progress, signal }) => {
      const import_id = Number(input.import_id)
      try {
        const result = await runImport(deps, { import_id, job_id, progress, signal })
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
  const { round_id: _, ...found } = row
  return found
}

/** Every fault of an import as CSV. @throws NotFound */
export async function getFaultsCsv({ db }: { db: Db }, { id }: { id: number }): Promise<string> {
  const faults = await findFaults(db, id)
  if (!faults) throw new NotFound(`Import ${id}`)
  return faultsAsCsv(faults)
}
