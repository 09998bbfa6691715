import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Decision } from './item-queries.ts'

export async function recordDecision(
  tx: DbOrTx,
  { id, decision, staff_id, now }: { id: number; decision: Decision | null; staff_id: number | null; now: Date },
): Promise<void> {
  const isOpen = decision === null
  await sql`update inbox_items set state = ${isOpen ? 'open' : 'done'}, decision = ${decision}, version = version + 1,
      decided_by = ${isOpen ? null : staff_id}, decided_at = ${isOpen ? null : now}
    where id = ${id}`.execute(tx)
}

export async function recordAssigned(tx: DbOrTx, { id, staff_id }: { id: number; staff_id: number | null }) {
  await sql`update inbox_items set assigned_to = ${staff_id}, version = version + 1 where id = ${id}`.execute(tx)
}

export async function recordNote(tx: DbOrTx, { id, note }: { id: number; note: string }): Promise<void> {
  await sql`update inbox_items set note = ${note}, version = version + 1 where id = ${id}`.execute(tx)
}

export async function recordAddressDecision(tx: DbOrTx, { id, as }: { id: number; as: string }): Promise<void> {
  await sql`update inbox_items set address_decision = ${as}, version = version + 1 where id = ${id}`.execute(tx)
}

/** Something was done about it that is kept elsewhere: a page from before is told. */
export async function raiseVersion(tx: DbOrTx, id: number): Promise<void> {
  await sql`update inbox_items set version = version + 1 where id = ${id}`.execute(tx)
}

/** Who wrote it, as staff say: for the item and for the message. */
export async function recordWriter(
  tx: DbOrTx,
  input: {
    id: number
    incoming_id: number
    person_id: number
    round_id: number | null
    unknown_address: string | null
  },
): Promise<void> {
  await sql`update incoming_messages set person_id = ${input.person_id}, found_by = 'staff',
    round_id = coalesce(round_id, ${input.round_id}) where id = ${input.incoming_id}`.execute(tx)
  await sql`update inbox_items set person_id = ${input.person_id}, round_id = coalesce(round_id, ${input.round_id}),
    unknown_address = ${input.unknown_address}, address_decision = null, version = version + 1 where id = ${input.id}`.execute(
    tx,
  )
}

/** Whether there is such a person who was not erased, and will not be until the transaction ends. */
export async function hasPerson(tx: DbOrTx, personId: number): Promise<boolean> {
  const row = await tx
    .selectFrom('people')
    .select('id')
    .where('id', '=', personId)
    .where('erased_at', 'is', null)
    .forKeyShare()
    .executeTakeFirst()
  return row !== undefined
}

/** False when they have left, or never were. */
export async function hasActiveStaff(tx: DbOrTx, staffId: number): Promise<boolean> {
  const row = await tx
    .selectFrom('staff')
    .select('id')
    .where('id', '=', staffId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}
