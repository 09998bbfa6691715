import { sql } from 'kysely'
import type { Role } from '../../lib/permissions.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

/** One of the staff. */
export interface Member {
  id: number
  name: string
  /** Null for the first director, until they say. */
  address: string | null
  role: Role
  time_zone: string
  created_at: Date
  /** Null: invited, and never came. */
  last_signed_in_at: Date | null
  disabled_at: Date | null
}

const COLUMNS = [
  'id',
  'name',
  'address',
  'role',
  'time_zone',
  'created_at',
  'last_signed_in_at',
  'disabled_at',
] as const

export async function listMemberRows(db: Db, page: { after: number; limit: number }): Promise<Member[]> {
  const rows = await db
    .selectFrom('staff')
    .select(COLUMNS)
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return rows as Member[]
}

export async function findMember(db: DbOrTx, id: number): Promise<Member | undefined> {
  const row = await db.selectFrom('staff').select(COLUMNS).where('id', '=', id).executeTakeFirst()
  return row as Member | undefined
}

/** Who has this address already. */
export async function findMemberByAddress(db: DbOrTx, address: string): Promise<Member | undefined> {
  const row = await db.selectFrom('staff').select(COLUMNS).where('address', '=', address).executeTakeFirst()
  return row as Member | undefined
}

export async function insertMember(
  tx: DbOrTx,
  member: { name: string; address: string; role: Role; time_zone: string; created_at: Date },
): Promise<Member> {
  return (await tx.insertInto('staff').values(member).returning(COLUMNS).executeTakeFirstOrThrow()) as Member
}

/**
 * One change of the staff at a time: of two directors who disable each other at once, the second no longer finds the
 * first, and nobody takes an address that is being given to another.
 */
export async function lockMembers(tx: DbOrTx): Promise<void> {
  await sql`lock table staff in share row exclusive mode`.execute(tx)
}

/** Ids of the directors who can come in. */
export async function listDirectorIds(tx: DbOrTx): Promise<number[]> {
  const query = tx.selectFrom('staff').select('id').where('role', '=', 'director').where('disabled_at', 'is', null)
  return (await query.execute()).map(({ id }) => id)
}

export type MemberValues = Pick<Member, 'name' | 'address' | 'role' | 'time_zone' | 'disabled_at'>

export async function updateMemberRow(tx: DbOrTx, id: number, values: MemberValues): Promise<Member> {
  const query = tx.updateTable('staff').set(values).where('id', '=', id).returning(COLUMNS)
  return (await query.executeTakeFirstOrThrow()) as Member
}

export async function deleteSessionsOf(tx: DbOrTx, staffId: number): Promise<void> {
  await tx.deleteFrom('sessions').where('staff_id', '=', staffId).execute()
}

/**
 * Links on their way to an address that is theirs no more, or to somebody who may not come in. One that is being used
 * this moment is left to its own check: waiting for it here would be a deadlock.
 */
export async function expireLinksOf(tx: DbOrTx, staffId: number, now: Date): Promise<void> {
  await sql`update sign_in_links set expires_at = ${now} where id in (
    select id from sign_in_links where staff_id = ${staffId} and expires_at > ${now} for update skip locked)`.execute(
    tx,
  )
}
