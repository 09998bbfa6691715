import { randomUUID } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import type { Db, DbOrTx } from '../db/open.ts'
import { claimOnce, findKey, recordOnce } from './idempotency-queries.ts'

/** For a hidden field of a form that must not do its work twice. */
export function newFormKey(): string {
  return randomUUID()
}

export function isFormKey(text: string): boolean {
  return /^[0-9a-f-]{36}$/.test(text)
}

/**
 * Does the work of a form once, however often its button is pressed: the form's key is kept in the same transaction
 * as the work, for a day. Returns what the first time came to.
 */
export async function doOnce(
  { db, clock }: { db: Db; clock: Clock },
  form: { caller: string; key: string },
  work: (tx: DbOrTx) => Promise<string>,
): Promise<string> {
  const named = { caller: form.caller, key: `form ${form.key}` }
  return db.transaction().execute(async (tx) => {
    if (!(await claimOnce(tx, { ...named, now: clock.now() }))) return (await findKey(tx, named))?.response ?? ''
    const response = await work(tx)
    await recordOnce(tx, { ...named, response })
    return response
  })
}
