import type { Clock } from '../../../lib/clock.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { queueAutomaticToAll } from '../../campaigns/index.ts'
import { listRoundRows } from '../../rounds/index.ts'
import { mailAsked } from '../ask-mail.ts'
import { chooseRound } from '../draft/period.ts'
import {
  claimWaiting,
  findInterest,
  type InterestRow,
  type InterestValues,
  insertInterest,
  recordInterestLeft,
  recordInterestVerified,
} from './interest-queries.ts'

interface InterestDeps {
  db: Db
  clock: Clock
}

/**
 * Mails a link to an address that wants to be told when applications open. The same for one that is on the list already:
 * whoever asks learns nothing. @param input without a fault, the address normalised
 * @returns `later` when there is no round yet: the sweep mails the link as soon as there is one
 */
export async function joinInterest({ db, clock }: InterestDeps, input: InterestValues): Promise<'mailed' | 'later'> {
  const now = clock.now()
  const round = chooseRound(await listRoundRows(db), now)
  return db.transaction().execute(async (tx) => {
    const contact_id = await insertInterest(tx, { ...input, now })
    // An email belongs to a round.
    if (!round) return 'later'
    await mailAsked(tx, { key: 'interest_received', round_id: round.id, contact_id, address: input.address, now })
    return 'mailed'
  })
}

/** At a time. */
const MOST = 500

/** Mails the link to those who asked before the very first round was there. */
export async function mailWaiting({ db, clock }: InterestDeps): Promise<void> {
  const now = clock.now()
  const round = chooseRound(await listRoundRows(db), now)
  if (!round) return
  let mailed = MOST
  while (mailed === MOST)
    mailed = await db.transaction().execute(async (tx) => {
      const contact_ids = await claimWaiting(tx, { now, most: MOST })
      const to = { contact_ids }
      return (await queueAutomaticToAll(tx, { key: 'interest_received', round_id: round.id, to, now })).length
    })
}

/** Whoever an email of the list went to; undefined when its link is about something else. */
export function findInterested({ db }: { db: Db }, deliveryId: number): Promise<InterestRow | undefined> {
  return findInterest(db, deliveryId)
}

/** The button behind the link: told from now on. */
export function verifyInterest({ db, clock }: InterestDeps, row: InterestRow): Promise<void> {
  return recordInterestVerified(db, row.contact_id, clock.now())
}

/** The same for the email that was answered by "unsubscribe". */
export async function leaveInterestBy(
  tx: DbOrTx,
  { delivery_id, now }: { delivery_id: number; now: Date },
): Promise<void> {
  const row = await findInterest(tx, delivery_id)
  if (row) await recordInterestLeft(tx, row.contact_id, now)
}

/** Not told any more, and the address forgotten. */
export function leaveInterest({ db, clock }: InterestDeps, row: InterestRow): Promise<void> {
  return db.transaction().execute((tx) => recordInterestLeft(tx, row.contact_id, clock.now()))
}
