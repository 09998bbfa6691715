import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

/**
 * A connection that nobody holds, or whose holder is surely gone.
 * @param left slots that are left to others for now
 */
export async function takeSlot(
  db: Db,
  input: { holder: string; heldMs: number; left: readonly number[] },
): Promise<number | undefined> {
  const { rows } = await sql<{ slot: number }>`
    with free as (
      select slot from mailchimp_slots
      where held_until < clock_timestamp() and slot <> all(${input.left}::smallint[])
      order by slot limit 1 for update skip locked)
    update mailchimp_slots s
    set holder = ${input.holder}, held_until = clock_timestamp() + ${input.heldMs} * interval '1 millisecond'
    from free where s.slot = free.slot
    returning s.slot`.execute(db)
  return rows[0]?.slot
}

/** Gives back what this holder still has: a late one finds another's name and frees nothing. */
export async function giveSlotBack(db: Db, holder: string): Promise<{ slot: number; is_wished: boolean } | undefined> {
  const { rows } = await sql<{ slot: number; is_wished: boolean }>`
    with mine as (
      select slot, holder from mailchimp_slots where holder in (${holder}, ${wished(holder)}) for update)
    update mailchimp_slots s set holder = null, held_until = '-infinity'
    from mine where s.slot = mine.slot
    returning s.slot, mine.holder <> ${holder} as is_wished`.execute(db)
  return rows[0]
}

/** Asks whoever of another process is done first to leave its slot alone for a moment. @param own how its holders begin */
export async function wishForSlot(db: Db, own: string): Promise<void> {
  await sql`
    update mailchimp_slots set holder = ${wished(sql.ref('holder'))}
    where slot = (
      select slot from mailchimp_slots
      where held_until > clock_timestamp() and holder not like '%+' and not starts_with(holder, ${own})
      order by held_until limit 1 for update skip locked)`.execute(db)
}

function wished(holder: unknown) {
  return sql`${holder}::text || '+'`
}
