import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** One answer as it is kept. */
export interface NewAnswer {
  application_id: number
  before: string
  answer: string
  source: 'reply' | 'link' | 'staff' | 'deadline'
  incoming_id: number | null
  delivery_id: number | null
  recorded_by: string | null
  said_at: Date
  recorded_at: Date
}

/** Keeps an answer of one applicant, whose application is locked, and the state that it leads to. */
export async function insertAnswer(tx: DbOrTx, answer: NewAnswer): Promise<void> {
  await tx.insertInto('confirmation_answers').values(answer).execute()
  if (answer.answer === answer.before) return
  await tx
    .updateTable('applications')
    .set({ state: answer.answer, state_changed_at: answer.recorded_at })
    .where('id', '=', answer.application_id)
    .execute()
}

/** The same answer by the same link again: it counts from now on. False when the last one was another. */
export async function repeatAnswer(
  tx: DbOrTx,
  {
    application_id,
    answer,
    delivery_id,
    said_at,
  }: Pick<NewAnswer, 'application_id' | 'answer' | 'delivery_id' | 'said_at'>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update confirmation_answers set said_at = greatest(said_at, ${said_at})
    where id = (select max(id) from confirmation_answers where application_id = ${application_id})
      and answer = ${answer} and source = 'link' and delivery_id = ${delivery_id}`.execute(tx)
  return numAffectedRows === 1n
}

/**
 * Whether a machine has answered a message of this person since a moment. What staff write from the Inbox is no machine's.
 */
export async function wasAnsweredSince(
  tx: DbOrTx,
  { person_id, since }: { person_id: number; since: Date },
): Promise<boolean> {
  const { rows } = await sql`
    select from deliveries d join campaigns c on c.id = d.campaign_id
    where d.person_id = ${person_id} and d.in_reply_to is not null and not d.is_test and d.due_at > ${since}
      and c.kind = 'automatic' and c.automatic_key <> 'inbox_reply' and d.state not in ('skipped', 'cancelled')
    limit 1`.execute(tx)
  return rows.length > 0
}

/** How often somebody has changed their answer by a link since a moment. */
export async function countLinkChanges(
  tx: DbOrTx,
  { application_id, since }: { application_id: number; since: Date },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from confirmation_answers
    where application_id = ${application_id} and source = 'link' and before <> answer and recorded_at > ${since}`.execute(
    tx,
  )
  return rows[0]?.count ?? 0
}

export interface KeptAnswer {
  id: number
  round: string
  before: string
  answer: string
  source: string
  incoming_id: number | null
  delivery_id: number | null
  recorded_by: string | null
  said_at: Date
  recorded_at: Date
}

const MOST_ANSWERS = 200

/** What a person answered in all rounds, the newest first; the oldest of very many are left out. */
export async function listAnswersOfPerson(db: DbOrTx, personId: number): Promise<KeptAnswer[]> {
  const { rows } = await sql<KeptAnswer>`
    select c.id, r.code as round, c.before, c.answer, c.source, c.incoming_id, c.delivery_id, c.recorded_by, c.said_at, c.recorded_at
    from confirmation_answers c join applications a on a.id = c.application_id join rounds r on r.id = a.round_id
    where a.person_id = ${personId} order by c.id desc limit ${MOST_ANSWERS}`.execute(db)
  return rows
}
