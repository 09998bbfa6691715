import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Db } from '../../platform/db/open.ts'

export function findPersonRow(db: Db, id: number) {
  return db
    .selectFrom('people')
    .selectAll()
    .select((is) => [
      jsonArrayFrom(
        is
          .selectFrom('addresses')
          .select(['addresses.address', 'addresses.is_primary'])
          .whereRef('addresses.person_id', '=', 'people.id')
          .orderBy('addresses.is_primary', 'desc')
          .orderBy('addresses.id'),
      ).as('addresses'),
      jsonArrayFrom(
        is
          .selectFrom('applications')
          .innerJoin('rounds', 'rounds.id', 'applications.round_id')
          .select([
            'rounds.code as round',
            'applications.state',
            'applications.submitted_at',
            'applications.state_changed_at',
            'applications.country_code',
            'applications.pathway',
            'applications.sector',
            'applications.career_stage',
            'applications.code_of_conduct_agreed',
            'applications.commitment_agreed',
            'applications.special_request',
            'applications.answers',
          ])
          .whereRef('applications.person_id', '=', 'people.id')
          .orderBy('applications.submitted_at', 'desc'),
      ).as('applications'),
    ])
    .where('people.id', '=', id)
    .executeTakeFirst()
}

export interface PersonValues {
  given_name?: string
  family_name?: string
  country_code?: string
  language?: string
  time_zone?: string | null
}

/** False when there is no such person, they were erased, or they have not the values `seen`. */
export async function updatePersonRow(
  db: Db,
  id: number,
  values: PersonValues,
  seen: PersonValues = {},
): Promise<boolean> {
  let query = db
    .updateTable('people')
    .set({ ...values, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('erased_at', 'is', null)
  for (const [column, value] of Object.entries(seen))
    query = query.where(sql.ref(column), 'is not distinct from', value)
  const { numUpdatedRows } = await query.executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Every partner a person had or has, the newest partnership first. */
export function listPartnersEver(db: Db, personId: number) {
  return db
    .selectFrom('partnership_members as own')
    .innerJoin('partnerships', 'partnerships.id', 'own.partnership_id')
    .innerJoin('rounds', 'rounds.id', 'partnerships.round_id')
    .innerJoin('partnership_members as other', (on) =>
      on.onRef('other.partnership_id', '=', 'own.partnership_id').onRef('other.person_id', '<>', 'own.person_id'),
    )
    .innerJoin('people', 'people.id', 'other.person_id')
    .select(['rounds.code as round_code', 'partnerships.id as partnership_id', 'partnerships.introduced_at'])
    .select(['partnerships.ended_at', 'partnerships.end_reason'])
    .select(['people.id as person_id', 'people.given_name', 'people.family_name', 'people.country_code'])
    .where('own.person_id', '=', personId)
    .orderBy('partnerships.id', 'desc')
    .orderBy('people.id')
    .execute()
}
