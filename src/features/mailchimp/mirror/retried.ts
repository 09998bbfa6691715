import { isSerializationFailure } from '../../../platform/db/faults.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { lockMembers } from './member-queries.ts'

const TRIES = 5

/**
 * Does one transaction again when it lost a race. Here a contact is locked before its person; whoever erases somebody, or
 * undoes an import, has the person first, and PostgreSQL ends one of the two. Or the person is gone since the statement
 * began.
 */
export async function retried<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let made = 1; ; made++) {
    try {
      return await transaction()
    } catch (error) {
      if (made === TRIES || !(isSerializationFailure(error) || isPersonGone(error))) throw error
    }
  }
}

/** Notes something of many contacts, which are locked in the order in which an import that is undone takes them. */
export function retriedInOrder(
  db: Db,
  hashes: readonly string[],
  note: (tx: DbOrTx) => Promise<unknown>,
): Promise<unknown> {
  return retried(() =>
    db.transaction().execute(async (tx) => {
      await lockMembers(tx, hashes)
      await note(tx)
    }),
  )
}

/** 23503, foreign_key_violation (PostgreSQL documentation, appendix A): a contact has no other reference. */
const isPersonGone = (error: unknown) => (error as { code?: unknown } | null)?.code === '23503'
