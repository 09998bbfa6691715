import { subtle } from 'node:crypto'
import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { findByDigest, insertIncoming, type NewIncoming } from './receive-queries.ts'

/** RFC 1870: said in SIZE, and the most that is kept of one message. */
export const MESSAGE_OCTETS = 25 * 1024 * 1024

export interface Received {
  raw: Buffer
  source: 'smtp' | 'lmtp' | 'imap' | 'http' | 'mailbox'
  /** The envelope; null when it is not known. An empty mail_from is the null return path. */
  mail_from: string | null
  rcpt_to: string | null
  client_ip?: string | null
  client_helo?: string | null
  /** When our side took responsibility; now, unless a mailbox knows better. */
  received_at?: Date
  /** Of the whole message, when only its beginning is kept. */
  octets?: number
}

interface Deps {
  db: Db
  clock: Clock
  ring: Ring
}

/**
 * Keeps one message for one recipient. When this resolves the row is committed, and only then may whoever gave it be
 * told so. The same message to the same recipient is one row, however often it comes.
 */
export async function receiveMessage(
  deps: Deps,
  received: Received,
): Promise<{ id: number | null; duplicate: boolean }> {
  const row = await incomingRow(received, deps.clock.now())
  const [id] = await insertIncoming(deps.db, [row])
  if (id === undefined) return { id: (await findByDigest(deps.db, row.digest)) ?? null, duplicate: true }
  await deps.ring('read-incoming', { incoming_id: id })
  return { id, duplicate: false }
}

/** The same for several, in the caller's transaction; the caller rings when it is committed. The ids of the new ones. */
export async function keepMessages(tx: DbOrTx, received: readonly Received[], now: Date): Promise<number[]> {
  return insertIncoming(tx, await Promise.all(received.map((each) => incomingRow(each, now))))
}

async function incomingRow(received: Received, now: Date): Promise<NewIncoming & { digest: Buffer }> {
  const { raw, source, mail_from, rcpt_to, client_ip, client_helo, received_at = now, octets = raw.length } = received
  // Of large messages it takes a while: not on this thread.
  const digest = Buffer.from(
    await subtle.digest('SHA-256', Buffer.concat([Buffer.from(`${rcpt_to?.toLowerCase() ?? ''}\0`), raw])),
  )
  return {
    ...{ source, raw, octets, digest, received_at },
    mail_from: storable(mail_from),
    rcpt_to: storable(rcpt_to),
    client_ip: storable(client_ip),
    client_helo: storable(client_helo),
  }
}

/** PostgreSQL's text holds no NUL; an envelope longer than RFC 5321 §4.5.3.1.3 allows is no address. */
function storable(text: string | null | undefined): string | null {
  return text?.replaceAll('\0', '').toWellFormed().slice(0, 1000) ?? null
}
