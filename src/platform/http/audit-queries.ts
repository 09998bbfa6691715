import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

/** Who did what, before it is done. */
export interface AuditEntry {
  actor: string
  actor_name: string
  role: string
  /** In words, such as "Pause a campaign". */
  did: string
  route: string
  /** The values in the route's address. */
  params: Record<string, unknown>
}

export async function insertAuditEntry(db: Db, { params, ...entry }: AuditEntry): Promise<number> {
  const { id } = await db
    .insertInto('audit_log')
    .values({ ...entry, params: JSON.stringify(params) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function recordAuditStatus(db: Db, id: number, status: number): Promise<void> {
  await sql`update audit_log set status = ${status} where id = ${id} and status is null`.execute(db)
}
