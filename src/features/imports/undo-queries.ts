import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

export interface Obstacles {
  /** Rows that are no longer as the import left them, or have gained an application or address since. */
  changed: number
  /** People whom the import made applicants and who have deliveries or partners since. */
  used: number
}

/** Until the transaction ends no matching run of the round is approved: nobody gets a partner between the count and the end. */
export async function holdRound(tx: DbOrTx, roundId: number): Promise<void> {
  await sql`select from rounds where id = ${roundId} for share`.execute(tx)
}

/** What stands against taking an import back. */
export async function countObstacles(tx: DbOrTx, importId: number, roundId: number): Promise<Obstacles> {
  const { rows } = await sql<Obstacles>`
    with change as (select table_name, row_id, before, after from import_changes where import_id = ${importId}),
    new_people as (select row_id as id from change where table_name = 'people' and before is null),
    new_applicants as (
      select (after ->> 'person_id')::bigint as id from change where table_name = 'applications' and before is null),
    changed as (
      select row_id from change left join people person on person.id = row_id
      where table_name = 'people' and (to_jsonb(person) @> after) is not true
      union all
      select row_id from change left join applications application on application.id = row_id
      where table_name = 'applications' and (to_jsonb(application) @> after) is not true
      union all
      select row_id from change left join addresses known on known.id = row_id
      where table_name = 'addresses' and (to_jsonb(known) @> after) is not true
      union all
      select application.id from applications application join new_people on new_people.id = application.person_id
      where application.id not in (select row_id from change where table_name = 'applications')
      union all
      select known.id from addresses known join new_people on new_people.id = known.person_id
      where known.id not in (select row_id from change where table_name = 'addresses')),
    used as (
      select delivery.person_id as id from deliveries delivery join campaigns campaign on campaign.id = delivery.campaign_id
      where delivery.person_id in (select id from new_people)
         or (delivery.person_id in (select id from new_applicants) and campaign.round_id = ${roundId})
      union
      select member.person_id from partnership_members member join partnerships partnership on partnership.id = member.partnership_id
      where member.person_id in (select id from new_people)
         or (member.person_id in (select id from new_applicants) and partnership.round_id = ${roundId}))
    select (select count(*) from changed) as changed, (select count(*) from used) as used`.execute(tx)
  return rows[0] as Obstacles
}

export interface Undone {
  deleted_applications: number
  deleted_people: number
  restored_applications: number
  restored_people: number
}

/** Puts back what stood before, in the order that foreign keys ask for. */
export async function undoChanges(tx: DbOrTx, importId: number): Promise<Undone> {
  const restoredApplications = await sql`
    update applications application set
      submitted_at = old.submitted_at, country_code = old.country_code, pathway = old.pathway, sector = old.sector,
      career_stage = old.career_stage, code_of_conduct_agreed = old.code_of_conduct_agreed,
      commitment_agreed = old.commitment_agreed, special_request = old.special_request, answers = old.answers
    from import_changes change, jsonb_populate_record(null::applications, change.before) old
    where change.import_id = ${importId} and change.table_name = 'applications' and change.before is not null
      and application.id = change.row_id`.execute(tx)
  const restoredPeople = await sql`
    update people person set
      given_name = old.given_name, family_name = old.family_name, country_code = old.country_code, updated_at = now()
    from import_changes change, jsonb_populate_record(null::people, change.before) old
    where change.import_id = ${importId} and change.table_name = 'people' and change.before is not null
      and person.id = change.row_id`.execute(tx)
  const deletedApplications = await deleteCreated(tx, importId, 'applications')
  await deleteCreated(tx, importId, 'addresses')
  const deletedPeople = await deleteCreated(tx, importId, 'people')
  return {
    deleted_applications: deletedApplications,
    deleted_people: deletedPeople,
    restored_applications: Number(restoredApplications.numAffectedRows ?? 0n),
    restored_people: Number(restoredPeople.numAffectedRows ?? 0n),
  }
}

async function deleteCreated(tx: DbOrTx, importId: number, table: 'applications' | 'addresses' | 'people') {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} made using import_changes change
    where change.import_id = ${importId} and change.table_name = ${table} and change.before is null
      and made.id = change.row_id`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}
