import { parseAddress } from '../../../lib/address.ts'
import { memberHash } from '../../../platform/mailchimp/index.ts'
import type { MailchimpDeps } from '../deps.ts'
import { isPrimary } from './address-queries.ts'
import type { Asking } from './ask.ts'
import { findPersonOfContact, recordMove } from './contact-queries.ts'
import { type ClaimedEvent, holdEvent, recordSettled } from './event-queries.ts'
import { parsedOr } from './parsed.ts'
import type { Outcome } from './settle-contact.ts'

const WORDS = 'Mailchimp says that they have another address now. Mail goes to it once somebody has accepted it.'
/** How often it is asked again while the move is not seen there, and for how long. */
const MOST_EARLY = 3
const EARLY_MS = 60_000

/**
 * Somebody has another address there. It is asked about, and then a person decides: mail must never go elsewhere because a
 * message said so.
 */
export async function settleMove(deps: MailchimpDeps, asking: Asking, event: ClaimedEvent): Promise<Outcome> {
  const { hash, address, new_address } = event
  if (hash === null || address === null || new_address === null) return { settled: 'nobody here' }
  const person_id = await findPersonOfContact(deps.db, { hash, address: parsedOr(address) })
  if (person_id === undefined) return { settled: 'nobody here' }
  const parsed = parseAddress(new_address)
  if (!parsed.ok) return { settled: 'the new address cannot be used' }
  if (await isPrimary(deps.db, { person_id, address: parsed.address })) return { settled: 'echo' }
  const at = deps.clock.now()
  const old = await asking.ask(hash)
  const moved = old === undefined ? undefined : await asking.ask(memberHash(new_address))
  if (old === undefined || moved === undefined) return { waits: 'Mailchimp cannot be asked. It is asked again.' }
  if (old !== 'none' || moved === 'none')
    return event.tries < MOST_EARLY
      ? { waits: 'Mailchimp does not show it yet. It is asked again.', afterMs: EARLY_MS }
      : { settled: 'not so there' }
  await deps.db.transaction().execute(async (tx) => {
    if (!(await holdEvent(tx, event))) return
    await recordMove(tx, { hash, person_id, address: parsedOr(address), new_address: parsed.address, words: WORDS, at })
    await recordSettled(tx, { ...event, outcome: 'for a person', now: deps.clock.now() })
  })
  return { settled: 'for a person' }
}
