import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { ReportKey } from './report-queries.ts'

/** Whose copy a contact of Mailchimp's got. */
export interface Recipient {
  /** As Mailchimp names the contact. */
  hash: string
  delivery_id: number
  person_id: number | null
  state: string
}

type Wanted = ReportKey & { hashes: readonly string[] }

/**
 * The recipients of a campaign in one language that Mailchimp calls by these names, by name; others are not in it. By
 * the address that was frozen; or the contact is known to be that person's under another address, since it was renamed
 * there after the handing over (then the copy is theirs all the same).
 */
export async function findRecipients(db: DbOrTx, wanted: Wanted): Promise<Map<string, Recipient>> {
  if (wanted.hashes.length === 0) return new Map()
  const known = await listKnown(db, wanted)
  const found = new Map<string, Recipient>(known.filter((row) => row.is_frozen).map((row) => [row.hash, row]))
  const taken = new Set(known.flatMap((row) => (row.is_frozen ? [row.delivery_id] : [])))
  const hashes = wanted.hashes.filter((hash) => !found.has(hash))
  for (const row of await listFrozen(db, { ...wanted, hashes })) {
    found.set(row.hash, row)
    taken.add(row.delivery_id)
  }
  for (const row of known) {
    if (found.has(row.hash) || taken.has(row.delivery_id)) continue
    found.set(row.hash, row)
    taken.add(row.delivery_id)
  }
  return found
}

const OF = ({ campaign_id, language }: ReportKey): RawBuilder<boolean> => sql`
  d.campaign_id = ${campaign_id} and d.language = ${language} and not d.is_test and d.address is not null`

/** Through the people that the contacts are known to be: a few index look-ups for each, however large the campaign. */
async function listKnown(db: DbOrTx, wanted: Wanted) {
  const { rows } = await sql<Recipient & { is_frozen: boolean }>`
    with told as materialized (select unnest(${wanted.hashes}::text[]) as hash),
    known as materialized (
      select m.hash, m.person_id from told join mailchimp_members m using (hash) where m.person_id is not null
      union
      select told.hash, a.person_id from told
      -- "offset 0" keeps each look-up by itself: joined, all addresses and all deliveries would be read for every page
      cross join lateral (select person_id from addresses where md5(lower(address)) = told.hash offset 0) a
    )
    select known.hash, d.id as delivery_id, d.person_id, d.state, md5(lower(d.address)) = known.hash as is_frozen
    from known cross join lateral (
      select id, person_id, state, address from deliveries d where d.person_id = known.person_id and ${OF(wanted)} offset 0
    ) d
    order by d.id`.execute(db)
  return rows
}

/** Through the frozen addresses themselves, all of the campaign's: for the few contacts that are nobody's any more. */
async function listFrozen(db: DbOrTx, wanted: Wanted) {
  if (wanted.hashes.length === 0) return []
  const { rows } = await sql<Recipient>`
    select md5(lower(d.address)) as hash, d.id as delivery_id, d.person_id, d.state from deliveries d
    where ${OF(wanted)} and md5(lower(d.address)) = any(${wanted.hashes}::text[])`.execute(db)
  return rows
}
