import type { DbOrTx } from '../../platform/db/open.ts'
import { type AutomaticKey, queueAutomatic } from '../campaigns/index.ts'
import { countAsked, lockAddress } from './contact-queries.ts'

/** Anybody can type anybody's address: nobody gets more than this in a day because of it. */
const MOST_A_DAY = 5
const DAY_MS = 86_400_000

/**
 * Queues an email that somebody asked for by typing an address. When that address has had enough of them today nothing
 * is queued, and the page says the same.
 */
export async function mailAsked(
  tx: DbOrTx,
  input: { key: AutomaticKey; round_id: number; contact_id: number; address: string; now: Date },
): Promise<void> {
  const { address, contact_id, ...queued } = input
  await lockAddress(tx, address)
  const since = new Date(input.now.getTime() - DAY_MS)
  if ((await countAsked(tx, { address, since })) >= MOST_A_DAY) return
  await queueAutomatic(tx, { ...queued, to: { contact_id } })
}
