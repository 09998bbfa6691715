import type { DbOrTx } from '../../platform/db/open.ts'
import { type AutomaticKey, queueAutomatic } from '../campaigns/index.ts'
import { countAsked, lockAddress } from './contact-queries.ts'

/** Anybody can type anybody's address: nobody gets more than this in a day because of it. */
const MOST_A_DAY = 5
const DAY_MS = 86_400_000

interface Asked {
  key: AutomaticKey
  address: string
  now: Date
}

/**
 * Queues an email that somebody asked for by typing an address. When that address has had enough of them today nothing
 * is queued, and the page says the same.
 */
export async function mailAsked(tx: DbOrTx, input: Asked & { round_id: number; contact_id: number }): Promise<void> {
  const { address, contact_id, ...queued } = input
  if (await mayMail(tx, input)) await queueAutomatic(tx, { ...queued, to: { contact_id } })
}

/**
 * Whether the address may have one more today. The email that makes an application complete is counted apart: links that
 * strangers ask for with one field do not use up the one that a whole form waits for.
 */
export async function mayMail(tx: DbOrTx, { key, address, now }: Asked): Promise<boolean> {
  await lockAddress(tx, address)
  const since = new Date(now.getTime() - DAY_MS)
  const completes = key === 'application_received'
  return (await countAsked(tx, { address, since, completes })) < MOST_A_DAY
}
