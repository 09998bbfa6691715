import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'

/** A message that is to be read. */
export interface UnreadRow {
  id: number
  source: string
  mail_from: string | null
  rcpt_to: string | null
  client_ip: string | null
  client_helo: string | null
  /** Of the message as it came, and of what was kept of it. */
  octets: number
  kept_octets: number
  received_at: Date
  /** This one is counted. */
  tries: number
}

/**
 * Takes a message for reading, and counts the try before anything is done with it: one that ends the process is not tried
 * for ever. Undefined when it is read, or when another has it until `again_at`.
 */
export async function claimIncoming(
  db: Db,
  { id, now, again_at }: { id: number; now: Date; again_at: Date },
): Promise<UnreadRow | undefined> {
  const { rows } = await sql<UnreadRow>`
    update incoming_messages set tries = tries + 1, try_at = ${again_at}
    where id = ${id} and state = 'received' and (try_at is null or try_at <= ${now})
    returning id, source, mail_from, rcpt_to, client_ip, client_helo, octets,
      coalesce(octet_length(raw), 0) as kept_octets, received_at, tries
    `.execute(db)
  return rows[0]
}

const PIECE = 1024 * 1024

/** The message, piece by piece: decoding 25 MB at once would hold up everything else. */
export async function readRaw(db: Db, { id, kept_octets }: Pick<UnreadRow, 'id' | 'kept_octets'>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let at = 0; at < kept_octets; at += PIECE) {
    const { rows } = await sql<{ piece: Buffer }>`
      select substring(raw from ${at + 1}::int for ${PIECE}::int) as piece from incoming_messages where id = ${id}`.execute(
      db,
    )
    if (rows[0]) pieces.push(rows[0].piece)
  }
  return Buffer.concat(pieces)
}

export async function putOff(db: Db, { id, until }: { id: number; until: Date }): Promise<void> {
  await sql`update incoming_messages set try_at = ${until} where id = ${id} and state = 'received'`.execute(db)
}

/** Ids that nobody has taken, or whoever took them is gone. */
export async function listUnread(db: Db, { now, limit }: { now: Date; limit: number }): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from incoming_messages where state = 'received' and (try_at is null or try_at <= ${now})
    order by id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** How many were read, whatever came of them. */
export async function countRead(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from incoming_messages where state <> 'received'`.execute(db)
  return rows[0]?.count ?? 0
}

/** How many came to each outcome; those that none came to are left out. */
export async function countOutcomes(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<{ outcome: string; count: number }>`
    select outcome, count(*) as count from incoming_messages where outcome is not null group by outcome`.execute(db)
  return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]))
}

/** What reading found, and what came of it. */
export interface ReadingRow {
  state: 'read' | 'unreadable'
  kind: string
  why: string
  from_address: string | null
  from_name: string | null
  subject: string | null
  message_id: string | null
  in_reply_to: string | null
  said_at: Date
  authenticity: unknown
  cuts: string[]
  visible: string | null
  quoted: string | null
  guess: unknown
  delivery_id: number | null
  found_by: string | null
  person_id: number | null
  round_id: number | null
  outcome: string
  read_at: Date
}

/** False when somebody else has read it meanwhile: then nothing may come of this reading. */
export async function recordReading(tx: DbOrTx, id: number, reading: ReadingRow): Promise<boolean> {
  const { authenticity, guess, ...row } = reading
  const { numUpdatedRows } = await tx
    .updateTable('incoming_messages')
    .set({
      ...row,
      authenticity: authenticity === null ? null : JSON.stringify(authenticity),
      guess: guess === null ? null : JSON.stringify(guess),
      try_at: null,
    })
    .where('id', '=', id)
    .where('state', '=', 'received')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Another than what was recorded a moment ago, in the same transaction. */
export async function recordOutcome(
  tx: DbOrTx,
  id: number,
  { outcome, why }: { outcome: string; why: string },
): Promise<void> {
  await tx.updateTable('incoming_messages').set({ outcome, why }).where('id', '=', id).execute()
}

/** One after the other: copies of one message that came by several ways. */
export async function lockMessageId(tx: DbOrTx, messageId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('pairpost-message'), hashtext(${messageId}))`.execute(tx)
}

/** A message that was read already, with this Message-ID, sender and text. */
export async function findEarlierCopy(
  tx: DbOrTx,
  copy: { id: number; message_id: string; from_address: string | null; visible: string | null; kind: string },
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from incoming_messages
    where message_id = ${copy.message_id} and id <> ${copy.id} and state = 'read' and kind = ${copy.kind}
      and from_address is not distinct from ${copy.from_address} and visible is not distinct from ${copy.visible}
    order by id limit 1`.execute(tx)
  return rows[0]?.id
}

export async function insertItem(
  tx: DbOrTx,
  item: {
    incoming_id: number
    round_id: number | null
    person_id: number | null
    why: string
    unknown_address: string | null
    created_at: Date
  },
): Promise<void> {
  await tx
    .insertInto('inbox_items')
    .values(item)
    .onConflict((conflict) => conflict.column('incoming_id').doNothing())
    .execute()
}
