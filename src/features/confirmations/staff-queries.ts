import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

export interface AnsweringRow {
  person_id: number
  state: string
  code_of_conduct_agreed: boolean
  name: string
  is_erased: boolean
}

/** The applications of these people in the round, locked until the transaction ends. In the order of their ids. */
export async function lockApplications(tx: DbOrTx, roundId: number, people: readonly number[]) {
  const { rows } = await sql<AnsweringRow>`
    select a.person_id, a.state, a.code_of_conduct_agreed, trim(p.given_name || ' ' || p.family_name) as name,
      p.erased_at is not null as is_erased
    from applications a join people p on p.id = a.person_id
    where a.round_id = ${roundId} and a.person_id = any(${people}::bigint[])
    order by a.person_id for update of a`.execute(tx)
  return rows
}

/**
 * The states that staff record, each kept as an answer, in one statement for all. Whose state it is already is left as
 * they are. Returns how many were in another state before.
 */
export async function recordStates(
  tx: DbOrTx,
  input: {
    round_id: number
    answers: readonly { person_id: number; answer: string }[]
    recorded_by: string | null
    said_at: Date
    now: Date
    incoming_id: number | null
    delivery_id: number | null
  },
): Promise<number> {
  const { round_id, answers, recorded_by, said_at, now, incoming_id, delivery_id } = input
  const { rows } = await sql<{ count: number }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(answers)}::jsonb) as given(person_id bigint, answer text)
    ), changing as (
      select a.id, a.state as before, given.answer from applications a
      join given on given.person_id = a.person_id
      where a.round_id = ${round_id} and a.state <> given.answer
    ), changed as (
      update applications a set state = changing.answer, state_changed_at = ${now}
      from changing where a.id = changing.id
    ), kept as (
      insert into confirmation_answers
        (application_id, before, answer, source, incoming_id, delivery_id, recorded_by, said_at, recorded_at)
      select id, before, answer, 'staff', ${incoming_id}::bigint, ${delivery_id}::bigint, ${recorded_by}, ${said_at}::timestamptz, ${now}::timestamptz
      from changing order by id
    )
    select count(*) as count from changing`.execute(tx)
  return rows[0]?.count ?? 0
}
