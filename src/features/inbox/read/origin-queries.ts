import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { ClaimedDelivery } from '../../deliveries/index.ts'

/** The message of ours that somebody answers, or that came back. */
export interface OriginDelivery {
  id: number
  campaign_id: number
  campaign_kind: string
  is_test: boolean
  person_id: number | null
  contact_id: number | null
  /** Where it went. */
  address: string | null
  round_id: number | null
  /** Its code and its name: our mail prints the name, people write either. */
  round_names: string[]
}

export async function listOriginDeliveries(db: DbOrTx, ids: readonly number[]): Promise<OriginDelivery[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<OriginDelivery>`
    select d.id, d.campaign_id, c.kind as campaign_kind, d.is_test, d.person_id, d.contact_id, lower(d.address) as address,
      c.round_id, array_remove(array[r.code, r.name], null) as round_names
    from deliveries d join campaigns c on c.id = d.campaign_id left join rounds r on r.id = c.round_id
    where d.id = any(${ids}::bigint[])`.execute(db)
  return rows
}

/** The same row as its sender claims it, to make the message again. */
export async function findForComposing(db: DbOrTx, id: number): Promise<ClaimedDelivery | undefined> {
  const { rows } = await sql<ClaimedDelivery>`
    select id, campaign_id, person_id, contact_id, lane, address, domain, language, version, tries, partnership_id, in_reply_to
    from deliveries where id = ${id} and address is not null`.execute(db)
  return rows[0]
}

export async function findPersonByAddress(db: DbOrTx, address: string): Promise<number | undefined> {
  const row = await db.selectFrom('addresses').select('person_id').where('address', '=', address).executeTakeFirst()
  return row?.person_id
}

/** The newest round in which the person has an application. */
export async function findRoundOfPerson(db: DbOrTx, personId: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('applications')
    .select('round_id')
    .where('person_id', '=', personId)
    .orderBy('round_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.round_id
}

/** Lower case, as addresses are kept. */
export async function listAddressesOfPerson(db: DbOrTx, personId: number): Promise<string[]> {
  const rows = await db.selectFrom('addresses').select('address').where('person_id', '=', personId).execute()
  return rows.map(({ address }) => address)
}
