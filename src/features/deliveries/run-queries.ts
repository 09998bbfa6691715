import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'

/** A run that has not beaten for so long is taken for lost. It beats every 2 s. */
export const LOST_AFTER_SECONDS = 10
export const BEAT_EVERY_MS = 2000

/** Registers one sending run of this process. */
export async function registerWorker(db: Db, host: string, pid: number): Promise<number> {
  const { id } = await db.insertInto('workers').values({ host, pid }).returning('id').executeTakeFirstOrThrow()
  return id
}

/** False when the run was taken for lost meanwhile: it must not begin anything more. */
export async function beat(db: Db, workerId: number): Promise<boolean> {
  const { rows } =
    await sql`update workers set beat_at = clock_timestamp() where id = ${workerId} and stopped_at is null returning id`.execute(
      db,
    )
  return rows.length === 1
}

export async function recordStopped(db: Db, workerId: number): Promise<void> {
  await sql`update workers set stopped_at = coalesce(stopped_at, clock_timestamp()) where id = ${workerId}`.execute(db)
}

/**
 * Signs off the runs of processes of this machine that are gone, so that what they held need not wait for their beat
 * to be missed.
 */
export async function signOffGone(db: Db, host: string, isGone: (pid: number) => boolean): Promise<void> {
  const running = await db
    .selectFrom('workers')
    .select(['id', 'pid'])
    .where('host', '=', host)
    .where('stopped_at', 'is', null)
    .execute()
  for (const { id, pid } of running) if (isGone(pid)) await recordStopped(db, id)
}

/**
 * Takes back what lost runs held: claims are due again, dialogues that were open become uncertain. The attempt's end
 * is now, the latest moment at which the server may have seen it: a killed process has no connection any more. (One
 * that was only stalled may end its dialogue later; its late word then moves the end.) Returns how many of each.
 */
export async function recoverLost(db: Db): Promise<{ queued: number; uncertain: number }> {
  return db.transaction().execute(async (tx) => {
    await sql`update workers set stopped_at = clock_timestamp()
      where stopped_at is null and beat_at < clock_timestamp() - make_interval(secs => ${LOST_AFTER_SECONDS})`.execute(
      tx,
    )
    // Owned by a run that has stopped: by the index of owned rows this reads a handful of rows.
    const { rows } = await sql<{ state: string }>`
      with lost as (
        select d.id, d.state, d.attempt_id from deliveries d join workers w on w.id = d.worker_id
        where d.state in ('claimed', 'sending') and w.stopped_at is not null
        for update of d skip locked
      ), ended as (
        update attempts a set ended_at = clock_timestamp(), outcome = 'uncertain',
          words = 'The sending process was lost in the middle of the dialogue.'
        from lost where a.id = lost.attempt_id and lost.state = 'sending' and a.outcome is null
      )
      update deliveries d set state = case when lost.state = 'claimed' then 'queued' else 'uncertain' end,
        worker_id = null, updated_at = clock_timestamp()
      from lost where d.id = lost.id
      returning d.state`.execute(tx)
    const queued = rows.filter((row) => row.state === 'queued').length
    return { queued, uncertain: rows.length - queued }
  })
}
