import { sql } from 'kysely'
import type pg from 'pg'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'

export interface MailboxPlace {
  uid_validity: number
  last_uid: number
}

/**
 * Takes the mailbox for this process, for as long as the connection lives: of several processes one reads it. Undefined
 * when another has it.
 */
export async function holdMailbox(
  pool: pg.Pool,
  name: string,
  onLost: () => void,
): Promise<{ release(): void } | undefined> {
  const client = await pool.connect()
  let isHeld = false
  client.on('error', () => isHeld && onLost())
  try {
    const { rows } = await client.query<{ held: boolean }>(
      `select pg_try_advisory_lock(hashtext('pairpost-imap'), hashtext($1)) as held`,
      [name],
    )
    isHeld = rows[0]?.held === true
  } finally {
    if (!isHeld) client.release()
  }
  if (!isHeld) return undefined
  return {
    release() {
      isHeld = false
      // The lock is the connection's: it ends with it.
      client.release(true)
    },
  }
}

export async function findPlace(db: DbOrTx, name: string): Promise<MailboxPlace | undefined> {
  return db
    .selectFrom('imap_mailboxes')
    .select(['uid_validity', 'last_uid'])
    .where('name', '=', name)
    .executeTakeFirst()
}

/** Reading begins after `last_uid`, under these numbers. */
export async function recordPlace(db: DbOrTx, name: string, place: MailboxPlace): Promise<void> {
  await db
    .insertInto('imap_mailboxes')
    .values({ name, ...place })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(place))
    .execute()
}

/** Never back: of two readers the one that is behind changes nothing. */
export async function recordTaken(tx: DbOrTx, name: string, { uid_validity, last_uid }: MailboxPlace): Promise<void> {
  await sql`update imap_mailboxes set last_uid = greatest(last_uid, ${last_uid})
    where name = ${name} and uid_validity = ${uid_validity}`.execute(tx)
}

export async function recordLooked(db: Db, name: string, now: Date): Promise<void> {
  await sql`update imap_mailboxes set seen_at = ${now}, trouble_since = null, trouble_words = null
    where name = ${name}`.execute(db)
}

export async function recordMailboxTrouble(db: Db, name: string, { words, now }: { words: string; now: Date }) {
  await sql`insert into imap_mailboxes (name, uid_validity, trouble_since, trouble_words)
    values (${name}, 0, ${now}, ${words})
    on conflict (name) do update set
      trouble_since = coalesce(imap_mailboxes.trouble_since, excluded.trouble_since), trouble_words = excluded.trouble_words
    `.execute(db)
}

/** When the oldest message that came from a mailbox arrived there. */
export async function findOldestFromMailbox(db: DbOrTx): Promise<Date | undefined> {
  const { rows } = await sql<{ oldest: Date | null }>`
    select min(received_at) as oldest from incoming_messages where source = 'imap'`.execute(db)
  return rows[0]?.oldest ?? undefined
}

/** Mailboxes whose reading has stopped, and why. */
export function listMailboxTroubles(db: Db) {
  return db
    .selectFrom('imap_mailboxes')
    .select(['name', 'trouble_since', 'trouble_words', 'seen_at'])
    .where('trouble_since', 'is not', null)
    .execute()
}
