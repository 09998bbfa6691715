import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { forgetContacts } from '../contact-queries.ts'

export interface InterestValues {
  address: string
  given_name: string
  country_code: string
  language: string
}

/**
 * Puts an address on the list, unverified; one that is there already stays as it is, but for what a stranger may have
 * typed before it was verified. Returns the contact's id.
 */
export async function insertInterest(tx: DbOrTx, { now, ...values }: InterestValues & { now: Date }): Promise<number> {
  const { address, given_name, country_code, language } = values
  const { rows } = await sql<{ id: number }>`
    insert into contacts as c (address, given_name, country_code, language, interested_at, created_at)
    values (${address}, ${given_name}, ${country_code}, ${language}, ${now}, ${now})
    on conflict (address) where interested_at is not null and interest_left_at is null do update set
      given_name = case when c.interest_verified_at is null then excluded.given_name else c.given_name end,
      country_code = case when c.interest_verified_at is null then excluded.country_code else c.country_code end,
      language = case when c.interest_verified_at is null then excluded.language else c.language end,
      -- who is mailed a link once more has the time of a link to open it
      interested_at = case when c.interest_verified_at is null then excluded.interested_at else c.interested_at end
    returning id`.execute(tx)
  return (rows[0] as { id: number }).id
}

/**
 * Who asked before there was any round, and so was never mailed a link; they have the time of a link from now on. By id.
 * Of two sweeps at once each has what the other has not.
 */
export async function claimWaiting(tx: DbOrTx, { now, most }: { now: Date; most: number }): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with waiting as (
      select c.id from contacts c
      where c.interest_verified_at is null and c.interest_left_at is null and c.forgotten_at is null
        and c.interested_at <= (select min(created_at) from rounds)
        and not exists (select from deliveries d where d.contact_id = c.id and not d.is_test)
      order by c.id limit ${most} for update of c skip locked)
    update contacts c set interested_at = ${now} from waiting where c.id = waiting.id returning c.id`.execute(tx)
  return rows.map(({ id }) => id)
}

export interface InterestRow {
  contact_id: number
  language: string
  is_verified: boolean
  has_left: boolean
}

/** Whoever on the list an email went to, or has left it since. */
export async function findInterest(db: DbOrTx, deliveryId: number): Promise<InterestRow | undefined> {
  const { rows } = await sql<InterestRow>`
    select c.id as contact_id, c.language, c.interest_verified_at is not null as is_verified,
      c.interest_left_at is not null or c.forgotten_at is not null as has_left
    from deliveries d join contacts c on c.id = d.contact_id
    where d.id = ${deliveryId} and not d.is_test and c.interested_at is not null`.execute(db)
  return rows[0]
}

export async function recordInterestVerified(tx: DbOrTx, contactId: number, now: Date): Promise<void> {
  await sql`
    update contacts set interest_verified_at = ${now}
    where id = ${contactId} and interest_verified_at is null and interest_left_at is null and forgotten_at is null`.execute(
    tx,
  )
}

/** Off the list, and forgotten: there is nothing else that the address was given for. */
export async function recordInterestLeft(tx: DbOrTx, contactId: number, now: Date): Promise<void> {
  await sql`update contacts set interest_left_at = ${now} where id = ${contactId} and forgotten_at is null`.execute(tx)
  await forgetContacts(tx, [contactId], now)
}

/**
 * Verified people of the list whom this email of a round has not gone to, and who have not applied to the round from the
 * same address; by id.
 */
export async function listUntold(
  tx: DbOrTx,
  { round_id, campaign_id, most }: { round_id: number; campaign_id: number; most: number },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.id from contacts c
    where c.interest_verified_at is not null and c.interest_left_at is null and c.forgotten_at is null
      and not exists (select from deliveries d where d.contact_id = c.id and d.campaign_id = ${campaign_id} and not d.is_test)
      and not exists (
        select from addresses known join applications a on a.person_id = known.person_id
        where known.address = c.address and a.round_id = ${round_id})
    order by c.id limit ${most} for update of c skip locked`.execute(tx)
  return rows.map(({ id }) => id)
}

/**
 * Contacts that nothing needs any more: no form, and not on the list or never verified. Before the first round nobody could
 * verify anything.
 */
export async function listForgettable(tx: DbOrTx, { before, most }: { before: Date; most: number }): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.id from contacts c
    where c.forgotten_at is null and c.created_at < ${before}
      and (c.interested_at is null or (c.interest_verified_at is null and c.interested_at < ${before}
        and exists (select from rounds)))
      and not exists (select from application_drafts f where f.contact_id = c.id)
    order by c.id limit ${most} for update of c skip locked`.execute(tx)
  return rows.map(({ id }) => id)
}
