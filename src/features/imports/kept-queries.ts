import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import type { Mapping } from './mapping.ts'
import type { FileTop } from './read-file.ts'
import type { ImportResult } from './result.ts'

/** Uploads that are kept from the dry run to the import: one row of imports goes through every step. */

export async function insertKept(
  db: Db,
  values: { round_id: number; file_name: string | null; content: Buffer; header: FileTop; kept_until: Date },
): Promise<number> {
  const { id } = await db
    .insertInto('imports')
    .values({ ...values, header: JSON.stringify(values.header), dry_run: true })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** An import with its round and job, without its file. */
export async function findKept(db: Db, id: number) {
  const row = await db
    .selectFrom('imports')
    .innerJoin('rounds', 'rounds.id', 'imports.round_id')
    .leftJoin('jobs', 'jobs.id', 'imports.job_id')
    .select([
      'imports.id',
      'imports.job_id',
      'imports.file_name',
      'imports.header',
      'imports.mapping',
      'imports.dry_run',
      'imports.result',
      'imports.created_at',
      'imports.kept_until',
      'imports.finished_at',
      'imports.undone_at',
      'rounds.code as round_code',
      'jobs.state as job_state',
      'jobs.done as job_done',
      'jobs.total as job_total',
      'jobs.error as job_error',
    ])
    .select(sql<boolean>`imports.content is not null`.as('has_file'))
    .where('imports.id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    ...row,
    header: row.header as unknown as FileTop | null,
    mapping: row.mapping as unknown as Mapping | null,
    result: row.result as unknown as ImportResult | null,
  }
}

/** What decides the next step, locked until the transaction ends. */
export async function findKeptForUpdate(tx: DbOrTx, id: number) {
  const row = await tx
    .selectFrom('imports')
    .select(['job_id', 'header', 'dry_run', 'result', 'finished_at'])
    .select(sql<boolean>`content is not null`.as('has_file'))
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return undefined
  // Asked for only now: joined to the locked row, it would be the job of before the wait for the lock.
  const job = await tx.selectFrom('jobs').select('state').where('id', '=', row.job_id).executeTakeFirst()
  return {
    ...row,
    job_state: job?.state ?? null,
    header: row.header as unknown as FileTop | null,
    result: row.result as unknown as ImportResult | null,
  }
}

/** Begins the row anew: for a dry run with other columns, or for the import itself. */
export async function restartKept(
  tx: DbOrTx,
  id: number,
  values: { job_id: number; dry_run: boolean; mapping?: Mapping; kept_until: Date },
): Promise<void> {
  const { mapping, ...rest } = values
  await tx
    .updateTable('imports')
    .set({
      ...rest,
      ...(mapping ? { mapping: JSON.stringify(mapping) } : {}),
      result: null,
      faults: '[]',
      finished_at: null,
    })
    .where('id', '=', id)
    .execute()
}

/** Returns how many files were forgotten. One that work is still reading stays. */
export async function forgetExpired(db: Db, now: Date): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('imports')
    .set({ content: null, header: null })
    .where('content', 'is not', null)
    .where('kept_until', '<=', now)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('jobs')
            .select('jobs.id')
            .whereRef('jobs.id', '=', 'imports.job_id')
            .where('jobs.state', 'in', ['waiting', 'running']),
        ),
      ),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Past imports of a round, the newest first. */
export function listImportRows(db: Db, filter: { round_id: number; before: number | undefined; limit: number }) {
  let query = db
    .selectFrom('imports')
    .leftJoin('jobs', 'jobs.id', 'imports.job_id')
    .select([
      'imports.id',
      'imports.job_id',
      'imports.file_name',
      'imports.dry_run',
      'imports.created_at',
      'imports.finished_at',
      'imports.undone_at',
      'jobs.state as job_state',
    ])
    .select([
      sql<boolean>`imports.content is not null`.as('has_file'),
      // The result also holds up to a thousand faults: the figures are enough here.
      sql<number>`coalesce((imports.result ->> 'rows')::integer, 0)`.as('rows'),
      sql<number>`coalesce((imports.result ->> 'created')::integer, 0)`.as('created'),
      sql<number>`coalesce((imports.result ->> 'updated')::integer, 0)`.as('updated'),
    ])
    .where('imports.round_id', '=', filter.round_id)
    .orderBy('imports.id', 'desc')
    .limit(filter.limit)
  if (filter.before !== undefined) query = query.where('imports.id', '<', filter.before)
  return query.execute()
}

/** Imports that made or changed the person or an application of theirs, the newest first. */
export function listImportsOfPersonRows(db: Db, personId: number, limit: number) {
  return db
    .selectFrom('imports')
    .innerJoin('rounds', 'rounds.id', 'imports.round_id')
    .select([
      'imports.id',
      'imports.file_name',
      'imports.finished_at',
      'imports.undone_at',
      'rounds.code as round_code',
    ])
    .where('imports.id', 'in', (is) =>
      is
        .selectFrom('import_changes')
        .select('import_changes.import_id')
        .where((or) =>
          or.or([
            or.and([or('table_name', '=', 'people'), or('row_id', '=', personId)]),
            or.and([
              or('table_name', '=', 'applications'),
              or('row_id', 'in', or.selectFrom('applications').select('id').where('person_id', '=', personId)),
            ]),
          ]),
        ),
    )
    .orderBy('imports.id', 'desc')
    .limit(limit)
    .execute()
}

export async function findKeptMapping(db: Db, headerHash: string): Promise<Mapping | undefined> {
  const row = await db
    .selectFrom('import_mappings')
    .select('mapping')
    .where('header_hash', '=', headerHash)
    .executeTakeFirst()
  return row?.mapping as Mapping | undefined
}
