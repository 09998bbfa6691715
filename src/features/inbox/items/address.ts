import { Conflict } from '../../../lib/errors.ts'
import { findOwner, insertAddress, makePrimary } from '../../people/index.ts'
import { changeItem, type Doer } from './change.ts'
import { hasPerson, recordAddressDecision, recordDecision } from './change-queries.ts'
import type { DecideDeps } from './decide.ts'
import { getInboxItem, type InboxItem } from './inbox.ts'

/** add: one more address of theirs. replace: mail goes there from now on. ignore: it stays nobody's. */
export const ADDRESS_DECISIONS = ['add', 'replace', 'ignore'] as const
export type AddressDecision = (typeof ADDRESS_DECISIONS)[number]

/**
 * Staff say what an unknown address of a reply is. An item that asked nothing else is done with it.
 * @throws NotFound, Conflict `inbox_changed`, `no_address_asked`, `address_taken`, `person_erased`
 */
export async function decideAddress(
  deps: Pick<DecideDeps, 'db' | 'clock'>,
  input: { id: number; as: AddressDecision; version?: number | undefined; by: Doer },
): Promise<InboxItem> {
  const { id, as, by } = input
  await changeItem(deps.db, input, async (tx, item) => {
    const { person_id, unknown_address: address } = item
    if (address === null || person_id === null)
      throw new Conflict('no_address_asked', 'This reply came from no unknown address of a person that we know.')
    if (as !== 'ignore') {
      if (!(await hasPerson(tx, person_id)))
        throw new Conflict('person_erased', 'What we held about this person was erased: no address of theirs is kept.')
      const owner = await findOwner(tx, address)
      if (owner && owner.id !== person_id)
        throw new Conflict(
          'address_taken',
          `${address} belongs to ${owner.name || `person ${owner.id}`}: it may be the same person twice.`,
        )
      if (!owner && !(await insertAddress(tx, { person_id, address, source: by.name })))
        throw new Conflict('address_taken', `${address} has become somebody's address meanwhile. Look at it again.`)
      if (as === 'replace') await makePrimary(tx, { person_id, address })
    }
    await recordAddressDecision(tx, { id, as })
    // The answer itself was recorded when it came: nothing else is asked.
    if (item.state === 'open' && item.outcome !== 'inbox')
      await recordDecision(tx, { id, decision: 'done', staff_id: by.staff_id, now: deps.clock.now() })
  })
  return getInboxItem(deps, { id })
}
