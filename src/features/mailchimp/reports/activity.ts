import type { Activity } from '../../../platform/mailchimp/shapes.ts'
import { recordToldHits, type ToldHit } from '../../tracking/index.ts'
import type { Pull } from './pull.ts'
import { findRecipients } from './recipient-queries.ts'

/** How the program of whoever clicked is called: Mailchimp does not tell, and names itself for all. */
const AGENT = 'Mailchimp'

/**
 * Takes over clicks of links and, where openings are counted, openings. Who is no recipient is passed over.
 * @param since what was told before then is here already; undefined: everything
 */
export async function takeActivity(
  { deps, handed, mailchimp, signal }: Pull,
  { since, counts_opens }: { since: Date | undefined; counts_opens: boolean },
): Promise<number> {
  let recorded = 0
  for await (const page of mailchimp.eachActivity(handed.mailchimp_id, since)) {
    signal?.throwIfAborted()
    // Once each, should a page tell of a contact twice.
    const told = new Map(page.map((one) => [one.email_id.toLowerCase(), one.activity]))
    const hashes = [...told].flatMap(([hash, activity]) => (activity.length > 0 ? [hash] : []))
    if (hashes.length === 0) continue
    recorded += await deps.db.transaction().execute(async (tx) => {
      const own = await findRecipients(tx, { ...handed, hashes })
      const hits = [...own].flatMap(([hash, { delivery_id }]) =>
        hitsOf(told.get(hash) ?? [], delivery_id, counts_opens),
      )
      return recordToldHits(tx, { keys: deps.keys, by: AGENT, hits })
    })
  }
  return recorded
}

function hitsOf(activity: Activity['activity'], delivery_id: number, countsOpens: boolean): ToldHit[] {
  return activity.flatMap(({ action, timestamp: at, url, ip }): ToldHit[] => {
    if (action === 'click' && url !== null) return [{ delivery_id, url, at, ip }]
    return action === 'open' && countsOpens ? [{ delivery_id, url: null, at, ip }] : []
  })
}
