import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

export interface AnsweringRow {
  person_id: number
  state: string
  code_of_conduct_agreed: boolean
  name: string
}

/** The applications of these people in the round, locked until the transaction ends. In the order of their ids. */
export async function lockApplications(tx: DbOrTx, roundId: number, people: readonly number[]) {
  const { rows } = await sql<AnsweringRow>`
    select a.person_id, a.state, a.code_of_conduct_agreed, trim(p.given_name || ' ' || p.family_name) as name
    from applications a join people p on p.id = a.person_id
    where a.round_id = ${roundId} and a.person_id = any(${people}::bigint[])
    order by a.person_id for update of a`.execute(tx)
  return rows
}

/** Returns how many were in another state before. */
export async function recordStates(
  tx: DbOrTx,
  roundId: number,
  answers: readonly { person_id: number; answer: string }[],
  now: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    update applications a set state = given.answer, state_changed_at = ${now}
    from jsonb_to_recordset(${JSON.stringify(answers)}::jsonb) as given(person_id bigint, answer text)
    where a.round_id = ${roundId} and a.person_id = given.person_id and a.state <> given.answer`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}
