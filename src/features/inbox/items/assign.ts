import { InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { findRoundOfPerson, listAddressesOfPerson } from '../read/origin-queries.ts'
import { changeItem } from './change.ts'
import { hasActiveStaff, hasPerson, recordAssigned, recordNote, recordWriter } from './change-queries.ts'
import { getInboxItem, type InboxItem } from './inbox.ts'

interface Deps {
  db: Db
}

const NOTE_LENGTH = 5000

/** Gives an item to one of the staff, or back to all. @throws NotFound, InvalidInput, Conflict `inbox_changed` */
export async function assignInbox(
  deps: Deps,
  input: { id: number; staff_id: number | null; version?: number | undefined },
): Promise<InboxItem> {
  const { id, staff_id } = input
  await changeItem(deps.db, input, async (tx) => {
    if (staff_id !== null && !(await hasActiveStaff(tx, staff_id)))
      throw new InvalidInput([{ field: 'staff_id', message: 'There is nobody of the staff with this number.' }])
    await recordAssigned(tx, { id, staff_id })
  })
  return getInboxItem(deps, { id })
}

/** Keeps a note for staff, instead of the one before. @throws NotFound, InvalidInput, Conflict `inbox_changed` */
export async function noteInbox(
  deps: Deps,
  input: { id: number; note: string; version?: number | undefined },
): Promise<InboxItem> {
  const note = input.note.trim()
  if (note.length > NOTE_LENGTH || note.includes('\0'))
    throw new InvalidInput([{ field: 'note', message: `A note has up to ${NOTE_LENGTH} characters.` }])
  await changeItem(deps.db, input, (tx) => recordNote(tx, { id: input.id, note }))
  return getInboxItem(deps, { id: input.id })
}

/**
 * Staff say whose reply it is. The round is the item's, or else the newest in which the person applied.
 * @throws NotFound, Conflict `inbox_changed`
 */
export async function identifyInbox(
  deps: Deps,
  input: { id: number; person_id: number; version?: number | undefined },
): Promise<InboxItem> {
  const { id, person_id } = input
  await changeItem(deps.db, input, async (tx, item) => {
    if (!(await hasPerson(tx, person_id))) throw new NotFound(`Person ${person_id}`)
    const round_id = item.round_id ?? (await findRoundOfPerson(tx, person_id)) ?? null
    const own = await listAddressesOfPerson(tx, person_id)
    const { from_address, incoming_id } = item
    const unknown_address = from_address === null || own.includes(from_address) ? null : from_address
    await recordWriter(tx, { id, incoming_id, person_id, round_id, unknown_address })
  })
  return getInboxItem(deps, { id })
}
