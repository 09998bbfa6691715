import type { Ring } from '../../jobs/catalog.ts'
import { recordLongWork, ringLongWork } from '../../jobs/long-work.ts'
import type { Clock } from '../../lib/clock.ts'
import { Conflict, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import { UnreadableFile } from './faults.ts'
import {
  findKept,
  findKeptForUpdate,
  findKeptMapping,
  forgetExpired,
  insertKept,
  listImportRows,
  listImportsOfPersonRows,
  restartKept,
} from './kept-queries.ts'
import { guessColumns, type Mapping, mappingOfChoice } from './mapping.ts'
import { type FileTop, readTop } from './read-file.ts'
import { KIND } from './service.ts'

/**
 * An upload on its way through the console: kept, its columns named, tried in a dry run, imported, undone. The file is
 * uploaded once and forgotten when the import has ended, or after a day.
 */
type ImportStep =
  | 'columns'
  | 'checking'
  | 'checked'
  /** The dry run could not read the file. */
  | 'unreadable'
  | 'importing'
  | 'imported'
  | 'undone'
  /** The work failed or was cancelled. */
  | 'stopped'
  /** Nobody imported it in time. */
  | 'forgotten'

interface StepOf {
  job_id: number | null
  job_state: string | null
  dry_run: boolean
  has_file: boolean
  finished_at: Date | null
  undone_at: Date | null
  rows: number
}

function stepOf(row: StepOf): ImportStep {
  if (row.undone_at) return 'undone'
  if (row.finished_at && row.rows === 0) return 'unreadable'
  if (row.finished_at) return row.dry_run ? 'checked' : 'imported'
  if (row.job_state === 'failed' || row.job_state === 'cancelled') return 'stopped'
  if (!row.has_file) return 'forgotten'
  if (row.job_id === null) return 'columns'
  return row.dry_run ? 'checking' : 'importing'
}

type KeptRow = NonNullable<Awaited<ReturnType<typeof findKept>>>
export type KeptImport = KeptRow & { step: ImportStep }

interface Deps {
  db: Db
  clock: Clock
}

const DAY = 86_400_000
const keptUntil = ({ clock }: { clock: Clock }) => new Date(clock.now().getTime() + DAY)

/** Keeps a file whose top can be read. Returns the import's id. @throws NotFound, InvalidInput for `file` */
export async function keepUpload(
  deps: Deps,
  { code, content, file_name }: { code: string; content: Buffer; file_name?: string | undefined },
): Promise<number> {
  const round = await getRoundRow(deps, { code })
  const header = await readTopOrRefuse(content)
  const kept = { round_id: round.id, file_name: file_name ?? null, content, header, kept_until: keptUntil(deps) }
  return insertKept(deps.db, kept)
}

async function readTopOrRefuse(content: Buffer): Promise<FileTop> {
  try {
    return await readTop(content)
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    const { line, message } = error.fault
    throw new InvalidInput([{ field: 'file', message: line === 1 ? message : `Line ${line}: ${message}` }])
  }
}

/** @throws NotFound */
export async function getKeptImport({ db }: { db: Db }, { id }: { id: number }): Promise<KeptImport> {
  const row = await findKept(db, id)
  if (!row) throw new NotFound(`Import ${id}`)
  return { ...row, step: stepOf({ ...row, rows: row.result?.rows ?? 0 }) }
}

/** The columns to begin with: those chosen for this file, else those of the last such file, else guessed. */
export async function suggestColumns(
  { db }: { db: Db },
  row: Pick<KeptImport, 'mapping' | 'header'>,
): Promise<Mapping> {
  if (row.mapping) return row.mapping
  if (!row.header) return {}
  return (await findKeptMapping(db, row.header.hash)) ?? guessColumns(row.header)
}

interface Started {
  job_id: number
}

/**
 * Names the columns and starts the dry run, again when there was one. @param choice field → number of its column
 * @throws NotFound, InvalidInput by field, Conflict `import_busy`, `import_ended` or `import_forgotten`
 */
export async function startDryRun(
  deps: Deps & { ring: Ring },
  { id, choice }: { id: number; choice: Record<string, number> },
): Promise<Started> {
  const job_id = await deps.db.transaction().execute(async (tx) => {
    const row = await findKeptForUpdate(tx, id)
    if (!row) throw new NotFound(`Import ${id}`)
    if (!row.dry_run) throw new Conflict('import_ended', 'This file has been imported already. Upload a new one.')
    if (!row.has_file || !row.header) throw forgotten()
    if (isLive(row.job_state)) throw new Conflict('import_busy', 'The file is being checked at this moment.')
    const mapping = mappingOfChoice(choice, row.header)
    const job_id = await recordLongWork(tx, KIND, { import_id: id })
    await restartKept(tx, id, { job_id, dry_run: true, mapping, kept_until: keptUntil(deps) })
    return job_id
  })
  await ringLongWork(deps, job_id)
  return { job_id }
}

/**
 * Imports what the dry run has shown. Asked twice, it starts once; after an import that failed it starts again.
 * @param seen the job of the dry run that the person has seen @throws NotFound, Conflict
 */
export async function startKeptImport(
  deps: Deps & { ring: Ring },
  { id, seen }: { id: number; seen: number },
): Promise<void> {
  const job_id = await deps.db.transaction().execute(async (tx) => {
    const row = await findKeptForUpdate(tx, id)
    if (!row) throw new NotFound(`Import ${id}`)
    if (!row.dry_run && (row.finished_at || isLive(row.job_state))) return undefined
    if (!row.has_file) throw forgotten()
    if (row.dry_run) {
      if (!row.finished_at) throw new Conflict('import_not_checked', 'The dry run has not come to its end.')
      if (row.job_id !== seen)
        throw new Conflict('import_changed', 'The file was checked again with other columns. Look at the new result.')
      if (!row.result?.rows) throw new Conflict('import_unreadable', 'The file could not be read.')
    }
    const job_id = await recordLongWork(tx, KIND, { import_id: id })
    await restartKept(tx, id, { job_id, dry_run: false, kept_until: keptUntil(deps) })
    return job_id
  })
  if (job_id !== undefined) await ringLongWork(deps, job_id)
}

const isLive = (state: string | null) => state === 'waiting' || state === 'running'
const forgotten = () =>
  new Conflict('import_forgotten', 'The file was kept for a day and has been forgotten since. Upload it again.')

/** The handler of 'sweep-imports': files that waited for a day are forgotten. Returns how many. */
export function forgetKeptUploads({ db, clock }: Deps): Promise<number> {
  return forgetExpired(db, clock.now())
}

const PAGE = 50

/** Imports of a round, the newest first. */
export async function listImports({ db }: { db: Db }, wanted: { round_id: number; before?: number | undefined }) {
  const rows = await listImportRows(db, { round_id: wanted.round_id, before: wanted.before, limit: PAGE + 1 })
  const items = rows.slice(0, PAGE).map((row) => ({ ...row, step: stepOf(row) }))
  return { items, next: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null }
}

/** Imports that made or changed a person or their applications, the newest 50. */
export function listImportsOfPerson({ db }: { db: Db }, { person_id }: { person_id: number }) {
  return listImportsOfPersonRows(db, person_id, PAGE)
}
