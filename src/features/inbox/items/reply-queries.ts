import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'

/** A contact with this address, made when there is none yet. */
export async function ensureContact(
  tx: DbOrTx,
  { address, name, now }: { address: string; name: string; now: Date },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select id from contacts where address = ${address} and forgotten_at is null order by id limit 1`.execute(tx)
  if (rows[0]) return rows[0].id
  const { id } = await tx
    .insertInto('contacts')
    .values({ address, given_name: name.slice(0, 200), created_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function insertReply(
  tx: DbOrTx,
  row: { item_id: number; delivery_id: number; subject: string; body: string; written_by: string; written_at: Date },
): Promise<void> {
  await tx.insertInto('inbox_replies').values(row).execute()
}

/** What is needed to make the message of a reply. */
export interface ReplyToCompose {
  delivery_id: number
  subject: string
  body: string
  round_code: string
  to_name: string
  /** What they wrote, and when. */
  visible: string | null
  received_at: Date
}

export async function listRepliesToCompose(db: Db, deliveryIds: readonly number[]): Promise<ReplyToCompose[]> {
  const { rows } = await sql<ReplyToCompose>`
    select w.delivery_id, w.subject, w.body, r.code as round_code, m.visible, m.received_at,
      coalesce(nullif(trim(coalesce(p.given_name, o.given_name) || ' ' || coalesce(p.family_name, o.family_name)), ''), '') as to_name
    from inbox_replies w
    join deliveries d on d.id = w.delivery_id
    join campaigns c on c.id = d.campaign_id join rounds r on r.id = c.round_id
    join inbox_items i on i.id = w.item_id join incoming_messages m on m.id = i.incoming_id
    left join people p on p.id = d.person_id left join contacts o on o.id = d.contact_id
    where w.delivery_id = any(${deliveryIds}::bigint[])`.execute(db)
  return rows
}
