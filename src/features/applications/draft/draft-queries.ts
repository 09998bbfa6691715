import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Answers } from '../form/answers.ts'

/** A form that somebody is filling in, or has sent. */
export interface DraftRow {
  id: number
  round_id: number
  round_code: string
  round_name: string
  applications_open_on: string | null
  applications_close_on: string | null
  confirm_by: string | null
  starts_on: string | null
  ends_on: string | null
  contact_id: number
  /** Where its emails go; null once the contact is forgotten. */
  address: string | null
  answers: Answers
  language: string
  address_verified_at: Date | null
  submitted_at: Date | null
  code_of_conduct_id: number | null
  application_id: number | null
  /** Of the application that it became. */
  application_state: string | null
  version: number
}

const selectDraft = sql`
  select f.id, f.round_id, r.code as round_code, r.name as round_name, r.applications_open_on, r.applications_close_on,
    r.confirm_by, r.starts_on, r.ends_on, f.contact_id, c.address, f.answers, f.language, f.address_verified_at,
    f.submitted_at, f.code_of_conduct_id, f.application_id, a.state as application_state, f.version
  from application_drafts f join rounds r on r.id = f.round_id join contacts c on c.id = f.contact_id
  left join applications a on a.id = f.application_id`

export async function findDraft(db: DbOrTx, id: number): Promise<DraftRow | undefined> {
  const { rows } = await sql<DraftRow>`${selectDraft} where f.id = ${id}`.execute(db)
  return rows[0]
}

/** The same, locked until the transaction ends. */
export async function lockDraft(tx: DbOrTx, id: number): Promise<DraftRow | undefined> {
  const { rows } = await sql<DraftRow>`${selectDraft} where f.id = ${id} for update of f`.execute(tx)
  return rows[0]
}

/** The form that an email to this contact was about. */
export async function findDraftOfContact(db: DbOrTx, contactId: number): Promise<DraftRow | undefined> {
  const { rows } = await sql<DraftRow>`
    ${selectDraft} where f.contact_id = ${contactId} order by f.id desc limit 1`.execute(db)
  return rows[0]
}

export async function insertDraft(
  tx: DbOrTx,
  draft: { round_id: number; contact_id: number; answers: Answers; language: string; step: number; now: Date },
): Promise<number> {
  const { now, answers, ...values } = draft
  const { id } = await tx
    .insertInto('application_drafts')
    .values({ ...values, answers: JSON.stringify(answers), created_at: now, updated_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Gives a form that is locked another id, at which its address is known to work; at the old one there is none. */
export async function moveDraft(tx: DbOrTx, id: number, now: Date): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with ended as (delete from application_drafts where id = ${id} returning *)
    insert into application_drafts
      (round_id, contact_id, answers, step, language, address_verified_at, code_of_conduct_id, created_at, updated_at)
    select round_id, contact_id, answers, step, language, ${now}, code_of_conduct_id, created_at, ${now} from ended
    returning id`.execute(tx)
  return (rows[0] as { id: number }).id
}

export interface DraftChange {
  answers?: Answers
  step?: number
  language?: string
  contact_id?: number
  code_of_conduct_id?: number | null
  address_verified_at?: Date | null
  submitted_at?: Date | null
  application_id?: number
}

/** Writes a change of a draft that is locked, and counts it. */
export async function updateDraft(tx: DbOrTx, id: number, change: DraftChange, now: Date): Promise<void> {
  const { answers, ...values } = change
  await tx
    .updateTable('application_drafts')
    .set({ ...values, ...(answers ? { answers: JSON.stringify(answers) } : {}), updated_at: now })
    .set({ version: sql<number>`version + 1` })
    .where('id', '=', id)
    .execute()
}

/** What an earlier application of whoever has this address said, of any round; the latest. */
export async function findEarlierApplication(tx: DbOrTx, address: string) {
  const { rows } = await sql<{
    given_name: string
    family_name: string
    language: string
    country_code: string
    pathway: string
    sector: string | null
    career_stage: string | null
    special_request: string | null
    answers: Record<string, unknown>
  }>`
    select p.given_name, p.family_name, p.language, a.country_code, a.pathway, a.sector, a.career_stage,
      a.special_request, a.answers
    from addresses d join people p on p.id = d.person_id join applications a on a.person_id = p.id
    where d.address = ${address} order by a.submitted_at desc, a.id desc limit 1`.execute(tx)
  return rows[0]
}

/**
 * Forms that nobody finished: not verified two weeks after they were sent, unless a link that was mailed since still
 * works, or not touched for a month.
 */
export async function deleteOldDrafts(
  tx: DbOrTx,
  input: { sent_before: Date; mailed_before: Date; touched_before: Date; most: number },
): Promise<{ contact_id: number }[]> {
  const { rows } = await sql<{ contact_id: number }>`
    delete from application_drafts where id in (
      select id from application_drafts f
      where application_id is null and (updated_at < ${input.touched_before} or (
        submitted_at < ${input.sent_before} and not exists (
          select from deliveries d
          where d.contact_id = f.contact_id and not d.is_test and d.due_at >= ${input.mailed_before})))
      order by id limit ${input.most} for update skip locked)
    returning contact_id`.execute(tx)
  return rows
}
