import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Traces } from './trace-queries.ts'

/**
 * What we know of them in Mailchimp. The name that Mailchimp has for the contact stays until it has removed it for good,
 * which the next sync asks for.
 */
export async function eraseMailchimp(
  tx: DbOrTx,
  { person_ids, addresses }: Pick<Traces, 'person_ids' | 'addresses'>,
): Promise<void> {
  const hashes = sql`
    select hash from mailchimp_members where person_id = any(${person_ids}::bigint[])
    union select md5(a) from unnest(${addresses}::text[]) as a`
  await sql`
    update mailchimp_events set address = null, new_address = null, reason = null, body_digest = decode(md5(id::text), 'hex')
    where hash in (${hashes}) or lower(address) = any(${addresses}::text[]) or lower(new_address) = any(${addresses}::text[])`.execute(
    tx,
  )
  await sql`
    update mailchimp_members set address = '', fields = '{}', tags = '{}', agreed = '{}', digest = null, new_address = null,
      trouble = null, trouble_words = null, trouble_at = null
    where person_id = any(${person_ids}::bigint[])`.execute(tx)
  await sql`delete from mailchimp_clashes where person_id = any(${person_ids}::bigint[])`.execute(tx)
}
