import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { Authenticity } from '../../../platform/mail/incoming/index.ts'
import type { Guess } from '../guess/index.ts'

/** Who or what is meant, with a name to show. */
export interface Named {
  id: number
  name: string
}

/** A row of the Inbox. */
export interface InboxEntry {
  id: number
  incoming_id: number
  state: 'open' | 'done'
  /** Counts each decision, so that the second of two staff is told. */
  version: number
  /** Why no machine settled it, in a sentence. */
  why: string
  /** reply, complaint, unsubscribe or unreadable. */
  kind: string
  subject: string | null
  from_name: string | null
  from_address: string | null
  /** What they wrote, the first 500 characters. */
  visible: string | null
  guess: Guess | null
  /** What the machine did all the same, such as 'confirmed'; 'inbox' when nothing. */
  outcome: string
  person: Named | null
  round_code: string | null
  unknown_address: string | null
  address_decision: 'add' | 'replace' | 'ignore' | null
  decision: Decision | null
  decided_by: Named | null
  decided_at: Date | null
  assigned_to: Named | null
  received_at: Date
  created_at: Date
}

export const DECISIONS = ['yes', 'no', 'question', 'out_of_office', 'unsubscribe', 'done'] as const
export type Decision = (typeof DECISIONS)[number]

const LISTED = 500

const ENTRY = sql`
  i.id, i.incoming_id, i.state, i.version, i.why, m.kind, m.subject, m.from_name, m.from_address, m.guess, m.outcome,
  case when p.id is not null then json_build_object('id', p.id, 'name', trim(p.given_name || ' ' || p.family_name)) end as person,
  r.code as round_code, i.unknown_address, i.address_decision, i.decision,
  case when d.id is not null then json_build_object('id', d.id, 'name', d.name) end as decided_by, i.decided_at,
  case when a.id is not null then json_build_object('id', a.id, 'name', a.name) end as assigned_to,
  m.received_at, i.created_at`

const JOINED = sql`
  from inbox_items i
  join incoming_messages m on m.id = i.incoming_id
  left join people p on p.id = i.person_id
  left join rounds r on r.id = i.round_id
  left join staff d on d.id = i.decided_by
  left join staff a on a.id = i.assigned_to`

export interface ItemsWanted {
  state: 'open' | 'done'
  assigned_to: number | undefined
  round_id: number | undefined
  person_id: number | undefined
  /** The id of the last one seen. */
  after: number | undefined
  limit: number
}

/** What is open the oldest first, what is done the newest first. */
export async function listItemRows(db: Db, wanted: ItemsWanted): Promise<InboxEntry[]> {
  const { state, assigned_to, round_id, person_id, after, limit } = wanted
  const isOpen = state === 'open'
  const beyond = after === undefined ? sql`` : isOpen ? sql`and i.id > ${after}` : sql`and i.id < ${after}`
  const { rows } = await sql<InboxEntry>`
    select ${ENTRY}, left(m.visible, ${LISTED}) as visible ${JOINED}
    where i.state = ${state} ${beyond}
      ${assigned_to === undefined ? sql`` : sql`and i.assigned_to = ${assigned_to}`}
      ${round_id === undefined ? sql`` : sql`and i.round_id = ${round_id}`}
      ${person_id === undefined ? sql`` : sql`and i.person_id = ${person_id}`}
    order by i.id ${isOpen ? sql`` : sql`desc`} limit ${limit}`.execute(db)
  return rows
}

export async function countOpenItems(db: DbOrTx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from inbox_items where state = 'open'`.execute(db)
  return rows[0]?.count ?? 0
}

/** One item with all that its page shows of the message itself. */
export interface ItemRow extends InboxEntry {
  quoted: string | null
  note: string
  cuts: string[]
  authenticity: Authenticity | null
  source: string
  mail_from: string | null
  rcpt_to: string | null
  message_id: string | null
  octets: number
  found_by: string | null
  person_id: number | null
  round_id: number | null
  delivery_id: number | null
}

export async function findItemRow(db: DbOrTx, id: number): Promise<ItemRow | undefined> {
  const { rows } = await sql<ItemRow>`
    select ${ENTRY}, m.visible, m.quoted, i.note, m.cuts, m.authenticity, m.source, m.mail_from, m.rcpt_to, m.message_id,
      m.octets, m.found_by, i.person_id, i.round_id, m.delivery_id
    ${JOINED} where i.id = ${id}`.execute(db)
  return rows[0]
}

/** The item's own row, locked until the transaction ends. */
export async function lockItem(tx: DbOrTx, id: number): Promise<{ version: number } | undefined> {
  const { rows } = await sql<{ version: number }>`select version from inbox_items where id = ${id} for update`.execute(
    tx,
  )
  return rows[0]
}

/** The raw message; null when it was forgotten. */
export async function findSource(db: Db, itemId: number): Promise<{ raw: Buffer | null } | undefined> {
  return db
    .selectFrom('inbox_items')
    .innerJoin('incoming_messages', 'incoming_messages.id', 'inbox_items.incoming_id')
    .select('raw')
    .where('inbox_items.id', '=', itemId)
    .executeTakeFirst()
}
