import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { CountryCount } from './cap-rules.ts'

/** One application as it stands on the triage page. */
export interface TriageRow {
  application_id: number
  person_id: number
  given_name: string
  family_name: string
  address: string | null
  country_code: string
  state: string
  submitted_at: Date
  waitlisted_at: Date | null
  /** On the waiting list of the country, the first is 1. */
  place_in_line: number | null
  pathway: string
  sector: string | null
  career_stage: string | null
  special_request: string | null
  code_of_conduct_agreed: boolean
  commitment_agreed: boolean
  /** Removed from a round for the code of conduct, in this one or before. */
  was_removed: boolean
  /** Proposals about this person that nobody has decided. */
  open_duplicates: number
}

export interface TriageFilter {
  round_id: number
  state: string | undefined
  country_code: string | undefined
  /** `application_id` of the last one seen. */
  after: number
  limit: number
}

/** Applications of a round in the order they came. */
export async function listTriageRows(db: DbOrTx, filter: TriageFilter): Promise<TriageRow[]> {
  const { rows } = await sql<TriageRow>`
    select a.id as application_id, a.person_id, p.given_name, p.family_name, d.address, a.country_code, a.state,
      a.submitted_at, a.waitlisted_at, a.pathway, a.sector, a.career_stage, a.special_request,
      a.code_of_conduct_agreed, a.commitment_agreed,
      case when a.state = 'waitlisted' then (
        select count(*) from applications earlier
        where earlier.round_id = a.round_id and earlier.country_code = a.country_code and earlier.state = 'waitlisted'
          and (coalesce(earlier.waitlisted_at, earlier.submitted_at), earlier.id)
            <= (coalesce(a.waitlisted_at, a.submitted_at), a.id)) end as place_in_line,
      exists (
        select from addresses own join suppressions s on s.address = own.address
        where own.person_id = a.person_id and s.reason = 'removed' and s.lifted_at is null) as was_removed,
      (select count(*) from duplicate_proposals proposal
       where proposal.state = 'open' and a.person_id in (proposal.first_person_id, proposal.second_person_id)) as open_duplicates
    from applications a
    join people p on p.id = a.person_id
    left join addresses d on d.person_id = p.id and d.is_primary
    where a.round_id = ${filter.round_id} and a.id > ${filter.after}
      and (${filter.state ?? null}::text is null or a.state = ${filter.state ?? null})
      and (${filter.country_code ?? null}::text is null or a.country_code = ${filter.country_code ?? null})
    order by a.id limit ${filter.limit}`.execute(db)
  return rows
}

/** Who is in the round or wants in, by country. */
export async function countCountries(db: DbOrTx, roundId: number): Promise<CountryCount[]> {
  const { rows } = await sql<CountryCount>`
    select country_code, count(*) filter (where state <> 'waitlisted') as holding,
      count(*) filter (where state = 'waitlisted') as waitlisted
    from applications where round_id = ${roundId} and state in ('applied', 'waitlisted', 'confirmed')
    group by country_code`.execute(db)
  return rows
}

/** The figures that decide about one more applicant of a country, in one look. */
export async function countForPlace(
  tx: DbOrTx,
  input: { round_id: number; country_code: string; person_id: number },
): Promise<{ holding: number; waitlisted: number; applicants: number }> {
  const { rows } = await sql<{ holding: number; waitlisted: number; applicants: number }>`
    select count(*) filter (where country_code = ${input.country_code} and state <> 'waitlisted') as holding,
      count(*) filter (where country_code = ${input.country_code} and state = 'waitlisted') as waitlisted,
      count(*) as applicants
    from applications
    where round_id = ${input.round_id} and state in ('applied', 'waitlisted', 'confirmed')
      and person_id <> ${input.person_id}`.execute(tx)
  return rows[0] as { holding: number; waitlisted: number; applicants: number }
}

export interface StateRow {
  application_id: number
  person_id: number
  state: string
  country_code: string
  name: string
}

/** The applications of these people in the round, locked until the transaction ends; in the order of their ids. */
export async function lockApplications(tx: DbOrTx, roundId: number, people: readonly number[]): Promise<StateRow[]> {
  const { rows } = await sql<StateRow>`
    select a.id as application_id, a.person_id, a.state, a.country_code, trim(p.given_name || ' ' || p.family_name) as name
    from applications a join people p on p.id = a.person_id
    where a.round_id = ${roundId} and a.person_id = any(${people}::bigint[])
    order by a.person_id for update of a`.execute(tx)
  return rows
}

export interface StateChange {
  application_ids: readonly number[]
  state: 'applied' | 'waitlisted' | 'withdrawn'
  source: 'staff' | 'form'
  by: string | null
  now: Date
}

/** Moves applications that are in another state, and keeps what they were before. */
export async function recordStates(tx: DbOrTx, change: StateChange): Promise<void> {
  const { application_ids, state, source, by, now } = change
  await sql`
    with had as (
      select id, state from applications where id = any(${application_ids}::bigint[]) and state <> ${state}
    ), changed as (
      update applications a set state = ${state}, state_changed_at = ${now},
        waitlisted_at = case when ${state} = 'waitlisted' then ${now}::timestamptz else a.waitlisted_at end
      from had where a.id = had.id)
    insert into confirmation_answers (application_id, before, answer, source, recorded_by, said_at, recorded_at)
    select id, state, ${state}, ${source}, ${by}::text, ${now}, ${now} from had`.execute(tx)
}

/** Until the transaction ends nobody else decides who of this round has a place. */
export async function lockPlaces(tx: DbOrTx, roundId: number): Promise<{ country_cap_percent: number }> {
  const { rows } = await sql<{ country_cap_percent: number }>`
    select country_cap_percent from rounds where id = ${roundId} for no key update`.execute(tx)
  return rows[0] as { country_cap_percent: number }
}
