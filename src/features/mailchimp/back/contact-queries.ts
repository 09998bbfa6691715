import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

export interface TroubleRow {
  /** How Mailchimp names the contact: MD5 of its address in lower case. */
  hash: string
  person_id: number
  given_name: string
  family_name: string
  address: string
  /** As Mailchimp has it. */
  status: string
  trouble: string
  /** What it is, in a sentence. */
  trouble_words: string
  trouble_at: Date | null
  /** The address that Mailchimp says they changed to. */
  new_address: string | null
  /** When somebody said that it may stay as it is; null: nobody has. */
  left_at: Date | null
}

const COLUMNS = sql`m.hash, m.person_id, p.given_name, p.family_name, m.address, m.status, m.trouble, m.trouble_words,
  m.trouble_at, m.new_address, m.left_at`

/** Also what somebody said may stay as it is, in the order of hashes. */
export async function listTroubleRows(
  db: DbOrTx,
  { after, limit }: { after: string; limit: number },
): Promise<TroubleRow[]> {
  const { rows } = await sql<TroubleRow>`
    select ${COLUMNS} from mailchimp_members m join people p on p.id = m.person_id
    where m.trouble is not null and p.erased_at is null and m.hash > ${after}
    order by m.hash limit ${limit}`.execute(db)
  return rows
}

export async function findTroubleRow(db: DbOrTx, hash: string): Promise<TroubleRow | undefined> {
  const { rows } = await sql<TroubleRow>`
    select ${COLUMNS} from mailchimp_members m join people p on p.id = m.person_id
    where m.hash = ${hash} and m.trouble is not null and p.erased_at is null`.execute(db)
  return rows[0]
}

/** It is looked at as if nothing had been tried: written again, or found in trouble again. */
export async function clearTrouble(tx: DbOrTx, hash: string): Promise<void> {
  await sql`update mailchimp_members set digest = null, is_ours = is_ours or coalesce(trouble = 'archived_there', false),
    trouble = null, trouble_words = null, trouble_at = null, left_at = null, new_address = null where hash = ${hash}`.execute(
    tx,
  )
}

export async function recordLeft(tx: DbOrTx, { hash, now }: { hash: string; now: Date }): Promise<void> {
  await sql`update mailchimp_members set left_at = ${now} where hash = ${hash} and left_at is null`.execute(tx)
}

/** Whose contact it is: by the address, else as it was noted. Undefined: nobody's, or of a person who was erased. */
export async function findPersonOfContact(
  db: DbOrTx,
  { hash, address }: { hash: string; address: string },
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select p.id from (
      select person_id, 1 as place from addresses where md5(lower(address)) = ${hash} or address = ${address}
      union all select person_id, 2 from mailchimp_members where hash = ${hash}
    ) own join people p on p.id = own.person_id
    where p.erased_at is null order by own.place, p.id limit 1`.execute(db)
  return rows[0]?.id
}

/** It is no longer there, unless it was read or written since: a fresh contact may not be seen for minutes. */
export async function recordGone(
  tx: DbOrTx,
  { hash, at, believed_since }: { hash: string; at: Date; believed_since: Date },
): Promise<void> {
  await sql`update mailchimp_members set status = 'absent', read_at = ${at}
    where hash = ${hash} and coalesce(read_at <= ${at}, true) and coalesce(written_at < ${believed_since}, true)`.execute(
    tx,
  )
}

/** That the owner of a contact has another address there: a person says whether mail goes to it. Said again it is the same. */
export async function recordMove(
  tx: DbOrTx,
  move: { hash: string; person_id: number; address: string; new_address: string; words: string; at: Date },
): Promise<void> {
  const { hash, person_id, address, new_address, words, at } = move
  await sql`
    insert into mailchimp_members as m (hash, person_id, address, status, is_ours, read_at, trouble, trouble_words, trouble_at,
      new_address)
    values (${hash}, ${person_id}, ${address}, 'absent', false, ${at}, 'address_changed', ${words}, ${at}, ${new_address})
    on conflict (hash) do update set status = 'absent', read_at = excluded.read_at, trouble = excluded.trouble,
      trouble_words = excluded.trouble_words, trouble_at = excluded.trouble_at, new_address = excluded.new_address, left_at = null
    where m.new_address is distinct from excluded.new_address and coalesce(m.written_at <= excluded.read_at, true)`.execute(
    tx,
  )
}

/** The contact has this address there now, with all it had. What was known under the new one goes: it is this contact. */
export async function renameContact(
  tx: DbOrTx,
  { hash, new_hash, address }: { hash: string; new_hash: string; address: string },
): Promise<void> {
  await sql`delete from mailchimp_members where hash = ${new_hash} and hash <> ${hash}`.execute(tx)
  await sql`update mailchimp_members set hash = ${new_hash}, address = ${address}, status = 'subscribed'
    where hash = ${hash}`.execute(tx)
  await clearTrouble(tx, new_hash)
}
