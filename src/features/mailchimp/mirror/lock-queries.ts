import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** Spells MCHP. */
const SYNC_LOCK = 0x4d434850
/** Spells MCST: who starts a sync waits for whoever else does. */
const START_LOCK = 0x4d435354

/** On a connection of its own; false when another has it. */
export async function lockSync(connection: DbOrTx): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_lock(${SYNC_LOCK}::bigint) as locked`.execute(
    connection,
  )
  return rows[0]?.locked ?? false
}

export async function unlockSync(connection: DbOrTx): Promise<void> {
  await sql`select pg_advisory_unlock(${SYNC_LOCK}::bigint)`.execute(connection)
}

export async function isLockHeld(connection: DbOrTx): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (
      select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and granted
        and database = (select oid from pg_database where datname = current_database())
        and classid = 0 and objid = ${SYNC_LOCK}::bigint::oid) as held`.execute(connection)
  return rows[0]?.held ?? false
}

/** Until the transaction ends nobody else starts a sync. */
export async function lockSyncStart(tx: DbOrTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${START_LOCK}::bigint)`.execute(tx)
}
