import type { Unsubscribed } from '../../../platform/mailchimp/shapes.ts'
import { takeFromThere } from '../back/take.ts'
import type { Pull } from './pull.ts'
import { findRecipients } from './recipient-queries.ts'
import { recordUnsubscribed } from './unsubscribed-queries.ts'

/**
 * Takes over who left by the campaign: that it was this email, and that they get no more. @returns how many left by it who
 * are no recipients
 */
export async function takeUnsubscribed(pull: Pull): Promise<number> {
  const { handed, mailchimp, signal } = pull
  let others = 0
  for await (const page of mailchimp.eachUnsubscribed(handed.mailchimp_id)) {
    signal?.throwIfAborted()
    others += await takePage(pull, page)
  }
  return others
}

/** What is told and what follows from it are one transaction: after a crash it is new again, and nothing is forgotten. */
async function takePage({ deps, handed }: Pull, page: readonly Unsubscribed[]): Promise<number> {
  const left = new Map(page.map((one) => [one.email_id.toLowerCase(), one]))
  return deps.db.transaction().execute(async (tx) => {
    const own = await findRecipients(tx, { ...handed, hashes: [...left.keys()] })
    const told = [...own].flatMap(([hash, { delivery_id, person_id }]) => {
      const one = left.get(hash)
      return one ? [{ hash, delivery_id, person_id, at: one.timestamp, reason: one.reason }] : []
    })
    const fresh = await recordUnsubscribed(tx, told)
    for (const { hash, delivery_id, person_id, at, reason } of told.toSorted(byPerson)) {
      if (!fresh.has(delivery_id) || person_id === null) continue
      const stop = { person_id, member_hash: hash, stop: 'unsubscribed', reason, at } as const
      await takeFromThere(tx, { ...stop, take: {}, clashes: [] })
    }
    return left.size - own.size
  })
}

/** Everybody who locks several people does so in one order. */
const byPerson = (a: { person_id: number | null }, b: { person_id: number | null }) =>
  (a.person_id ?? 0) - (b.person_id ?? 0)
