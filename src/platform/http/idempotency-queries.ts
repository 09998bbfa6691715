import type { Db, DbOrTx } from '../db/open.ts'

/** A key of one caller, as it was claimed at `claimed_at`. */
export interface ClaimedKey {
  caller: string
  key: string
  claimed_at: Date
}

/** A key that an earlier request claimed. Without `status` that request still runs, or was cut off. */
export interface KnownKey {
  request_hash: string
  status: number | null
  response: string | null
  content_type: string | null
}

/**
 * Takes the key when it is new, or when the request that took it before `abandonedBefore` never ended. Undefined
 * when another request has it.
 */
export async function claimKey(
  db: Db,
  { caller, key, now, abandonedBefore }: { caller: string; key: string; now: Date; abandonedBefore: Date },
): Promise<ClaimedKey | undefined> {
  const row = await db
    .insertInto('idempotency_keys')
    .values({ caller, key, request_hash: '', created_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['caller', 'key'])
        .doUpdateSet({ created_at: now })
        .where('idempotency_keys.status', 'is', null)
        .where('idempotency_keys.created_at', '<', abandonedBefore),
    )
    .returning('created_at')
    .executeTakeFirst()
  return row && { caller, key, claimed_at: row.created_at }
}

export async function findKey(
  db: DbOrTx,
  { caller, key }: { caller: string; key: string },
): Promise<KnownKey | undefined> {
  return db
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'response', 'content_type'])
    .where('caller', '=', caller)
    .where('key', '=', key)
    .executeTakeFirst()
}

/** Keeps the answer, unless the key was taken over in the meantime. */
export async function recordAnswer(
  db: Db,
  { caller, key, claimed_at }: ClaimedKey,
  answer: { request_hash: string; status: number; response: string | null; content_type: string | null },
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set(answer)
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('created_at', '=', claimed_at)
    .where('status', 'is', null)
    .execute()
}

/** Frees a key whose request had no answer worth keeping. */
export async function releaseKey(db: Db, { caller, key, claimed_at }: ClaimedKey): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('created_at', '=', claimed_at)
    .where('status', 'is', null)
    .execute()
}

export async function forgetKeys(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<', before).execute()
}

/**
 * Takes a key within a transaction, so that it is kept only with the work it stands for. False when the work was done
 * already; a second request at the same moment waits for the first.
 */
export async function claimOnce(tx: DbOrTx, row: { caller: string; key: string; now: Date }): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('idempotency_keys')
    .values({ caller: row.caller, key: row.key, request_hash: '', created_at: row.now })
    .onConflict((conflict) => conflict.columns(['caller', 'key']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Keeps what the work of such a key came to. */
export async function recordOnce(
  tx: DbOrTx,
  { caller, key, response }: { caller: string; key: string; response: string },
): Promise<void> {
  await tx
    .updateTable('idempotency_keys')
    .set({ status: 303, response })
    .where('caller', '=', caller)
    .where('key', '=', key)
    .execute()
}
