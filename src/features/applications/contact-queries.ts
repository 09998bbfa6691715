import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Somebody whom we know by an address that they, or somebody else, typed. */
export interface ContactValues {
  address: string
  given_name: string
  family_name: string
  country_code: string | null
  language: string
}

export async function insertContact(tx: DbOrTx, values: ContactValues & { now: Date }): Promise<number> {
  const { now, ...contact } = values
  const { id } = await tx
    .insertInto('contacts')
    .values({ ...contact, created_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function updateContact(tx: DbOrTx, id: number, values: Omit<ContactValues, 'address'>): Promise<void> {
  await tx.updateTable('contacts').set(values).where('id', '=', id).where('forgotten_at', 'is', null).execute()
}

/** Address and names go, also from the ledger, where what still waits goes nowhere; the rows stay for the figures. */
export async function forgetContacts(tx: DbOrTx, ids: readonly number[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update contacts set address = null, given_name = '', family_name = '', country_code = null, forgotten_at = ${now}
    where id = any(${ids}::bigint[]) and forgotten_at is null`.execute(tx)
  await sql`
    update attempts a set address = '' from deliveries d
    where d.id = a.delivery_id and d.contact_id = any(${ids}::bigint[]) and a.ended_at is not null`.execute(tx)
  await sql`
    update deliveries set address = null, domain = null, held_reason = null,
      state = case when state in ('queued', 'deferred', 'held') then 'cancelled' else state end
    where contact_id = any(${ids}::bigint[]) and state not in ('claimed', 'sending')`.execute(tx)
}

/**
 * How many emails somebody has asked for to this address since a moment, whoever it was.
 * @param input.completes those that make an application complete, or else all the others
 */
export async function countAsked(
  tx: DbOrTx,
  { address, since, completes }: { address: string; since: Date; completes: boolean },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from contacts c join deliveries d on d.contact_id = c.id
      join campaigns g on g.id = d.campaign_id
    where c.address = ${address} and d.due_at > ${since} and d.lane = 'automatic' and not d.is_test
      and (g.automatic_key = 'application_received') = ${completes}`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Of two who ask for the same address at once the second waits, and is counted. */
export async function lockAddress(tx: DbOrTx, address: string): Promise<void> {
  // The first number spells CONT: locks of others have another.
  await sql`select pg_advisory_xact_lock(${0x434f4e54}, hashtext(${address}))`.execute(tx)
}

/** The contact behind the link of an email, and when that left or will leave. */
export async function findContactOfDelivery(
  db: DbOrTx,
  deliveryId: number,
): Promise<{ contact_id: number; language: string; mailed_at: Date } | undefined> {
  const { rows } = await sql<{ contact_id: number; language: string; mailed_at: Date }>`
    select c.id as contact_id, c.language, coalesce(d.accepted_at, d.due_at) as mailed_at
    from deliveries d join contacts c on c.id = d.contact_id
    where d.id = ${deliveryId} and not d.is_test`.execute(db)
  return rows[0]
}
