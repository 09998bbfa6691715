import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import type { CheckInAnswer } from './rules.ts'

/** A partnership with what an answer about it depends on. */
export interface LockedPartnership {
  round_id: number
  introduced_at: Date | null
  ended_at: Date | null
}

/** Locked until the transaction ends: of two answers at once the second sees the first, and an end waits or is seen. */
export async function lockPartnership(tx: DbOrTx, id: number): Promise<LockedPartnership | undefined> {
  const { rows } = await sql<LockedPartnership>`
    select round_id, introduced_at, ended_at from partnerships where id = ${id} for no key update`.execute(tx)
  return rows[0]
}

/** Whether somebody is one of its partners who can still answer: not erased, and their place not given up. */
export async function isPartner(
  tx: DbOrTx,
  { partnership_id, person_id }: { partnership_id: number; person_id: number },
): Promise<boolean> {
  const { rows } = await sql`
    select from partnership_members m join partnerships s on s.id = m.partnership_id join people p on p.id = m.person_id
    where m.partnership_id = ${partnership_id} and m.person_id = ${person_id} and p.erased_at is null
      and not exists (select from applications a where a.person_id = m.person_id and a.round_id = s.round_id
        and a.state in ('withdrawn', 'removed'))`.execute(tx)
  return rows.length > 0
}

export interface NewCheckIn {
  partnership_id: number
  person_id: number
  answer: CheckInAnswer
  source: 'link' | 'staff'
  delivery_id: number | null
  recorded_by: string | null
  said_at: Date
  recorded_at: Date
}

/** Whether the last answer of a person is this very one, by the same email: said again by a second click. */
export async function isRepeated(tx: DbOrTx, { partnership_id, person_id, ...said }: NewCheckIn): Promise<boolean> {
  const { rows } = await sql<{ same: boolean }>`
    select answer = ${said.answer} and source = ${said.source} and delivery_id is not distinct from ${said.delivery_id}
      and recorded_by is not distinct from ${said.recorded_by} as same
    from check_in_answers where partnership_id = ${partnership_id} and person_id = ${person_id}
    order by id desc limit 1`.execute(tx)
  return rows[0]?.same ?? false
}

export async function insertCheckIn(tx: DbOrTx, answer: NewCheckIn): Promise<void> {
  await tx.insertInto('check_in_answers').values(answer).execute()
}
