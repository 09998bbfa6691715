import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { MemberRow, Trouble } from './rules.ts'

/** A contact with whose it is, and whether mail to it is stopped here. */
export interface OwnedMember extends MemberRow {
  /** By the address it has, else as noted; null: nobody's any more. */
  owner_id: number | null
  is_stopped: boolean
}

const COLUMNS = sql`m.hash, m.person_id, m.address, m.status, m.status as seen_status, m.fields, m.tags, m.agreed, m.is_ours,
  m.digest, m.changed_there_at, m.read_at, m.written_at, m.trouble, m.left_at`

const OWNED = sql`${COLUMNS}, coalesce(a.person_id, m.person_id) as owner_id, exists (
    select from suppressions s where s.address = coalesce(a.address, lower(m.address))
      and s.lifted_at is null and s.scope in ('all', 'campaigns')) as is_stopped
  from mailchimp_members m left join addresses a on md5(lower(a.address)) = m.hash`

/** Every contact of these people, whichever of their addresses it has or had. */
export async function listMembersOf(db: DbOrTx, personIds: readonly number[]): Promise<OwnedMember[]> {
  const { rows } = await sql<OwnedMember>`
    select ${OWNED}
    where m.hash in (
        select hash from mailchimp_members where person_id = any(${personIds}::bigint[])
        union select md5(lower(address)) from addresses where person_id = any(${personIds}::bigint[]))
      and coalesce(a.person_id, m.person_id) = any(${personIds}::bigint[])
    order by m.hash`.execute(db)
  return rows
}

/** Contacts whose person is gone, a page of them by hash. */
export async function listGoneMembers(
  db: DbOrTx,
  { after, limit }: { after: string; limit: number },
): Promise<OwnedMember[]> {
  const { rows } = await sql<OwnedMember>`
    select ${OWNED} where m.person_id is null and a.person_id is null and m.hash > ${after}
    order by m.hash limit ${limit}`.execute(db)
  return rows
}

/** Those known of these, locked in one order: as people who are deleted let go of theirs. */
export async function lockMembers(tx: DbOrTx, hashes: readonly string[]): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select ${COLUMNS} from mailchimp_members m where hash = any(${hashes}::text[]) order by person_id, hash for update`.execute(
    tx,
  )
  return rows
}

/** Whose the contacts are: by the addresses that people have, else as noted. What was never ours is left out. */
export async function listOwners(
  db: DbOrTx,
  hashes: readonly string[],
): Promise<{ hash: string; person_id: number | null; is_erased: boolean }[]> {
  const { rows } = await sql<{ hash: string; person_id: number | null; is_erased: boolean }>`
    select seen.hash, p.id as person_id, m.address is not distinct from '' and a.person_id is null as is_erased
    from unnest(${hashes}::text[]) as seen(hash)
    left join addresses a on md5(lower(a.address)) = seen.hash
    left join mailchimp_members m on m.hash = seen.hash
    left join people p on p.id = coalesce(a.person_id, m.person_id)
    where a.person_id is not null or m.hash is not null`.execute(db)
  return rows
}

/** A person may be gone since they were read, as when an import is undone. */
export const STILL_THERE = sql`(select p.id from people p where p.id = n.person_id)`

/** What was read; a row that was read or written since then stays as it is. */
export async function recordReadings(tx: DbOrTx, rows: readonly MemberRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into mailchimp_members as m (hash, person_id, address, status, fields, tags, is_ours, changed_there_at, read_at)
    select hash, ${STILL_THERE}, address, status, fields, tags, is_ours, changed_there_at, read_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(hash text, person_id bigint, address text, status text,
      fields jsonb, tags text[], is_ours boolean, changed_there_at timestamptz, read_at timestamptz)
    order by hash
    on conflict (hash) do update set person_id = excluded.person_id, address = excluded.address, status = excluded.status,
      fields = excluded.fields, tags = excluded.tags, is_ours = excluded.is_ours,
      changed_there_at = excluded.changed_there_at, read_at = excluded.read_at
    where coalesce(m.read_at <= excluded.read_at, true) and coalesce(m.written_at <= excluded.read_at, true)`.execute(
    tx,
  )
}

/** Whoever the whole reading did not come upon is no longer there, but for what was written lately: it may not be seen yet. */
export async function recordAbsent(
  db: DbOrTx,
  { began_at, believed_since }: { began_at: Date; believed_since: Date },
): Promise<void> {
  await sql`
    update mailchimp_members set status = 'absent', read_at = ${began_at}
    where status <> 'absent' and coalesce(read_at < ${began_at}, true)
      and coalesce(written_at < ${believed_since}, true)`.execute(db)
}

/** Looked for and not found. */
export async function recordAbsentOne(db: DbOrTx, hash: string, at: Date): Promise<void> {
  await sql`
    update mailchimp_members set status = 'absent', read_at = ${at}
    where hash = ${hash} and coalesce(read_at <= ${at}, true)`.execute(db)
}

export async function recordAgreed(
  tx: DbOrTx,
  rows: readonly { hash: string; agreed: MemberRow['agreed'] }[],
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update mailchimp_members m set agreed = n.agreed
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(hash text, agreed jsonb)
    where m.hash = n.hash and m.agreed <> n.agreed`.execute(tx)
}

export interface TroubleNoted {
  hash: string
  trouble: Trouble | null
  trouble_words: string | null
}

/** Another trouble than before was not left to stand by anybody. */
export async function recordTroubles(db: DbOrTx, rows: readonly TroubleNoted[], at: Date): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update mailchimp_members m set trouble = n.trouble, trouble_words = n.trouble_words, left_at = null,
      trouble_at = case when n.trouble is null then null else ${at}::timestamptz end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(hash text, trouble text, trouble_words text)
    where m.hash = n.hash and m.trouble is distinct from n.trouble`.execute(db)
}

/** Those with a person to see to them. */
export async function countTroubles(db: DbOrTx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from mailchimp_members where trouble is not null and left_at is null`.execute(db)
  return rows[0]?.count ?? 0
}
