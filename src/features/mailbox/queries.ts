import { type Insertable, type SelectQueryBuilder, sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import type { DB, MailboxMessages } from '../../platform/db/schema.ts'

export type NewMessage = Insertable<MailboxMessages>
export type Direction = 'to_participant' | 'to_programme'

/** A message as lists show it: everything but its bytes. */
export interface MessageRow {
  id: number
  mail_from: string
  rcpt_to: string
  direction: string
  header_from: string | null
  message_id: string | null
  subject: string | null
  received_at: Date
}

const COLUMNS = [
  'id',
  'mail_from',
  'rcpt_to',
  'direction',
  'header_from',
  'message_id',
  'subject',
  'received_at',
] as const

export function recordMessages(db: DbOrTx, rows: NewMessage[]): Promise<{ id: number; direction: string }[]> {
  return db.insertInto('mailbox_messages').values(rows).returning(['id', 'direction']).execute()
}

/** Newest first, for the page. @param search part of a recipient's or sender's address */
export function listNewestMessages(
  db: Db,
  filter: {
    search?: string | undefined
    direction?: Direction | undefined
    before?: number | undefined
    limit: number
  },
): Promise<MessageRow[]> {
  const { search, direction, before, limit } = filter
  return db
    .selectFrom('mailbox_messages')
    .select(COLUMNS)
    .$if(search !== undefined, (query) => whereAddressLike(query, search as string))
    .$if(direction !== undefined, (query) => query.where('direction', '=', direction as Direction))
    .$if(before !== undefined, (query) => query.where('id', '<', before as number))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Oldest first, for programs: `after` is the last id they have seen. @param to a recipient's whole address */
export function listMessagesAfter(
  db: Db,
  filter: { to?: string | undefined; direction?: Direction | undefined; after: number; limit: number },
): Promise<MessageRow[]> {
  const { to, direction, after, limit } = filter
  return db
    .selectFrom('mailbox_messages')
    .select(COLUMNS)
    .where('id', '>', after)
    .$if(to !== undefined, (query) => query.where(sql`lower(rcpt_to)`, '=', (to as string).toLowerCase()))
    .$if(direction !== undefined, (query) => query.where('direction', '=', direction as Direction))
    .orderBy('id')
    .limit(limit)
    .execute()
}

export function findMessage(db: Db, id: number): Promise<MessageRow | undefined> {
  return db.selectFrom('mailbox_messages').select(COLUMNS).where('id', '=', id).executeTakeFirst()
}

/** The first `bytes` of a message, and how long it is. */
export function findBytes(db: Db, id: number, bytes: number): Promise<{ raw: Buffer; size: number } | undefined> {
  return db
    .selectFrom('mailbox_messages')
    .select([sql<Buffer>`substring(raw from 1 for ${bytes}::int)`.as('raw'), sql<number>`octet_length(raw)`.as('size')])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** The newest message with a Message-ID. No index: it was stored a moment ago. */
export async function findIdByMessageId(db: Db, messageId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('mailbox_messages')
    .select('id')
    .where('message_id', '=', messageId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}

export async function countMessages(
  db: Db,
  filter: { search?: string | undefined; direction?: Direction | undefined } = {},
): Promise<number> {
  const { search, direction } = filter
  const { total } = await db
    .selectFrom('mailbox_messages')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .$if(search !== undefined, (query) => whereAddressLike(query, search as string))
    .$if(direction !== undefined, (query) => query.where('direction', '=', direction as Direction))
    .executeTakeFirstOrThrow()
  return total
}

export async function deleteMessages(db: Db): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('mailbox_messages').executeTakeFirst()
  return Number(numDeletedRows)
}

function whereAddressLike<Row>(
  query: SelectQueryBuilder<DB, 'mailbox_messages', Row>,
  search: string,
): SelectQueryBuilder<DB, 'mailbox_messages', Row> {
  // The three characters with a meaning in a pattern are looked for as themselves.
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  return query.where((eb) => eb.or([eb('rcpt_to', 'ilike', pattern), eb('header_from', 'ilike', pattern)]))
}
