import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import type { FormRow } from './rows.ts'

/**
 * The statements of an import, each over all of its rows at once. The forms stand in a temporary table that lives as
 * long as the transaction: import_forms(…, person_id, is_new, application_id, fate).
 */

/** Spells IMPO. One import writes at a time: two files that name the same new person must not make two people of it. */
const IMPORT_LOCK = 0x494d504f

export async function lockImports(tx: DbOrTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(tx)
  // Row images are compared as JSON, in which instants are written in the session's zone.
  await sql`set local time zone 'UTC'`.execute(tx)
}

export async function createFormsTable(tx: DbOrTx): Promise<void> {
  await sql`
    create temporary table import_forms (
      line integer not null,
      address text not null,
      given_name text not null,
      family_name text not null,
      country_code char(2) not null,
      submitted_at timestamptz,
      pathway text not null,
      sector text,
      career_stage text,
      code_of_conduct_agreed boolean not null,
      commitment_agreed boolean not null,
      special_request text,
      answers jsonb not null,
      person_id bigint,
      is_new boolean not null default false,
      application_id bigint,
      fate text
    ) on commit drop`.execute(tx)
}

export async function insertForms(tx: DbOrTx, forms: readonly FormRow[]): Promise<void> {
  await sql`
    insert into import_forms
      (line, address, given_name, family_name, country_code, submitted_at, pathway, sector, career_stage,
       code_of_conduct_agreed, commitment_agreed, special_request, answers)
    select line, address, given_name, family_name, country_code, submitted_at, pathway, sector, career_stage,
       code_of_conduct_agreed, commitment_agreed, special_request, answers
    from jsonb_to_recordset(${JSON.stringify(forms)}::jsonb) as form(
      line integer, address text, given_name text, family_name text, country_code char(2), submitted_at timestamptz,
      pathway text, sector text, career_stage text, code_of_conduct_agreed boolean, commitment_agreed boolean,
      special_request text, answers jsonb)`.execute(tx)
}

/** Finds people by their addresses; of two addresses of one person the later form stays. Returns how many fell out. */
export async function resolvePeople(tx: DbOrTx): Promise<number> {
  await sql`
    update import_forms form set person_id = known.person_id
    from addresses known where known.address = form.address`.execute(tx)
  const { numAffectedRows } = await sql`
    delete from import_forms form using (
      select line, row_number() over (partition by person_id order by submitted_at desc nulls last, line desc) as place
      from import_forms where person_id is not null
    ) ranked
    where ranked.line = form.line and ranked.place > 1`.execute(tx)
  await sql`analyze import_forms`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Says of each form what becomes of it: created, updated, unchanged, or older than the one we have. */
export async function decideFates(tx: DbOrTx, roundId: number): Promise<void> {
  await sql`
    update import_forms form set
      application_id = had.id,
      submitted_at = coalesce(form.submitted_at, had.submitted_at),
      fate = case
        when had.submitted_at > form.submitted_at then 'older'
        when (had.submitted_at, had.country_code, had.pathway, had.sector, had.career_stage, had.code_of_conduct_agreed,
              had.commitment_agreed, had.special_request, had.answers)
          is not distinct from
             (coalesce(form.submitted_at, had.submitted_at), form.country_code, form.pathway, form.sector,
              form.career_stage, form.code_of_conduct_agreed, form.commitment_agreed, form.special_request, form.answers)
          then 'unchanged'
        else 'updated' end
    from applications had
    where had.round_id = ${roundId} and had.person_id = form.person_id`.execute(tx)
  await sql`
    update import_forms set fate = 'created', submitted_at = coalesce(submitted_at, now())
    where fate is null`.execute(tx)
}

export async function countFates(tx: DbOrTx) {
  const { rows } = await sql<{ fate: string; forms: number; refused: number }>`
    select fate, count(*) as forms, count(*) filter (where not code_of_conduct_agreed) as refused
    from import_forms group by fate`.execute(tx)
  return rows
}

/** Applicants of the round by country, as they will be after the import. */
export async function countCountriesAfter(tx: DbOrTx, roundId: number) {
  const { rows } = await sql<{ country_code: string; applicants: number }>`
    select country_code, count(*) as applicants from (
      select country_code from import_forms where fate in ('created', 'updated')
      union all
      select country_code from applications
      where round_id = ${roundId}
        and id not in (select application_id from import_forms where fate = 'updated')
    ) after_import group by country_code`.execute(tx)
  return rows
}

/** Gives ids to the people we do not know yet, writes them and their addresses, and notes both for undo. */
export async function insertPeople(tx: DbOrTx, importId: number): Promise<void> {
  await sql`
    update import_forms set is_new = true, person_id = nextval(pg_get_serial_sequence('people', 'id'))
    where person_id is null`.execute(tx)
  await sql`
    with made as (
      insert into people (id, given_name, family_name, country_code) overriding system value
      select person_id, given_name, family_name, country_code from import_forms where is_new order by line
      returning *)
    insert into import_changes (import_id, table_name, row_id, after)
    select ${importId}, 'people', id, to_jsonb(made) - 'updated_at' from made`.execute(tx)
  await sql`
    with made as (
      insert into addresses (person_id, address)
      select person_id, address from import_forms where is_new order by line
      returning *)
    insert into import_changes (import_id, table_name, row_id, after)
    select ${importId}, 'addresses', id, to_jsonb(made) from made`.execute(tx)
}

/** Name and country of people we know, where this is the latest of all their forms over rounds. */
export async function updatePeople(tx: DbOrTx, importId: number): Promise<void> {
  await sql`
    with changed as (
      update people person set
        given_name = form.given_name, family_name = form.family_name, country_code = form.country_code,
        updated_at = now()
      from import_forms form join people old on old.id = form.person_id
      where person.id = old.id
        and not form.is_new and form.fate in ('created', 'updated')
        and (old.given_name, old.family_name, old.country_code)
            is distinct from (form.given_name, form.family_name, form.country_code)
        and not exists (
          select from applications later
          where later.person_id = old.id and later.submitted_at > form.submitted_at)
      returning person.id, to_jsonb(old) as before, to_jsonb(person) as after)
    insert into import_changes (import_id, table_name, row_id, before, after)
    select ${importId}, 'people', id, before - 'updated_at', after - 'updated_at' from changed`.execute(tx)
}

export async function insertApplications(tx: DbOrTx, importId: number, roundId: number): Promise<void> {
  await sql`
    with made as (
      insert into applications
        (round_id, person_id, submitted_at, country_code, pathway, sector, career_stage, code_of_conduct_agreed,
         commitment_agreed, special_request, answers)
      select ${roundId}, person_id, submitted_at, country_code, pathway, sector, career_stage, code_of_conduct_agreed,
         commitment_agreed, special_request, answers
      from import_forms where fate = 'created' order by line
      returning *)
    insert into import_changes (import_id, table_name, row_id, after)
    select ${importId}, 'applications', id, to_jsonb(made) from made`.execute(tx)
}

/** The state stays: a form sent again does not take back a confirmation. */
export async function updateApplications(tx: DbOrTx, importId: number): Promise<void> {
  await sql`
    with changed as (
      update applications application set
        submitted_at = form.submitted_at, country_code = form.country_code, pathway = form.pathway,
        sector = form.sector, career_stage = form.career_stage,
        code_of_conduct_agreed = form.code_of_conduct_agreed, commitment_agreed = form.commitment_agreed,
        special_request = form.special_request, answers = form.answers
      from import_forms form join applications old on old.id = form.application_id
      where application.id = old.id and form.fate = 'updated'
      returning application.id, to_jsonb(old) as before, to_jsonb(application) as after)
    insert into import_changes (import_id, table_name, row_id, before, after)
    select ${importId}, 'applications', id, before, after from changed`.execute(tx)
}

/** What an import of a whole round changed may be far from what the planner believes. */
export async function analyzeImported(db: Db): Promise<void> {
  await sql`analyze people, addresses, applications`.execute(db)
}
