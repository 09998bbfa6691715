import { sql } from 'kysely'
import { type TokenKeys, verifyToken } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'

export interface Unsubscription {
  delivery_id: number
  address: string
  programme_mail_stopped: boolean
}

/** Whom a token is about, or undefined: a page for a bad token never tells whether an address exists. */
export async function findUnsubscription({ db, keys }: { db: Db; keys: TokenKeys }, token: string): Promise<Unsubscription | undefined> {
  const id = verifyToken(keys, 'unsubscribe', token)
  if (id === undefined) return undefined
  const { rows } = await sql<Unsubscription>`
    select d.id as delivery_id, d.address, exists (select from suppressions s where s.address = d.address
      and s.scope = 'campaigns' and s.reason = 'unsubscribed' and s.lifted_at is null) as programme_mail_stopped
    from deliveries d where d.id = ${id} and d.address is not null`.execute(db)
  return rows[0]
}

/**
 * Stops campaigns for the reader at once, also those under way (RFC 8058 §3.2); asked twice it changes nothing more.
 * Automatic email about the person's own participation goes on.
 */
export async function unsubscribe({ db, keys }: { db: Db; keys: TokenKeys }, token: string): Promise<Unsubscription | undefined> {
  const found = await findUnsubscription({ db, keys }, token)
  if (!found) return undefined
  await db
    .insertInto('suppressions')
    .values({ address: found.address, scope: 'campaigns', reason: 'unsubscribed', source: `delivery ${found.delivery_id}` })
    .onConflict((conflict) => conflict.columns(['address', 'scope', 'reason']).where('lifted_at', 'is', null).doNothing())
    .execute()
  return { ...found, programme_mail_stopped: true }
}

/** The reader comes back. */
export async function resubscribe({ db, keys }: { db: Db; keys: TokenKeys }, token: string): Promise<Unsubscription | undefined> {
  const found = await findUnsubscription({ db, keys }, token)
  if (!found) return undefined
  await sql`update suppressions set lifted_at = clock_timestamp()
    where address = ${found.address} and scope = 'campaigns' and reason = 'unsubscribed' and lifted_at is null`.execute(db)
  return { ...found, programme_mail_stopped: false }
}
