import { parseAddress } from '../../../lib/address.ts'
import { Conflict, NotFound } from '../../../lib/errors.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { memberHash } from '../../../platform/mailchimp/index.ts'
import { findOwner, insertAddress, makePrimary } from '../../people/index.ts'
import type { MailchimpDeps } from '../deps.ts'
import { lockMembers } from '../mirror/member-queries.ts'
import { insertChanges } from '../mirror/people-queries.ts'
import {
  clearTrouble,
  findTroubleRow,
  listTroubleRows,
  recordLeft,
  renameContact,
  type TroubleRow,
} from './contact-queries.ts'
import { lockPerson } from './take-queries.ts'

/** again: as if nothing had been tried. leave: it may stay as it is. accept_address: mail goes to the new address from now on. */
export const TROUBLE_DECISIONS = ['again', 'leave', 'accept_address'] as const
export type TroubleDecision = (typeof TROUBLE_DECISIONS)[number]

const PAGE = 50

/** Contacts that a person must see to, in the order of their hashes. @param wanted.after `next` of the page before */
export async function listTroubles(
  { db }: Pick<MailchimpDeps, 'db'>,
  wanted: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<{ items: TroubleRow[]; next: string | null }> {
  const limit = wanted.limit ?? PAGE
  const rows = await listTroubleRows(db, { after: wanted.after ?? '', limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.hash ?? null) : null }
}

/**
 * Somebody has seen to a contact.
 * @throws NotFound when there is no trouble, or none any more; Conflict `no_address_asked`, `address_taken`,
 *   `not_acceptable`, `person_erased`
 */
export async function decideTrouble(
  { db, clock }: Pick<MailchimpDeps, 'db' | 'clock'>,
  { hash, decision, by }: { hash: string; decision: TroubleDecision; by: string },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // The contact first, then its person: as a sync takes them.
    const new_address = (await findTroubleRow(tx, hash))?.new_address
    await lockMembers(tx, new_address ? [hash, memberHash(new_address)] : [hash])
    const row = await findTroubleRow(tx, hash)
    if (!row) throw new NotFound('A contact in trouble with this hash')
    if (!(await lockPerson(tx, row.person_id)))
      throw new Conflict('person_erased', 'What we held about this person was erased.')
    if (decision === 'leave') return recordLeft(tx, { hash, now: clock.now() })
    if (decision === 'accept_address') await acceptAddress(tx, row, by)
    else await clearTrouble(tx, hash)
    await insertChanges(tx, [row.person_id])
  })
}

async function acceptAddress(tx: DbOrTx, { hash, person_id, trouble, new_address }: TroubleRow, by: string) {
  if (trouble !== 'address_changed' || new_address === null)
    throw new Conflict('no_address_asked', 'Mailchimp tells of no new address of this person.')
  const parsed = parseAddress(new_address)
  if (!parsed.ok) throw new Conflict('not_acceptable', `The new address cannot be used. ${parsed.message}`)
  const { address } = parsed
  const isNew = await insertAddress(tx, { person_id, address, source: by })
  if (!isNew && (await findOwner(tx, address))?.id !== person_id)
    throw new Conflict(
      'address_taken',
      'The new address belongs to somebody else here. Look for it under Participants: it may be the same person twice.',
    )
  await makePrimary(tx, { person_id, address })
  await renameContact(tx, { hash, new_hash: memberHash(address), address })
}
