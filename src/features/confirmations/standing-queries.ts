import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import type { Standing } from './rules.ts'

/** As audiences have it (campaigns/audience): the request has left, is under way or waits for a decision. */
export const WAS_ASKED: RawBuilder<boolean> = sql<boolean>`exists (
    select from deliveries request join campaigns asking on asking.id = request.campaign_id
    where request.person_id = a.person_id and not request.is_test and asking.round_id = a.round_id
      and asking.kind = 'confirmation' and request.state not in ('skipped', 'cancelled', 'rejected'))`

/** Of an introduction that has begun somebody knows already. */
const IS_INTRODUCED: RawBuilder<boolean> = sql<boolean>`exists (
    select from partnership_members m join partnerships s on s.id = m.partnership_id
    where m.person_id = a.person_id and s.round_id = a.round_id and s.ended_at is null
      and (s.introduced_at is not null or exists (
        select from deliveries d where d.partnership_id = coalesce(s.introduced_with, s.id) and not d.is_test
          and d.state in ('accepted', 'sending', 'uncertain'))))`

/** An application with what an answer of its applicant depends on. */
export interface StandingRow extends Standing {
  application_id: number
  round_id: number
  person_id: number
  name: string
}

export function selectStanding(where: RawBuilder<unknown>): RawBuilder<StandingRow> {
  return sql<StandingRow>`
    select a.id as application_id, a.round_id, a.person_id, trim(p.given_name || ' ' || p.family_name) as name,
      a.state, a.code_of_conduct_agreed, r.confirm_by, ${WAS_ASKED} as is_asked, ${IS_INTRODUCED} as is_introduced,
      (select max(c.said_at) from confirmation_answers c
        where c.application_id = a.id and c.source in ('reply', 'link', 'staff')) as last_said_at
    from applications a join rounds r on r.id = a.round_id join people p on p.id = a.person_id
    where ${where}`
}

/**
 * Where somebody stands, their application locked until the transaction ends: of two answers at once the second is
 * judged by what the first has left. Undefined when they have none in this round, and when they were erased: what comes
 * from them later changes nothing any more.
 */
export async function lockStanding(
  tx: DbOrTx,
  { round_id, person_id }: { round_id: number; person_id: number },
): Promise<StandingRow | undefined> {
  // Two statements: the second sees what whoever held the lock has written to other tables.
  const locked = await sql<{ id: number }>`
    select id from applications where round_id = ${round_id} and person_id = ${person_id} for update`.execute(tx)
  const id = locked.rows[0]?.id
  if (id === undefined) return undefined
  return (await selectStanding(sql`a.id = ${id} and p.erased_at is null`).execute(tx)).rows[0]
}
