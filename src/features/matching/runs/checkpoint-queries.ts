import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** The solver's state after its last round; undefined while there is none. */
export async function findCheckpoint(db: DbOrTx, runId: number): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('matching_checkpoints')
    .select('content')
    .where('run_id', '=', runId)
    .executeTakeFirst()
  return row?.content
}

/** Not once the run has ended: a worker that was thought lost may still be at it. */
export async function writeCheckpoint(
  db: DbOrTx,
  runId: number,
  { round, content }: { round: number; content: Buffer },
): Promise<void> {
  await sql`
    insert into matching_checkpoints (run_id, round, content)
    select id, ${round}, ${content} from matching_runs where id = ${runId} and finished_at is null
    on conflict (run_id) do update
      set round = excluded.round, content = excluded.content, written_at = clock_timestamp()`.execute(db)
}

/** Forgets what only an unfinished run needs. */
export async function deleteWork(db: DbOrTx, runId: number): Promise<void> {
  await db.deleteFrom('matching_checkpoints').where('run_id', '=', runId).execute()
  await db.deleteFrom('matching_cycles').where('run_id', '=', runId).execute()
}
