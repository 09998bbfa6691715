import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { ERASED_NAME } from './names.ts'
import type { Traces } from './trace-queries.ts'

/** The name goes, the country and the language stay: figures are counted from them. */
export async function erasePeopleRows(
  tx: DbOrTx,
  { person_ids, addresses }: Traces,
  { reason, erased_by, now }: { reason: string; erased_by: string | null; now: Date },
): Promise<void> {
  await sql`
    insert into erasures (person_id, reason, erased_by, at)
    select id, ${reason}, ${erased_by}, ${now}::timestamptz from people
    where id = any(${person_ids}::bigint[]) and erased_at is null order by id`.execute(tx)
  await sql`
    update people set given_name = ${ERASED_NAME}, family_name = '', time_zone = null,
      erased_at = coalesce(erased_at, ${now}), updated_at = ${now}
    where id = any(${person_ids}::bigint[])`.execute(tx)
  await sql`delete from addresses where person_id = any(${person_ids}::bigint[])`.execute(tx)
  await sql`delete from preference_changes where person_id = any(${person_ids}::bigint[])`.execute(tx)
  await sql`
    delete from duplicate_proposals
    where first_person_id = any(${person_ids}::bigint[]) or second_person_id = any(${person_ids}::bigint[])`.execute(tx)
  // What says "never again" stays, by address alone: there is no other way of never mailing it again.
  await sql`
    delete from suppressions where address = any(${addresses}::text[])
      and (lifted_at is not null or reason in ('hard_bounce', 'paused'))`.execute(tx)
}

/** Answers and wishes; what figures are counted from stays. */
export async function eraseAnswers(tx: DbOrTx, applicationIds: readonly number[]): Promise<void> {
  await sql`
    update applications set special_request = null, answers = '{}'
    where id = any(${applicationIds}::bigint[]) and (special_request is not null or answers <> '{}')`.execute(tx)
}

/** Forms with what was typed, and who they were before they were people of ours. */
export async function eraseContacts(
  tx: DbOrTx,
  { application_ids, contact_ids }: Pick<Traces, 'application_ids' | 'contact_ids'>,
  now: Date,
): Promise<void> {
  await sql`
    delete from application_drafts
    where application_id = any(${application_ids}::bigint[]) or contact_id = any(${contact_ids}::bigint[])`.execute(tx)
  await sql`
    update contacts set address = null, given_name = '', family_name = '', country_code = null,
      forgotten_at = coalesce(forgotten_at, ${now})
    where id = any(${contact_ids}::bigint[])`.execute(tx)
}

/** What their partnerships say of them. What staff wrote about an end may name them too. */
export async function erasePartnershipTexts(tx: DbOrTx, partnershipIds: readonly number[]): Promise<void> {
  await sql`
    update partnerships set reasons = '', end_reason = null
    where id = any(${partnershipIds}::bigint[]) and (reasons <> '' or end_reason is not null)`.execute(tx)
}
