import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { MatchingApplicant } from '../scores/index.ts'

/** A confirmed applicant with the answers that criteria are about. */
export type PoolRow = Omit<MatchingApplicant, 'former_partner_ids' | 'role' | 'capacity' | 'code_of_conduct_agreed'>

const HAS_ADDRESS = sql<boolean>`exists (select from addresses where addresses.person_id = applications.person_id)`
/** Removed for the code of conduct, in this round or in one before. */
const REMOVED = sql<boolean>`exists (
  select from suppressions join addresses on addresses.address = suppressions.address
  where addresses.person_id = applications.person_id and suppressions.reason = 'removed' and suppressions.lifted_at is null)`
const MAY_BE_MATCHED = sql<boolean>`applications.state = 'confirmed' and applications.code_of_conduct_agreed
  and ${HAS_ADDRESS} and not ${REMOVED}`

/** Everybody who is matched, by id. */
export async function listPool(db: DbOrTx, roundId: number): Promise<PoolRow[]> {
  const rows = await db
    .selectFrom('applications')
    .innerJoin('people', 'people.id', 'applications.person_id')
    .select([
      'applications.person_id',
      'people.given_name',
      'people.family_name',
      'applications.country_code',
      'people.language',
      'people.time_zone',
      'applications.sector',
      'applications.career_stage',
      'applications.pathway',
      'applications.special_request',
      'applications.answers',
    ])
    .where('applications.round_id', '=', roundId)
    .where(MAY_BE_MATCHED)
    .orderBy('applications.person_id')
    .execute()
  return rows as PoolRow[]
}

/** Who is matched and who is left out, each counted under the first reason that holds. */
export async function countPool(db: DbOrTx, roundId: number) {
  const { rows } = await sql<{ fate: string; people: number }>`
    select case
        when applications.state = 'removed' or ${REMOVED} then 'removed'
        when applications.state <> 'confirmed' then 'not_confirmed'
        when not code_of_conduct_agreed then 'no_conduct'
        when not ${HAS_ADDRESS} then 'no_address'
        else 'matched' end as fate,
      count(*) as people
    from applications where round_id = ${roundId} group by 1`.execute(db)
  return rows
}

/** How many countries the people come from who are matched. */
export async function countPoolCountries(db: DbOrTx, roundId: number): Promise<number> {
  const { countries } = await db
    .selectFrom('applications')
    .select(sql<number>`count(distinct country_code)`.as('countries'))
    .where('round_id', '=', roundId)
    .where(MAY_BE_MATCHED)
    .executeTakeFirstOrThrow()
  return countries
}

/**
 * Pairs among a round's applicants who were introduced to each other, in whatever round: first < second, in order. A
 * pair is never made twice.
 */
export async function listFormerPairs(db: DbOrTx, roundId: number): Promise<[number, number][]> {
  const { rows } = await sql<{ first: number; second: number }>`
    with here as (select person_id from applications where round_id = ${roundId} and state = 'confirmed')
    select distinct one.person_id as first, other.person_id as second
    from here join partnership_members one on one.person_id = here.person_id
    join partnership_members other on other.partnership_id = one.partnership_id and other.person_id > one.person_id
    join partnerships on partnerships.id = one.partnership_id and partnerships.introduced_at is not null
    where other.person_id in (select person_id from here)
    order by 1, 2`.execute(db)
  return rows.map(({ first, second }) => [first, second])
}

export interface NamedRow {
  person_id: number
  given_name: string
  family_name: string
  country_code: string
}

/** People by id, each with the country of their application to the round. */
export function listNamed(db: DbOrTx, roundId: number, personIds: readonly number[]): Promise<NamedRow[]> {
  return db
    .selectFrom('people')
    .leftJoin('applications', (on) =>
      on.onRef('applications.person_id', '=', 'people.id').on('applications.round_id', '=', roundId),
    )
    .select(['people.id as person_id', 'people.given_name', 'people.family_name'])
    .select(sql<string>`coalesce(applications.country_code, people.country_code)`.as('country_code'))
    .where('people.id', '=', sql<number>`any(${personIds}::bigint[])`)
    .orderBy('people.id')
    .execute()
}
