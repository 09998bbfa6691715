import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

export interface ParticipantFilter {
  round_id: number
  states: string[] | undefined
  country_code: string | undefined
  after: number
  limit: number
}

/** Applications of a round with their people, by person id. */
export function listParticipantRows(db: Db, filter: ParticipantFilter) {
  let query = db
    .selectFrom('applications')
    .innerJoin('people', 'people.id', 'applications.person_id')
    .leftJoin('addresses', (on) =>
      on.onRef('addresses.person_id', '=', 'people.id').on('addresses.is_primary', '=', true),
    )
    .select([
      'people.id as person_id',
      'people.given_name',
      'people.family_name',
      'addresses.address',
      'people.language',
      'people.time_zone',
      'applications.country_code',
      'applications.state',
      'applications.state_changed_at',
      'applications.submitted_at',
      'applications.pathway',
      'applications.sector',
      'applications.career_stage',
      'applications.code_of_conduct_agreed',
      'applications.commitment_agreed',
    ])
    .where('applications.round_id', '=', filter.round_id)
    .where('applications.person_id', '>', filter.after)
    .orderBy('applications.person_id')
    .limit(filter.limit)
  if (filter.states) query = query.where('applications.state', 'in', filter.states)
  if (filter.country_code) query = query.where('applications.country_code', '=', filter.country_code)
  return query.execute()
}

/** Partnerships of these people in the round that have not ended: one row for each partner of each person. */
export function listPartners(db: Db, roundId: number, personIds: number[]) {
  return db
    .selectFrom('partnership_members as own')
    .innerJoin('partnerships', 'partnerships.id', 'own.partnership_id')
    .innerJoin('partnership_members as other', (on) =>
      on.onRef('other.partnership_id', '=', 'own.partnership_id').onRef('other.person_id', '<>', 'own.person_id'),
    )
    .innerJoin('people', 'people.id', 'other.person_id')
    .select([
      'own.person_id as of_person_id',
      'partnerships.id as partnership_id',
      'partnerships.introduced_at',
      'people.id as person_id',
      'people.given_name',
      'people.family_name',
      'people.country_code',
    ])
    .where('partnerships.round_id', '=', roundId)
    .where('partnerships.ended_at', 'is', null)
    .where('own.person_id', 'in', personIds)
    .orderBy('partnerships.id')
    .orderBy('people.id')
    .execute()
}

export function listCurrentSuppressions(db: Db, personIds: number[]) {
  return db
    .selectFrom('suppressions')
    .innerJoin('addresses', 'addresses.address', 'suppressions.address')
    .select([
      'addresses.person_id',
      'suppressions.address',
      'suppressions.scope',
      'suppressions.reason',
      'suppressions.source',
      'suppressions.created_at',
    ])
    .where('addresses.person_id', 'in', personIds)
    .where('suppressions.lifted_at', 'is', null)
    .orderBy('suppressions.id')
    .execute()
}

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

/** False when there is no such person. */
export async function updatePersonRow(db: Db, id: number, values: PersonValues): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('people')
    .set({ ...values, updated_at: sql`now()` })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** One row for each address of the person; one that stands already is left as it is. Returns how many addresses there are. */
export async function insertSuppressions(
  tx: DbOrTx,
  row: { person_id: number; scope: string; reason: string; source: string },
): Promise<number> {
  const addresses = await tx.selectFrom('addresses').select('address').where('person_id', '=', row.person_id).execute()
  if (addresses.length === 0) return 0
  const { scope, reason, source } = row
  await tx
    .insertInto('suppressions')
    .values(addresses.map(({ address }) => ({ address, scope, reason, source })))
    .onConflict((conflict) =>
      conflict.columns(['address', 'scope', 'reason']).where('lifted_at', 'is', null).doNothing(),
    )
    .execute()
  return addresses.length
}

export async function liftSuppressions(db: Db, personId: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('suppressions')
    .set({ lifted_at: sql`now()` })
    .where('lifted_at', 'is', null)
    .where('address', 'in', (is) => is.selectFrom('addresses').select('address').where('person_id', '=', personId))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Applications that still stand, in rounds that have not ended. @param today `YYYY-MM-DD` */
export async function removeApplications(tx: DbOrTx, personId: number, today: string): Promise<void> {
  await tx
    .updateTable('applications')
    .set({ state: 'removed', state_changed_at: sql`now()` })
    .where('person_id', '=', personId)
    .where('state', 'in', ['applied', 'waitlisted', 'confirmed'])
    .where('round_id', 'in', (is) =>
      is
        .selectFrom('rounds')
        .select('id')
        .where((or) => or.or([or('ends_on', 'is', null), or('ends_on', '>=', today)])),
    )
    .execute()
}
