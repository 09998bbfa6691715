import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'
import type { SignedIn } from '../../platform/http/access.ts'

export interface SessionRow {
  staff_id: number
  data: Record<string, unknown>
  staff: SignedIn
}

/** The session with its person as they are now; undefined when it has ended or the person is disabled. */
export async function findSession(db: Db, idHash: Buffer, now: Date): Promise<SessionRow | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('staff', 'staff.id', 'sessions.staff_id')
    .select(['staff_id', 'data', 'staff.name', 'staff.address', 'staff.role', 'staff.time_zone'])
    .where('id_hash', '=', idHash)
    .where('expires_at', '>', now)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  if (!row) return undefined
  const { staff_id, data, ...person } = row
  return { staff_id, data: data as Record<string, unknown>, staff: { id: staff_id, ...person } as SignedIn }
}

/** Its end is set once, at the beginning. A session that has ended meanwhile does not come back. */
export async function saveSession(
  db: Db,
  row: { id_hash: Buffer; staff_id: number; data: object; expires_at: Date; is_new: boolean },
): Promise<void> {
  const { id_hash, staff_id, expires_at } = row
  const data = JSON.stringify(row.data)
  if (row.is_new) {
    await sql`insert into sessions (id_hash, staff_id, data, expires_at)
      select ${id_hash}, id, ${data}::jsonb, ${expires_at} from staff where id = ${staff_id} and disabled_at is null`.execute(
      db,
    )
    return
  }
  await db.updateTable('sessions').set({ data }).where('id_hash', '=', id_hash).execute()
}

export async function deleteSession(db: Db, idHash: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('id_hash', '=', idHash).execute()
}

/** Sessions that have ended, and links of more than a month ago. */
export async function forgetEnded(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('sessions').where('expires_at', '<=', now).execute()
  await sql`delete from sign_in_links where expires_at < ${now}::timestamptz - interval '30 days'`.execute(db)
}
