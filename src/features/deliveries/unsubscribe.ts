import type { Db } from '../../platform/db/open.ts'
import {
  findStopped,
  recordResubscribed,
  recordUnsubscribed,
  type StopScope,
  type Unsubscription,
} from './unsubscribe-queries.ts'

export type { StopScope, Unsubscription } from './unsubscribe-queries.ts'

interface UnsubscribeDeps {
  db: Db
}

/** What the reader of a delivery stopped; undefined when there is nobody behind it any more. */
export function findUnsubscription({ db }: UnsubscribeDeps, deliveryId: number): Promise<Unsubscription | undefined> {
  return findStopped(db, deliveryId)
}

/**
 * Stops campaigns for the reader at once, also those under way (RFC 8058 §3.2); asked twice it changes nothing more.
 * Automatic email about the person's own participation goes on, unless the reader stops all of it.
 */
export async function unsubscribe(
  { db }: UnsubscribeDeps,
  deliveryId: number,
  scope: StopScope = 'campaigns',
): Promise<Unsubscription | undefined> {
  await recordUnsubscribed(db, deliveryId, scope)
  return findStopped(db, deliveryId)
}

/** The reader comes back. What others stopped (a bounce, a complaint, staff) stays. */
export async function resubscribe(
  { db }: UnsubscribeDeps,
  deliveryId: number,
  scope: StopScope = 'campaigns',
): Promise<Unsubscription | undefined> {
  await recordResubscribed(db, deliveryId, scope)
  return findStopped(db, deliveryId)
}
