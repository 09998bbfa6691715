import { Conflict, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { listOverCap } from '../rounds/index.ts'
import { UnreadableFile } from './faults.ts'
import { guessMapping, type Header, resolveMapping } from './mapping.ts'
import { findImportForUpdate, findImportToRun, findMapping, recordImportEnd, recordMapping } from './queries.ts'
import { type ReadFile, readFile } from './read-file.ts'
import { type ImportResult, shownOf, unreadableResult } from './result.ts'
import {
  analyzeImported,
  countCountriesAfter,
  countFates,
  createFormsTable,
  decideFates,
  insertApplications,
  insertForms,
  insertPeople,
  lockImports,
  resolvePeople,
  updateApplications,
  updatePeople,
} from './write-queries.ts'

export interface RunningImport {
  import_id: number
  /** The job that runs it; absent when it is run here and now. */
  job_id?: number | undefined
  progress(done: number, total: number): void
  signal?: AbortSignal | undefined
}

const FORMS_A_STATEMENT = 1000

/**
 * Reads the upload and writes all of it in one transaction that also ends the import, so that a run that died is as
 * good as none, and a second run of an import that ended gives the result of the first. @throws NotFound
 */
export async function runImport({ db }: { db: Db }, running: RunningImport): Promise<ImportResult> {
  const { import_id, job_id, progress, signal } = running
  const row = await findImportToRun(db, import_id)
  if (!row) throw new NotFound(`Import ${import_id}`)
  if (job_id !== undefined && row.job_id !== job_id) throw begunAnew()
  if (row.finished_at) return row.result as unknown as ImportResult
  if (!row.content) throw new NotFound(`The content of import ${import_id}`)

  const given = row.mapping as Record<string, unknown> | null
  const chooseMapping = async (header: Header) =>
    given ? resolveMapping(given, header) : ((await findMapping(db, header.hash)) ?? guessMapping(header))
  let file: ReadFile
  try {
    const onRead = (line: number, lines: number) => progress(line, lines * 2)
    file = await readFile({ content: row.content, chooseMapping, progress: onRead, signal })
  } catch (error) {
    const result = unreadableResult(faultsOf(error), row.dry_run)
    await recordImportEnd(db, import_id, { result, faults: result.faulty })
    return result
  }
  const result = await db.transaction().execute(async (tx) => {
    const before = await findImportForUpdate(tx, import_id)
    // What was a dry run when this worker read it may be an import by now.
    if (before?.job_id !== row.job_id) throw begunAnew()
    if (before?.finished_at) return before.result as unknown as ImportResult
    return writeImport(tx, { file, row, running, keepMapping: given !== null })
  })
  if (!row.dry_run) await analyzeImported(db)
  progress(file.lines * 2, file.lines * 2)
  return result
}

const begunAnew = () => new Conflict('import_begun_anew', 'The import was begun anew by another job.')

function faultsOf(error: unknown) {
  if (error instanceof UnreadableFile) return [error.fault]
  if (error instanceof InvalidInput) return error.faults.map((fault) => ({ line: 1, ...fault }))
  throw error
}

interface Writing {
  file: ReadFile
  row: { round_id: number; dry_run: boolean; country_cap_percent: number }
  running: RunningImport
  keepMapping: boolean
}

async function writeImport(tx: DbOrTx, { file, row, running, keepMapping }: Writing): Promise<ImportResult> {
  const { import_id, progress, signal } = running
  await lockImports(tx)
  await createFormsTable(tx)
  for (let at = 0; at < file.forms.length; at += FORMS_A_STATEMENT) {
    signal?.throwIfAborted()
    await insertForms(tx, file.forms.slice(at, at + FORMS_A_STATEMENT))
    progress(file.lines * (1 + at / file.forms.length), file.lines * 2)
  }
  await resolvePeople(tx)
  await decideFates(tx, row.round_id)
  const result = await resultOf(tx, file, row)
  signal?.throwIfAborted()
  if (!row.dry_run) {
    await insertPeople(tx, import_id)
    await updatePeople(tx, import_id)
    await insertApplications(tx, import_id, row.round_id)
    await updateApplications(tx, import_id)
    if (keepMapping) await recordMapping(tx, file.header.hash, file.mapping)
  }
  await recordImportEnd(tx, import_id, { result, faults: file.faults })
  return result
}

async function resultOf(tx: DbOrTx, file: ReadFile, row: Writing['row']): Promise<ImportResult> {
  const fates = await countFates(tx)
  const count = (fate: string) => fates.find((found) => found.fate === fate)?.forms ?? 0
  const applicants = fates.reduce((sum, { forms }) => sum + forms, 0)
  const faultyRows = new Set(file.faults.map(({ line }) => line)).size
  return {
    dry_run: row.dry_run,
    rows: file.rows,
    applicants,
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged') + count('older'),
    resubmitted: file.rows - faultyRows - applicants,
    refused_conduct: fates.reduce((sum, { refused }) => sum + refused, 0),
    faulty_count: file.faults.length,
    faulty: shownOf(file.faults),
    cleaned: shownOf(file.cleaned),
    notes: file.notes,
    by_country_over_cap: listOverCap(await countCountriesAfter(tx, row.round_id), row.country_cap_percent),
    mapping: file.mapping,
  }
}
