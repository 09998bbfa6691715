import { type TokenKeys, verifyToken } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import { findStopped, recordResubscribed, recordUnsubscribed, type Unsubscription } from './unsubscribe-queries.ts'

export type { Unsubscription } from './unsubscribe-queries.ts'

interface UnsubscribeDeps {
  db: Db
  keys: TokenKeys
}

/** Whom a token is about, or undefined: a page for a bad token never tells whether an address exists. */
export async function findUnsubscription(deps: UnsubscribeDeps, token: string): Promise<Unsubscription | undefined> {
  const id = verifyToken(deps.keys, 'unsubscribe', token)
  return id === undefined ? undefined : findStopped(deps.db, id)
}

/**
 * Stops campaigns for the reader at once, also those under way (RFC 8058 §3.2); asked twice it changes nothing more.
 * Automatic email about the person's own participation goes on.
 */
export async function unsubscribe(deps: UnsubscribeDeps, token: string): Promise<Unsubscription | undefined> {
  const found = await findUnsubscription(deps, token)
  if (!found) return undefined
  await recordUnsubscribed(deps.db, found.delivery_id)
  return { ...found, programme_mail_stopped: true }
}

/** The reader comes back. */
export async function resubscribe(deps: UnsubscribeDeps, token: string): Promise<Unsubscription | undefined> {
  const found = await findUnsubscription(deps, token)
  if (!found) return undefined
  await recordResubscribed(deps.db, found.delivery_id)
  return { ...found, programme_mail_stopped: false }
}
