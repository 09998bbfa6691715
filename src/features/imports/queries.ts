import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import type { RowFault } from './faults.ts'
import type { Mapping } from './mapping.ts'
import type { ImportResult } from './result.ts'

/** Rows of the table imports and the mappings kept; write-queries.ts has the statements that change people. */

export interface NewImport {
  round_id: number
  job_id: number | null
  file_name: string | null
  content: Buffer
  mapping: Record<string, unknown> | null
  dry_run: boolean
}

export async function insertImport(db: DbOrTx, values: NewImport): Promise<number> {
  const { id } = await db
    .insertInto('imports')
    .values({ ...values, mapping: values.mapping && JSON.stringify(values.mapping) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function recordImportJob(tx: DbOrTx, id: number, job_id: number): Promise<void> {
  await tx.updateTable('imports').set({ job_id }).where('id', '=', id).execute()
}

export function findImport(db: Db, id: number) {
  return db
    .selectFrom('imports')
    .innerJoin('rounds', 'rounds.id', 'imports.round_id')
    .select([
      'imports.id',
      'imports.round_id',
      'imports.job_id',
      'imports.file_name',
      'imports.dry_run',
      'imports.result',
      'imports.created_at',
      'imports.finished_at',
      'imports.undone_at',
      'rounds.code as round',
    ])
    .where('imports.id', '=', id)
    .executeTakeFirst()
}

/** A cancelled import will not run again, unless its file is kept for somebody who may say so. */
export async function forgetContent(db: Db, id: number): Promise<void> {
  await db.updateTable('imports').set({ content: null }).where('id', '=', id).where('kept_until', 'is', null).execute()
}

/** What is needed to run it. */
export function findImportToRun(db: Db, id: number) {
  return db
    .selectFrom('imports')
    .innerJoin('rounds', 'rounds.id', 'imports.round_id')
    .select([
      'imports.round_id',
      'imports.job_id',
      'imports.content',
      'imports.mapping',
      'imports.dry_run',
      'imports.result',
      'imports.finished_at',
      'rounds.country_cap_percent',
    ])
    .where('imports.id', '=', id)
    .executeTakeFirst()
}

/** The row, locked until the transaction ends: of two that run or undo the same import the second sees the first's end. */
export function findImportForUpdate(tx: DbOrTx, id: number) {
  return tx
    .selectFrom('imports')
    .select(['round_id', 'job_id', 'dry_run', 'result', 'finished_at', 'undone_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

export async function findFaults(db: Db, id: number): Promise<RowFault[] | undefined> {
  const row = await db.selectFrom('imports').select('faults').where('id', '=', id).executeTakeFirst()
  return row?.faults as RowFault[] | undefined
}

export async function recordImportEnd(
  tx: DbOrTx,
  id: number,
  { result, faults }: { result: ImportResult; faults: readonly RowFault[] },
): Promise<void> {
  await tx
    .updateTable('imports')
    .set({
      result: JSON.stringify(result),
      // A file that could not be read has none: what was chosen for it stays.
      ...(result.rows > 0 ? { mapping: JSON.stringify(result.mapping) } : {}),
      faults: JSON.stringify(faults),
      content: sql`case when dry_run and kept_until is not null then content end`,
      header: sql`case when dry_run and kept_until is not null then header end`,
      finished_at: sql`now()`,
    })
    .where('id', '=', id)
    .execute()
}

export async function recordUndone(tx: DbOrTx, id: number): Promise<void> {
  await tx.updateTable('imports').set({ undone_at: sql`now()` }).where('id', '=', id).execute()
}

export async function findMapping(db: Db, headerHash: string): Promise<Mapping | undefined> {
  const row = await db
    .updateTable('import_mappings')
    .set({ used_at: sql`now()` })
    .where('header_hash', '=', headerHash)
    .returning('mapping')
    .executeTakeFirst()
  return row?.mapping as Mapping | undefined
}

export async function recordMapping(tx: DbOrTx, headerHash: string, mapping: Mapping): Promise<void> {
  const values = { mapping: JSON.stringify(mapping), used_at: sql<Date>`now()` }
  await tx
    .insertInto('import_mappings')
    .values({ header_hash: headerHash, ...values })
    .onConflict((conflict) => conflict.column('header_hash').doUpdateSet(values))
    .execute()
}
