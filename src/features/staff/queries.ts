import { sql } from 'kysely'
import type { Role } from '../../lib/permissions.ts'
import type { DbOrTx } from '../../platform/db/open.ts'

/** A token as it may be shown: never the token itself, which nobody has. */
export interface ApiTokenRow {
  id: number
  name: string
  role: Role
  created_at: Date
  revoked_at: Date | null
}

const SHOWN = ['id', 'name', 'role', 'created_at', 'revoked_at'] as const

export async function insertToken(
  db: DbOrTx,
  token: { name: string; role: Role; token_hash: Buffer; created_at: Date },
): Promise<ApiTokenRow> {
  return (await db.insertInto('api_tokens').values(token).returning(SHOWN).executeTakeFirstOrThrow()) as ApiTokenRow
}

export async function listTokens(db: DbOrTx, page: { after: number; limit: number }): Promise<ApiTokenRow[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .select(SHOWN)
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return rows as ApiTokenRow[]
}

export async function findToken(db: DbOrTx, id: number): Promise<ApiTokenRow | undefined> {
  return (await db.selectFrom('api_tokens').select(SHOWN).where('id', '=', id).executeTakeFirst()) as
    | ApiTokenRow
    | undefined
}

/** One new token at a time: two of the same name must not pass each other's check. */
export async function lockTokens(tx: DbOrTx): Promise<void> {
  await sql`lock table api_tokens in share row exclusive mode`.execute(tx)
}

export async function isNameInUse(tx: DbOrTx, name: string): Promise<boolean> {
  const query = tx.selectFrom('api_tokens').select('id').where('name', '=', name).where('revoked_at', 'is', null)
  return (await query.executeTakeFirst()) !== undefined
}

export async function findTokenByHash(db: DbOrTx, hash: Buffer): Promise<{ id: number; role: Role } | undefined> {
  const row = await db
    .selectFrom('api_tokens')
    .select(['id', 'role'])
    .where('token_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row as { id: number; role: Role } | undefined
}

/** False when there is no such token that works. */
export async function markRevoked(db: DbOrTx, { id, at }: { id: number; at: Date }): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_tokens')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
