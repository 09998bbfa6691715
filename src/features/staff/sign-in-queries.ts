import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

export async function findStaffByAddress(db: DbOrTx, address: string) {
  return db
    .selectFrom('staff')
    .select(['id', 'name', 'address'])
    .where('address', '=', address)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
}

/** The first director: made once, whoever starts first. */
export async function ensureFirstDirector(tx: DbOrTx, name: string): Promise<number | undefined> {
  await sql`lock table staff in share row exclusive mode`.execute(tx)
  const { rows } = await sql<{ id: number; has_signed_in: boolean }>`
    select id, last_signed_in_at is not null as has_signed_in from staff order by id`.execute(tx)
  if (rows.some((row) => row.has_signed_in)) return undefined
  const [first] = rows
  if (first) return first.id
  const row = { name, role: 'director' }
  return (await tx.insertInto('staff').values(row).returning('id').executeTakeFirstOrThrow()).id
}

export async function findDirector(db: DbOrTx, address: string | undefined) {
  let query = db.selectFrom('staff').select(['id', 'name', 'address']).where('disabled_at', 'is', null)
  query = address === undefined ? query.where('role', '=', 'director') : query.where('address', '=', address)
  return query.orderBy('id').executeTakeFirst()
}

export async function insertLink(
  tx: DbOrTx,
  link: { staff_id: number; created_at: Date; expires_at: Date },
): Promise<number> {
  return (await tx.insertInto('sign_in_links').values(link).returning('id').executeTakeFirstOrThrow()).id
}

export async function recordLinkDelivery(tx: DbOrTx, id: number, deliveryId: number): Promise<void> {
  await tx.updateTable('sign_in_links').set({ delivery_id: deliveryId }).where('id', '=', id).execute()
}

/** Mailed links that were asked for since each of the two times. */
export async function countLinks(
  tx: DbOrTx,
  staffId: number,
  since: { day: Date; now: Date },
): Promise<{ day: number; now: number }> {
  return tx
    .selectFrom('sign_in_links')
    .select(({ fn }) => [
      fn.countAll<number>().as('day'),
      fn.countAll<number>().filterWhere('created_at', '>', since.now).as('now'),
    ])
    .where('staff_id', '=', staffId)
    .where('created_at', '>', since.day)
    .where('delivery_id', 'is not', null)
    .executeTakeFirstOrThrow()
}

export async function lockStaff(tx: DbOrTx, id: number): Promise<void> {
  await tx.selectFrom('staff').select('id').where('id', '=', id).forUpdate().execute()
}

const usable = (now: Date, graceMs: number) => sql<boolean>`
  sign_in_links.expires_at > ${now} and staff.disabled_at is null
  and (sign_in_links.used_at is null or sign_in_links.used_at > ${new Date(now.getTime() - graceMs)})`

/** Whom a link lets in, as long as it does. */
export async function findUsableLink(db: Db, input: { id: number; now: Date; grace_ms: number }) {
  return db
    .selectFrom('sign_in_links')
    .innerJoin('staff', 'staff.id', 'sign_in_links.staff_id')
    .select(['staff.id as staff_id', 'staff.name'])
    .where('sign_in_links.id', '=', input.id)
    .where(usable(input.now, input.grace_ms))
    .executeTakeFirst()
}

/** Uses it up. Of two at once both may be let in within the grace; later nobody. Returns whom it lets in. */
export async function takeLink(tx: DbOrTx, input: { id: number; now: Date; grace_ms: number }) {
  // Waits for a director who is just changing the staff (lockMembers): that may end the link. The lock that the
  // update below takes anyway, before the link is looked at.
  await sql`lock table staff in row exclusive mode`.execute(tx)
  const { rows } = await sql<{ staff_id: number }>`
    update sign_in_links set used_at = coalesce(used_at, ${input.now}) from staff
    where sign_in_links.id = ${input.id} and staff.id = sign_in_links.staff_id and ${usable(input.now, input.grace_ms)}
    returning sign_in_links.staff_id`.execute(tx)
  const [row] = rows
  if (!row) return undefined
  await tx.updateTable('staff').set({ last_signed_in_at: input.now }).where('id', '=', row.staff_id).execute()
  return row.staff_id
}

/** What a sign-in email says, by the delivery that carries it. */
export async function listLinksOfDeliveries(db: Db, deliveryIds: readonly number[]) {
  return db
    .selectFrom('sign_in_links')
    .innerJoin('staff', 'staff.id', 'sign_in_links.staff_id')
    .select(['sign_in_links.id', 'delivery_id', 'staff.name', 'expires_at'])
    .where('delivery_id', 'in', deliveryIds)
    .execute()
}

/** The one campaign of no round that staff's own mail belongs to. */
export async function ensureStaffCampaign(tx: DbOrTx): Promise<number> {
  const found = await tx.selectFrom('campaigns').select('id').where('kind', '=', 'staff').executeTakeFirst()
  if (found) return found.id
  const { rows } = await sql<{ id: number }>`
    insert into campaigns (kind, lane, state) values ('staff', 'automatic', 'done')
    on conflict (kind) where kind = 'staff' do update set kind = excluded.kind returning id`.execute(tx)
  return (rows[0] as { id: number }).id
}
