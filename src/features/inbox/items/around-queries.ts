import { sql } from 'kysely'
import type { Db } from '../../../platform/db/open.ts'

export interface StandingOfPerson {
  /** The application in the item's round; null when there is none. */
  state: string | null
  state_changed_at: Date | null
  addresses: { address: string; is_primary: boolean }[]
}

/** Where the person stands in the round, and their addresses, the primary one first. */
export async function findStandingOfPerson(
  db: Db,
  { person_id, round_id }: { person_id: number; round_id: number | null },
): Promise<StandingOfPerson> {
  const { rows } = await sql<StandingOfPerson>`
    select a.state, a.state_changed_at, coalesce((
      select json_agg(json_build_object('address', o.address, 'is_primary', o.is_primary) order by o.is_primary desc, o.id)
      from addresses o where o.person_id = ${person_id}), '[]') as addresses
    from (select 1) one left join applications a on a.person_id = ${person_id} and a.round_id = ${round_id}`.execute(db)
  return rows[0] as StandingOfPerson
}

export interface OurMessage {
  id: number
  campaign_id: number
  kind: string
  subject: string | null
  address: string | null
  accepted_at: Date | null
}

/** The message of ours that is answered. */
export async function findOurMessage(db: Db, deliveryId: number): Promise<OurMessage | undefined> {
  const { rows } = await sql<OurMessage>`
    select d.id, d.campaign_id, c.kind, coalesce(w.subject, v.subject) as subject, d.address, d.accepted_at
    from deliveries d join campaigns c on c.id = d.campaign_id
    left join campaign_variants v on v.campaign_id = d.campaign_id and v.version = d.version and v.language = d.language
    left join inbox_replies w on w.delivery_id = d.id
    where d.id = ${deliveryId}`.execute(db)
  return rows[0]
}

export interface WrittenReply {
  id: number
  delivery_id: number
  subject: string
  body: string
  /** Such as "staff 3", with the name where there is one. */
  written_by: string
  written_at: Date
  /** Of its delivery. */
  state: string
}

export async function listRepliesOf(db: Db, itemId: number): Promise<WrittenReply[]> {
  const { rows } = await sql<WrittenReply>`
    select w.id, w.delivery_id, w.subject, w.body, w.written_by, w.written_at, d.state
    from inbox_replies w join deliveries d on d.id = w.delivery_id where w.item_id = ${itemId} order by w.id`.execute(
    db,
  )
  return rows
}

export interface OtherMessage {
  incoming_id: number
  /** When it is in the Inbox too. */
  item_id: number | null
  kind: string
  subject: string | null
  /** The first 200 characters. */
  visible: string | null
  outcome: string
  received_at: Date
}

/** What else came from the same person, the newest first, at most twenty. */
export async function listOthersOf(
  db: Db,
  { person_id, incoming_id }: { person_id: number; incoming_id: number },
): Promise<OtherMessage[]> {
  const { rows } = await sql<OtherMessage>`
    select m.id as incoming_id, i.id as item_id, m.kind, m.subject, left(m.visible, 200) as visible, m.outcome, m.received_at
    from incoming_messages m left join inbox_items i on i.incoming_id = m.id
    where m.person_id = ${person_id} and m.id <> ${incoming_id} and m.state <> 'received'
    order by m.id desc limit 20`.execute(db)
  return rows
}
