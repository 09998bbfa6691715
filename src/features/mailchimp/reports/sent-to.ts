import type { SentTo } from '../../../platform/mailchimp/shapes.ts'
import type { Pull } from './pull.ts'
import { findRecipients } from './recipient-queries.ts'
import type { ReportKey } from './report-queries.ts'
import {
  countMailed,
  noteChange,
  recordAccepted,
  recordBounces,
  recordUnknown,
  skipLeftOut,
  type ToldBounce,
} from './sent-to-queries.ts'

/**
 * Takes over whom Mailchimp mailed and what bounced. @returns how many contacts it mailed that are no recipients, and
 * whether it has told of everybody, or says that it mailed more than it has told of
 */
export async function takeSentTo(
  pull: Pull,
  { emails_sent }: { emails_sent: number },
): Promise<{ others: number; is_complete: boolean; is_short: boolean }> {
  const { deps, handed, mailchimp, signal } = pull
  // Of whoever was added there by hand: none as a rule, and 32 letters each.
  const others = new Set<string>()
  for await (const page of mailchimp.eachSentTo(handed.mailchimp_id)) {
    signal?.throwIfAborted()
    for (const hash of await takePage(pull, page)) others.add(hash)
  }
  // Counted once the reading has ended: a page that moved meanwhile tells of somebody twice.
  const mailed = await countMailed(deps.db, handed)
  // Right after sending the totals may still be noughts.
  const is_short = mailed + others.size < emails_sent
  return { others: others.size, is_complete: emails_sent > 0 && !is_short, is_short }
}

/** Whoever waits after that was not mailed. */
export async function settleLeftOut({ deps, handed }: Pull): Promise<number> {
  return deps.db.transaction().execute(async (tx) => {
    const skipped = await skipLeftOut(tx, handed)
    if (skipped > 0) await noteChange(tx, handed.campaign_id, deps.clock.now())
    return skipped
  })
}

/** Its report is not asked for any more: what it never told of a person decides, and the campaign can end. */
export async function settleUnknown({ db, clock }: Pick<Pull['deps'], 'db' | 'clock'>, key: ReportKey): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if ((await recordUnknown(tx, key)) > 0) await noteChange(tx, key.campaign_id, clock.now())
  })
}

/** @returns names of those who are no recipients */
async function takePage({ deps, handed, sentAt }: Pull, page: readonly SentTo[]): Promise<string[]> {
  const status = new Map(page.map((one) => [one.email_id.toLowerCase(), one.status]))
  const hashes = [...status.keys()]
  return deps.db.transaction().execute(async (tx) => {
    const own = await findRecipients(tx, { ...handed, hashes })
    const delivery_ids = [...own.values()].flatMap((one) => (one.state === 'accepted' ? [] : [one.delivery_id]))
    const bounces = [...own].flatMap(([hash, { delivery_id }]): ToldBounce[] => {
      const told = status.get(hash)
      return told === 'hard' || told === 'soft' ? [{ delivery_id, class: told }] : []
    })
    const now = deps.clock.now()
    const changed =
      (await recordAccepted(tx, { delivery_ids, accepted_at: sentAt })) + (await recordBounces(tx, { bounces, now }))
    if (changed > 0) await noteChange(tx, handed.campaign_id, now)
    return hashes.filter((hash) => !own.has(hash))
  })
}
