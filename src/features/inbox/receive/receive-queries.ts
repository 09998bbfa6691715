import type { Insertable } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { IncomingMessages } from '../../../platform/db/schema.ts'

export type NewIncoming = Pick<
  Insertable<IncomingMessages>,
  'source' | 'mail_from' | 'rcpt_to' | 'client_ip' | 'client_helo' | 'raw' | 'octets' | 'digest' | 'received_at'
>

/** The ids of those that were not there yet. Two at once: one of them makes the row, the other waits for it. */
export async function insertIncoming(tx: DbOrTx, rows: readonly NewIncoming[]): Promise<number[]> {
  if (rows.length === 0) return []
  const made = await tx
    .insertInto('incoming_messages')
    .values([...rows])
    .onConflict((conflict) => conflict.constraint('incoming_messages_digest_key').doNothing())
    .returning('id')
    .execute()
  return made.map(({ id }) => id)
}

export async function findByDigest(db: DbOrTx, digest: Buffer): Promise<number | undefined> {
  const row = await db.selectFrom('incoming_messages').select('id').where('digest', '=', digest).executeTakeFirst()
  return row?.id
}
