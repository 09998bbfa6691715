import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Traces } from './trace-queries.ts'

/** Fewer people than this at a domain of a round are told apart by it: reports put such domains together as well. */
const FEWEST_AT_DOMAIN = 5

/**
 * Addresses leave the ledger, and what waits goes nowhere; states and times stay for the figures. A domain stays where
 * enough others of the round have it.
 */
export async function eraseDeliveries(tx: DbOrTx, { delivery_ids }: Traces): Promise<void> {
  await sql`
    with own as (
      select d.id, d.domain, c.round_id from deliveries d join campaigns c on c.id = d.campaign_id
      where d.id = any(${delivery_ids}::bigint[])
    ), wanted as (
      select distinct round_id, domain from own where domain is not null
    ), common as (
      select w.round_id, w.domain from wanted w
      join campaigns c on c.round_id = w.round_id
      join deliveries d on d.campaign_id = c.id and d.domain = w.domain and not d.is_test
      group by 1, 2 having count(distinct case when d.person_id is null then -d.contact_id else d.person_id end) >= ${FEWEST_AT_DOMAIN}
    ), waiting as (
      update deliveries d set address = null, in_reply_to = null,
        domain = case when exists (
          select from common where common.round_id = own.round_id and common.domain = own.domain) then d.domain end,
        skipped_reason = case when d.state in ('queued', 'deferred', 'held') then 'erased' else d.skipped_reason end,
        held_reason = null,
        state = case when d.state in ('queued', 'deferred', 'held') then 'skipped' else d.state end,
        updated_at = case when d.state in ('queued', 'deferred', 'held') then clock_timestamp() else d.updated_at end
      from own where own.id = d.id
      returning d.campaign_id, d.skipped_reason
    )
    -- how a campaign's emails went has changed where one was waiting
    insert into report_changes (campaign_id) select distinct campaign_id from waiting where skipped_reason = 'erased'`.execute(
    tx,
  )
  // What was counted of them stays (features/tracking): without its program a click would be taken for a machine's.
  await sql`delete from tracking_hits where delivery_id = any(${delivery_ids}::bigint[])`.execute(tx)
  await eraseServerWords(tx, delivery_ids, { address: true })
}

/** What servers said, which mostly repeats the address. @param what.address false: the address is still theirs */
export async function eraseServerWords(
  tx: DbOrTx,
  deliveryIds: readonly number[],
  { address }: { address: boolean },
): Promise<void> {
  await sql`
    update attempts set words = null ${address ? sql`, address = ''` : sql``}
    where delivery_id = any(${deliveryIds}::bigint[])`.execute(tx)
  // Of two addresses that one notice names for one delivery the second stays apart, by a number.
  await sql`
    update delivery_events e set words = null, address = case when e.id = of_one.first then '' else e.id::text end
    from (
      select id, min(id) over (partition by incoming_id, delivery_id, kind) as first from delivery_events
      where delivery_id = any(${deliveryIds}::bigint[])
    ) of_one
    where of_one.id = e.id`.execute(tx)
}

/** Words about the account or a domain that name an address. Returns whether somebody else holds one of these rows. */
export async function eraseSenderWords(tx: DbOrTx, { addresses }: Traces): Promise<{ is_busy: boolean }> {
  if (addresses.length === 0) return { is_busy: false }
  const names = (column: 'closed_words' | 'trouble_words' | 'words') => sql<boolean>`exists (
    select from unnest(${addresses}::text[]) as own(address) where position(own.address in lower(${sql.ref(column)})) > 0)`
  const found = sql`select id from senders where ${names('closed_words')} or ${names('trouble_words')}`
  // Sending locks a sender before deliveries, this after them: so it waits for none.
  await sql`
    update senders set closed_words = case when ${names('closed_words')} then null else closed_words end,
      trouble_words = case when ${names('trouble_words')} then null else trouble_words end
    where id in (${found} order by id for update skip locked)`.execute(tx)
  await sql`
    update domain_stops s set words = null
    from (select sender_id, domain from domain_stops where ${names('words')} for update skip locked) held
    where held.sender_id = s.sender_id and held.domain = s.domain`.execute(tx)
  // A domain of one person names them.
  await sql`
    delete from domain_stops s using (
      select sender_id, domain from domain_stops
      where domain in (select split_part(own.address, '@', 2) from unnest(${addresses}::text[]) as own(address))
        and not exists (select from deliveries d where d.domain = domain_stops.domain)
      for update skip locked) held
    where held.sender_id = s.sender_id and held.domain = s.domain`.execute(tx)
  const { rows } = await sql<{ left: number }>`
    select (select count(*) from (${found}) s) + (select count(*) from domain_stops where ${names('words')}) as left`.execute(
    tx,
  )
  return { is_busy: (rows[0]?.left ?? 0) > 0 }
}
