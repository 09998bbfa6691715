import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { type ExportedRow, readRows } from './json-queries.ts'

export async function findExportedPerson(db: DbOrTx, id: number): Promise<ExportedRow | undefined> {
  const [person] = await readRows(
    db,
    sql`
    select p.id, p.given_name, p.family_name, p.country_code, p.language, p.time_zone, p.created_at, p.updated_at, p.erased_at,
      coalesce((select jsonb_agg(jsonb_build_object('address', a.address, 'is_primary', a.is_primary, 'since', a.created_at)
        order by a.id) from addresses a where a.person_id = p.id), '[]') as addresses
    from people p where p.id = ${id}`,
  )
  return person
}

export function listExportedApplications(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select r.code as round, a.state, a.submitted_at, a.created_at, a.state_changed_at, a.waitlisted_at, a.country_code, a.pathway,
      a.sector, a.career_stage, a.code_of_conduct_agreed, c.version as code_of_conduct_version, a.code_of_conduct_agreed_at,
      a.commitment_agreed, a.special_request, a.answers,
      coalesce((select jsonb_agg(jsonb_build_object('at', h.at, 'state', h.state, 'country_code', h.country_code,
          'pathway', h.pathway, 'sector', h.sector, 'career_stage', h.career_stage) order by h.id)
        from application_history h where h.application_id = a.id), '[]') as history,
      coalesce((select jsonb_agg(jsonb_build_object('said_at', s.said_at, 'recorded_at', s.recorded_at, 'before', s.before,
          'answer', s.answer, 'source', s.source) order by s.id)
        from confirmation_answers s where s.application_id = a.id), '[]') as confirmations
    from applications a join rounds r on r.id = a.round_id left join codes_of_conduct c on c.id = a.code_of_conduct_id
    where a.person_id = ${id} order by a.submitted_at, a.id`,
  )
}

/** Partners by given name and country: what else we know of them is theirs. Only the person's own answers to check-ins. */
export function listExportedPartnerships(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select r.code as round, s.created_at, s.introduced_at, s.ended_at, s.score, s.reasons,
      coalesce((select jsonb_agg(jsonb_build_object('given_name', p.given_name, 'country_code', p.country_code) order by p.id)
        from partnership_members o join people p on p.id = o.person_id
        where o.partnership_id = s.id and o.person_id <> m.person_id), '[]') as partners,
      coalesce((select jsonb_agg(jsonb_build_object('said_at', c.said_at, 'answer', c.answer, 'source', c.source) order by c.id)
        from check_in_answers c where c.partnership_id = s.id and c.person_id = m.person_id), '[]') as check_ins
    from partnership_members m join partnerships s on s.id = m.partnership_id join rounds r on r.id = s.round_id
    where m.person_id = ${id} order by s.id`,
  )
}

export function listExportedConsents(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select purpose, given, at, wording, language, source from consents where person_id = ${id} order by id`,
  )
}

export function listExportedChanges(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select changed_at, before, after from preference_changes where person_id = ${id} order by id`,
  )
}

export function listExportedStops(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select s.address, s.scope, s.reason, s.created_at, s.ends_at, s.lifted_at
    from suppressions s join addresses a on a.address = s.address where a.person_id = ${id} order by s.id`,
  )
}

/** Where they stood in matching: whom they were proposed to is the partnership's, or another person's. */
export function listExportedMatching(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select * from (
      select r.code as round, n.created_at as run_at, 'proposed' as outcome, p.score, m.role, p.introduction as reason, null::integer as possible_partners
      from proposal_members m join proposals p on p.id = m.proposal_id join matching_runs n on n.id = m.run_id
      join rounds r on r.id = n.round_id where m.person_id = ${id}
      union all
      select r.code, n.created_at, 'left over', null, null, u.reason, u.possible_partners
      from unmatched_people u join matching_runs n on n.id = u.run_id join rounds r on r.id = n.round_id
      where u.person_id = ${id}
    ) every order by run_at`,
  )
}

export function listExportedImports(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select r.code as round, i.file_name, i.finished_at as imported_at, i.undone_at, c.table_name as what, c.before, c.after
    from import_changes c join imports i on i.id = c.import_id join rounds r on r.id = i.round_id
    where (c.table_name = 'people' and c.row_id = ${id})
      or (c.table_name = 'applications' and c.row_id in (select a.id from applications a where a.person_id = ${id}))
      or (c.table_name = 'addresses' and c.after ->> 'person_id' = ${String(id)})
    order by c.id`,
  )
}

export function listExportedErasures(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(db, sql`select reason, at from erasures where person_id = ${id} order by id`)
}
