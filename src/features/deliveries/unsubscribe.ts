import type { Clock } from '../../lib/clock.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { recordConsent } from '../consents/index.ts'
import {
  findStopped,
  findWisher,
  recordResubscribed,
  recordUnsubscribed,
  recordUnsubscribeEvent,
  type StopScope,
  type Unsubscription,
} from './unsubscribe-queries.ts'

export type { StopScope, Unsubscription } from './unsubscribe-queries.ts'

interface UnsubscribeDeps {
  /** May be a transaction of the caller's. */
  db: Db
  clock: Clock
}

/** How a reader said it. */
export interface Wish {
  /**
   * A page or the button of a mail program (`link`), or a message to us (`email`). What is said by a link is kept beside
   * the delivery here; of a message whoever reads it does that.
   */
  source: 'link' | 'email'
  /** What they read when they decided. */
  wording: string
  language: string
}

/** Who said it in words of their own, in a message. */
export const BY_EMAIL: Wish = {
  source: 'email',
  wording: 'A message to us that asked for no more of these emails.',
  language: 'en',
}
/** RFC 8058 §3.1: what a mail program posts. What its button said to the reader nobody can know. */
export const BY_ONE_CLICK: Wish = { source: 'link', wording: 'List-Unsubscribe=One-Click', language: 'en' }

/** What the reader of a delivery stopped; undefined when there is nobody behind it any more. */
export function findUnsubscription({ db }: { db: Db }, deliveryId: number): Promise<Unsubscription | undefined> {
  return findStopped(db, deliveryId)
}

/**
 * Stops campaigns for the reader at once, also those under way (RFC 8058 §3.2); asked twice it changes nothing more.
 * Automatic email about the person's own participation goes on, unless the reader stops all of it.
 */
export function unsubscribe(
  { db, clock }: UnsubscribeDeps,
  deliveryId: number,
  scope: StopScope = 'campaigns',
  wish: Wish = BY_EMAIL,
): Promise<Unsubscription | undefined> {
  return within(db, async (tx) => {
    // The person first, then what stops mail to them: in one order, whoever decides (consents).
    const person_id = await findWisher(tx, deliveryId)
    if (person_id !== undefined) {
      const said = { person_id, delivery_id: deliveryId, at: clock.now(), ...wish }
      await recordConsent(tx, { ...said, purpose: 'programme_mail', given: false })
      if (wish.source === 'link') await recordUnsubscribeEvent(tx, deliveryId, said.at)
    }
    await recordUnsubscribed(tx, deliveryId, scope)
    return findStopped(tx, deliveryId)
  })
}

/**
 * The reader comes back. What others stopped (a bounce, a complaint, staff) stays, and so does what is known of the email
 * that they left by.
 */
export function resubscribe(
  { db, clock }: UnsubscribeDeps,
  deliveryId: number,
  scope: StopScope = 'campaigns',
  wish: Wish = BY_EMAIL,
): Promise<Unsubscription | undefined> {
  return within(db, async (tx) => {
    const person_id = await findWisher(tx, deliveryId)
    const stopped = person_id === undefined ? undefined : await findStopped(tx, deliveryId)
    if (person_id !== undefined && stopped) {
      // Whoever lets everything come again may have stopped topic emails before, and keeps them stopped.
      const given = !(scope === 'all' ? stopped.programme_mail_stopped : stopped.everything_stopped)
      const said = { person_id, delivery_id: deliveryId, at: clock.now(), ...wish }
      await recordConsent(tx, { ...said, purpose: 'programme_mail', given })
    }
    await recordResubscribed(tx, deliveryId, scope)
    return findStopped(tx, deliveryId)
  })
}

const within = <Done>(db: Db, work: (tx: DbOrTx) => Promise<Done>): Promise<Done> =>
  db.isTransaction ? work(db) : db.transaction().execute(work)
