import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Fields } from './fields.ts'
import { STILL_THERE } from './member-queries.ts'
import { LEAVING } from './rules.ts'

export interface Written {
  hash: string
  person_id: number | null
  address: string
  fields: Partial<Fields>
  digest: string
}

/**
 * That these are about to be added: should the answer be lost, the next reading finds contacts that are ours. What is known
 * of one already stays.
 */
export async function recordIntents(db: DbOrTx, rows: readonly Written[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into mailchimp_members as m (hash, person_id, address, status, fields, is_ours)
    select hash, ${STILL_THERE}, address, 'absent', fields, true
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(hash text, person_id bigint, address text, fields jsonb)
    order by hash
    on conflict (hash) do update set person_id = excluded.person_id, address = excluded.address, fields = excluded.fields,
      is_ours = true, written_at = null
    where m.status = 'absent'`.execute(db)
}

/** Added, and taken. Whoever left between the call and now stays as they were read. */
export async function recordAdded(
  db: DbOrTx,
  rows: readonly Written[],
  { began_at, at }: { began_at: Date; at: Date },
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update mailchimp_members m set person_id = ${STILL_THERE}, address = n.address, fields = n.fields, agreed = n.fields,
      digest = n.digest, is_ours = true, written_at = ${at}, tags = '{}',
      status = case when m.read_at > ${began_at} then m.status else 'subscribed' end,
      trouble = null, trouble_words = null, trouble_at = null, left_at = null
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(hash text, person_id bigint, address text, fields jsonb, digest text)
    where m.hash = n.hash`.execute(db)
}

/** Changed, and taken; the status is not ours to say. What was refused before is so no more. */
export async function recordChanged(db: DbOrTx, rows: readonly Written[], at: Date): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update mailchimp_members m set person_id = ${STILL_THERE}, address = n.address, fields = n.fields, agreed = n.fields,
      digest = n.digest, written_at = ${at},
      trouble = case when m.trouble in ('refused', 'compliance') then null else m.trouble end,
      trouble_words = case when m.trouble in ('refused', 'compliance') then null else m.trouble_words end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(hash text, person_id bigint, address text, fields jsonb, digest text)
    where m.hash = n.hash`.execute(db)
}

/** One that has moved to a new address with all it has. */
export async function recordMoved(
  tx: DbOrTx,
  { from, row, at }: { from: string; row: Written; at: Date },
): Promise<void> {
  await sql`delete from mailchimp_members where hash = ${row.hash} and hash <> ${from}`.execute(tx)
  await sql`
    update mailchimp_members set hash = ${row.hash}, address = ${row.address}, person_id = (select id from people where id = ${row.person_id}),
      fields = ${JSON.stringify(row.fields)}::jsonb, agreed = ${JSON.stringify(row.fields)}::jsonb, digest = ${row.digest},
      written_at = ${at}, trouble = null, trouble_words = null, trouble_at = null, left_at = null, new_address = null
    where hash = ${from}`.execute(tx)
}

/** That these are about to be taken out by us: should the answer be lost, what is found archived is ours all the same. */
export async function recordLeaving(db: DbOrTx, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return
  await sql`update mailchimp_members set digest = ${LEAVING} where hash = any(${hashes}::text[])`.execute(db)
}

/** Taken out by us, so that we may put them in again. */
export async function recordArchived(
  db: DbOrTx,
  hashes: readonly string[],
  { began_at, at }: { began_at: Date; at: Date },
): Promise<void> {
  await sql`
    update mailchimp_members set status = case when read_at > ${began_at} then status else 'archived' end,
      is_ours = true, digest = null, written_at = ${at}
    where hash = any(${hashes}::text[])`.execute(db)
}

/** Refused: nobody tries again before something else is wanted. */
export async function recordRefused(
  db: DbOrTx,
  rows: readonly { hash: string; trouble: 'compliance' | 'refused'; trouble_words: string; digest: string | null }[],
  at: Date,
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update mailchimp_members m set trouble = n.trouble, trouble_words = n.trouble_words, trouble_at = ${at}, left_at = null,
      digest = n.digest
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(hash text, trouble text, trouble_words text, digest text)
    where m.hash = n.hash`.execute(db)
}

/** Tags as they stand there after a call that was answered. */
export async function recordTags(
  db: DbOrTx,
  { tag, add, remove, at }: { tag: string; add: readonly string[]; remove: readonly string[]; at: Date },
): Promise<void> {
  await sql`
    update mailchimp_members set written_at = ${at},
      tags = (select coalesce(array_agg(t order by t), '{}') from (
        select t from unnest(tags) t where lower(t) <> lower(${tag}::text)
        union select ${tag}::text where hash = any(${add}::text[])) own(t))
    where hash = any(${add}::text[]) or hash = any(${remove}::text[])`.execute(db)
}

export async function forgetMembers(db: DbOrTx, hashes: readonly string[]): Promise<void> {
  if (hashes.length > 0) await sql`delete from mailchimp_members where hash = any(${hashes}::text[])`.execute(db)
}

/** Contacts whose person is gone, once they are out or no longer ours to look after. */
export async function forgetGone(db: DbOrTx, hashes: readonly string[]): Promise<void> {
  await sql`
    delete from mailchimp_members
    where hash = any(${hashes}::text[]) and person_id is null and trouble is distinct from 'refused'`.execute(db)
}
