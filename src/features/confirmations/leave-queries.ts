import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Somebody's place in a round. */
export interface PlaceRow {
  code: string
  name: string
  state: string
  /** Somebody of their partnership knows of them. */
  has_partner: boolean
}

/** @param input.today `YYYY-MM-DD`; rounds that ended before are over */
export async function listPlaceRows(
  db: DbOrTx,
  { person_id, states, today }: { person_id: number; states: readonly string[]; today: string },
): Promise<PlaceRow[]> {
  const { rows } = await sql<PlaceRow>`
    select r.code, r.name, a.state, exists (
      select from partnership_members m join partnerships s on s.id = m.partnership_id
      where m.person_id = a.person_id and s.round_id = r.id and s.ended_at is null
        and s.introduced_at is not null) as has_partner
    from applications a join rounds r on r.id = a.round_id
    where a.person_id = ${person_id} and a.state = any(${states}::text[])
      and (r.ends_on is null or r.ends_on >= ${today})
    order by r.starts_on desc nulls first, r.id desc`.execute(db)
  return rows
}

export async function findRoundToLeave(
  db: DbOrTx,
  { code, today }: { code: string; today: string },
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from rounds where code = ${code} and (ends_on is null or ends_on >= ${today})`.execute(db)
  return rows[0]?.id
}
