import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { TakenField } from './accept.ts'

/** Until the transaction ends nobody else changes the person. Undefined when there is none, or they were erased. */
export async function lockPerson(tx: DbOrTx, id: number): Promise<Record<TakenField, string> | undefined> {
  const { rows } = await sql<Record<TakenField, string>>`
    select given_name, family_name, language from people where id = ${id} and erased_at is null for no key update`.execute(
    tx,
  )
  return rows[0]
}

/** As `lockPerson`, of many, in one order: what is read of them from here on is what is decided by. */
export async function lockPeople(tx: DbOrTx, ids: readonly number[]): Promise<void> {
  await sql`select from people where id = any(${ids}::bigint[]) order by id for no key update`.execute(tx)
}

/** When the person last said themselves that they want these emails; undefined when they never had to. */
export async function findReturn(tx: DbOrTx, personId: number): Promise<Date | undefined> {
  const { rows } = await sql<{ given: boolean; at: Date }>`
    select given, at from consents where person_id = ${personId} and purpose = 'programme_mail'
    order by id desc limit 1`.execute(tx)
  return rows[0]?.given ? rows[0].at : undefined
}

/** The addresses of the person that Mailchimp calls by this name; also the one that the contact had when it was read. */
export async function listAddressesOfContact(
  tx: DbOrTx,
  { person_id, hash }: { person_id: number; hash: string },
): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select address from addresses where person_id = ${person_id} and md5(lower(address)) = ${hash}
    union
    select address from mailchimp_members where hash = ${hash} and person_id = ${person_id} and address <> ''`.execute(
    tx,
  )
  return rows.map(({ address }) => address)
}

export async function listAddressesOf(tx: DbOrTx, personId: number): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select address from addresses where person_id = ${personId}`.execute(tx)
  return rows.map(({ address }) => address)
}

/** Stops all mail to these addresses; what stands already stays. Returns how many were not stopped so before. */
export async function stopAddresses(
  tx: DbOrTx,
  { addresses, reason, source }: { addresses: readonly string[]; reason: 'hard_bounce' | 'complaint'; source: string },
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into suppressions (address, scope, reason, source)
    select distinct address, 'all', ${reason}, ${source} from unnest(${addresses}::text[]) as address
    on conflict (address, scope, reason) where lifted_at is null do nothing`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
