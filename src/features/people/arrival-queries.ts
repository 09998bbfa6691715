import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Spells IMPO: imports hold it too. Whoever makes new people waits for the others, or two people get one address. */
const NEW_PEOPLE_LOCK = 0x494d504f

/** Until the transaction ends nobody else makes people. */
export async function lockNewPeople(tx: DbOrTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${NEW_PEOPLE_LOCK})`.execute(tx)
}

export interface Arrival {
  /** Normalised (lib/address.ts), and shown to be theirs. */
  address: string
  given_name: string
  family_name: string
  country_code: string
  language: string
  /** When they said so: of two forms the later one wins, whichever is read first. */
  as_of: Date
}

/**
 * The person at an address: made when there is none yet, else with what they last said of themselves. Under
 * `lockNewPeople`. Returns their id.
 */
export async function recordArrival(tx: DbOrTx, arrival: Arrival): Promise<number> {
  const { address, as_of, ...values } = arrival
  const known = await tx.selectFrom('addresses').select('person_id').where('address', '=', address).executeTakeFirst()
  if (known) {
    await sql`
      update people set given_name = ${values.given_name}, family_name = ${values.family_name},
        country_code = ${values.country_code}, language = ${values.language}, updated_at = ${as_of}
      where id = ${known.person_id} and not exists (
        select from applications later where later.person_id = ${known.person_id} and later.submitted_at > ${as_of})`.execute(
      tx,
    )
    return known.person_id
  }
  const { rows } = await sql<{ person_id: number }>`
    with made as (
      insert into people (given_name, family_name, country_code, language)
      values (${values.given_name}, ${values.family_name}, ${values.country_code}, ${values.language}) returning id)
    insert into addresses (person_id, address) select id, ${address} from made returning person_id`.execute(tx)
  return (rows[0] as { person_id: number }).person_id
}
