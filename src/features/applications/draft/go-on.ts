import type { DbOrTx } from '../../../platform/db/open.ts'
import type { DraftDeps } from './draft.ts'
import { type DraftRow, findDraft, findDraftOfContact, lockDraft, moveDraft } from './draft-queries.ts'

/**
 * The button behind the link of an email: the address is theirs, and so is the form from now on. Whoever began it, perhaps
 * somebody else with this address, knows its number: it goes on under a new one, and the old one leads nowhere. A form
 * that was sent, or whose address was known to work, stays as it is. Undefined when the form is gone.
 */
export async function goOnByLink({ db, clock }: DraftDeps, contactId: number): Promise<DraftRow | undefined> {
  const now = clock.now()
  return db.transaction().execute(async (tx) => {
    const locked = await lockLatest(tx, contactId)
    if (!locked || locked.address_verified_at || locked.submitted_at) return locked
    return findDraft(tx, await moveDraft(tx, locked.id, now))
  })
}

/** Of two who press at once the second waits, finds the form gone from its old number, and looks once more. */
async function lockLatest(tx: DbOrTx, contactId: number): Promise<DraftRow | undefined> {
  for (let look = 0; look < 2; look++) {
    const found = await findDraftOfContact(tx, contactId)
    const locked = found && (await lockDraft(tx, found.id))
    if (!found || locked?.contact_id === contactId) return locked
  }
  return undefined
}
