import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

const COLUMNS = [
  'suppressions.id',
  'suppressions.address',
  'suppressions.scope',
  'suppressions.reason',
  'suppressions.source',
  'suppressions.created_at',
  'suppressions.ends_at',
  'suppressions.lifted_at',
] as const

export function listCurrentSuppressions(db: Db, personIds: number[]) {
  return db
    .selectFrom('suppressions')
    .innerJoin('addresses', 'addresses.address', 'suppressions.address')
    .select([
      'addresses.person_id',
      'suppressions.address',
      'suppressions.scope',
      'suppressions.reason',
      'suppressions.source',
      'suppressions.created_at',
      'suppressions.ends_at',
    ])
    .where('addresses.person_id', 'in', personIds)
    .where('suppressions.lifted_at', 'is', null)
    .orderBy('suppressions.id')
    .execute()
}

/** Lifted ones too, the newest first. */
export function listSuppressionHistory(db: Db, personId: number, limit: number) {
  return db
    .selectFrom('suppressions')
    .innerJoin('addresses', 'addresses.address', 'suppressions.address')
    .select(COLUMNS)
    .where('addresses.person_id', '=', personId)
    .orderBy('suppressions.id', 'desc')
    .limit(limit)
    .execute()
}

export interface SuppressionFilter {
  /** Beginning of the address, in lower case. */
  beginning: string | undefined
  before: number | undefined
  limit: number
}

/** What stands, the newest first, with the person whose address it is. */
export function listSuppressionRows(db: Db, { beginning, before, limit }: SuppressionFilter) {
  let query = db
    .selectFrom('suppressions')
    .leftJoin('addresses', 'addresses.address', 'suppressions.address')
    .leftJoin('people', 'people.id', 'addresses.person_id')
    .select(COLUMNS)
    .select(['people.id as person_id', 'people.given_name', 'people.family_name'])
    .where('suppressions.lifted_at', 'is', null)
    .orderBy('suppressions.id', 'desc')
    .limit(limit)
  if (beginning !== undefined) query = query.where('suppressions.address', 'like', `${escapeLike(beginning)}%`)
  if (before !== undefined) query = query.where('suppressions.id', '<', before)
  return query.execute()
}

/** The text as `like` takes it literally. */
export const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/** One address, or every address of one person. */
export type Whose = { person_id: number } | { address: string }

export async function listAddressesOf(tx: DbOrTx, whose: Whose): Promise<string[]> {
  if ('address' in whose) return [whose.address]
  const rows = await tx.selectFrom('addresses').select('address').where('person_id', '=', whose.person_id).execute()
  return rows.map(({ address }) => address)
}

export async function findPersonOfAddress(db: DbOrTx, address: string): Promise<number | undefined> {
  const row = await db.selectFrom('addresses').select('person_id').where('address', '=', address).executeTakeFirst()
  return row?.person_id
}

export interface NewSuppression {
  scope: string
  reason: string
  source: string
  /** When a pause ends by itself. */
  ends_at?: Date | undefined
}

/** One row for each address; of one that stands already only its end is set anew. Returns how many were not there. */
export async function insertSuppressions(tx: DbOrTx, addresses: string[], row: NewSuppression): Promise<number> {
  const { scope, reason, source, ends_at = null } = row
  const insert = tx
    .insertInto('suppressions')
    .values(addresses.map((address) => ({ address, scope, reason, source, ends_at })))
  const made = await insert
    .onConflict((conflict) => {
      const standing = conflict.columns(['address', 'scope', 'reason']).where('lifted_at', 'is', null)
      return ends_at === null ? standing.doNothing() : standing.doUpdateSet({ ends_at, source })
    })
    // xmax is 0 in a row that was made and not changed
    .returning(sql<boolean>`xmax = 0`.as('is_new'))
    .execute()
  return made.filter(({ is_new }) => is_new).length
}

/** @param only when given, what stands for this reason at this scope and nothing else */
export async function liftSuppressions(
  tx: DbOrTx,
  addresses: string[],
  only?: { scope: string; reason: string },
): Promise<number> {
  if (addresses.length === 0) return 0
  let query = tx
    .updateTable('suppressions')
    .set({ lifted_at: sql`now()` })
    .where('lifted_at', 'is', null)
    .where('address', 'in', addresses)
  if (only) query = query.where('scope', '=', only.scope).where('reason', '=', only.reason)
  const { numUpdatedRows } = await query.executeTakeFirst()
  return Number(numUpdatedRows)
}

export function findSuppression(db: DbOrTx, id: number) {
  return db.selectFrom('suppressions').select(COLUMNS).where('id', '=', id).executeTakeFirst()
}

/** Returns how many. */
export async function liftEnded(db: Db, now: Date): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('suppressions')
    .set({ lifted_at: now })
    .where('lifted_at', 'is', null)
    .where('ends_at', '<=', now)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
