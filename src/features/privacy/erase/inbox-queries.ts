import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { ERASED_TEXT } from './names.ts'

/**
 * What was written to us and by us. The digest stays: a mailbox that is read again brings the message back otherwise. An
 * item that was open is done: there is nothing left to decide.
 */
export async function eraseIncoming(
  tx: DbOrTx,
  {
    incoming_ids,
    person_ids,
    delivery_ids,
    now,
  }: {
    incoming_ids: readonly number[]
    /** Their items and the notes on them, whatever message they are about. */
    person_ids: readonly number[]
    /** What staff wrote in these. */
    delivery_ids: readonly number[]
    now: Date
  },
): Promise<void> {
  await sql`
    update incoming_messages set mail_from = null, rcpt_to = null, client_ip = null, client_helo = null, raw = null,
      from_address = null, from_name = null, subject = null, message_id = null, in_reply_to = null, authenticity = null,
      cuts = '{}', visible = null, quoted = null, guess = null, why = ${ERASED_TEXT}
    where id = any(${incoming_ids}::bigint[])`.execute(tx)
  await sql`
    update delivery_events set words = null, address = case when address = '' then '' else id::text end
    where incoming_id = any(${incoming_ids}::bigint[])`.execute(tx)
  const items = sql`select id from inbox_items
    where incoming_id = any(${incoming_ids}::bigint[]) or person_id = any(${person_ids}::bigint[])`
  await sql`
    update inbox_replies set subject = ${ERASED_TEXT}, body = ${ERASED_TEXT}
    where item_id in (${items}) or delivery_id = any(${delivery_ids}::bigint[])`.execute(tx)
  await sql`
    update inbox_items set why = ${ERASED_TEXT}, unknown_address = null, note = '',
      decided_at = case state when 'open' then ${now} else decided_at end,
      decision = case state when 'open' then 'done' else decision end,
      state = 'done', version = version + case state when 'open' then 1 else 0 end
    where id in (${items})`.execute(tx)
}

/** Messages in the built-in mailbox: theirs, and introductions of theirs to their partners. */
export async function eraseMailbox(
  tx: DbOrTx,
  { addresses, partnership_ids }: { addresses: readonly string[]; partnership_ids: readonly number[] },
): Promise<void> {
  if (addresses.length === 0) return
  await sql`
    delete from mailbox_messages
    where lower(rcpt_to) = any(${addresses}::text[]) or lower(mail_from) = any(${addresses}::text[])
      or exists (select from unnest(${addresses}::text[]) as own(address) where position(own.address in lower(header_from)) > 0)`.execute(
    tx,
  )
  await sql`
    delete from mailbox_messages m
    where lower(m.rcpt_to) in (
        select a.address from partnership_members p join addresses a on a.person_id = p.person_id
        where p.partnership_id = any(${partnership_ids}::bigint[]))
      and exists (
        select from unnest(${addresses}::text[]) as own(address)
        where position(convert_to(own.address, 'UTF8') in m.raw) > 0)`.execute(tx)
}
