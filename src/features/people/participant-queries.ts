import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'
import type { TextMatch } from './text-search.ts'

/** Which of a round's people; what is undefined says nothing. */
export interface ParticipantFilter {
  round_id: number
  states?: string[] | undefined
  country_code?: string | undefined
  sector?: string | undefined
  pathway?: string | undefined
  /** With a partner in the round, or without. */
  matched?: boolean | undefined
  text?: TextMatch | undefined
}

/** As long as the index takes it (migration 0014). */
const SECTOR_LENGTH = 200

function selectParticipants(db: Db, filter: ParticipantFilter) {
  const { text, matched } = filter
  let query = db.selectFrom('applications').where('applications.round_id', '=', filter.round_id)
  if (filter.states) query = query.where('applications.state', 'in', filter.states)
  if (filter.country_code) query = query.where('applications.country_code', '=', filter.country_code)
  if (filter.pathway !== undefined) query = query.where('applications.pathway', '=', filter.pathway)
  if (filter.sector !== undefined)
    query = query.where(sql<boolean>`left(applications.sector, ${sql.lit(SECTOR_LENGTH)}) = ${filter.sector}`)
  if (text && 'ids' in text) query = query.where('applications.person_id', '=', sql<number>`any(${text.ids})`)
  if (text && 'test' in text) {
    const { test } = text
    query = query.where((is) =>
      is.exists(
        is.selectFrom('people').select('people.id').whereRef('people.id', '=', 'applications.person_id').where(test),
      ),
    )
  }
  if (matched !== undefined) query = query.where(matched ? HAS_PARTNER : sql<boolean>`not ${HAS_PARTNER}`)
  return query
}

const HAS_PARTNER = sql<boolean>`exists (
  select from partnership_members member join partnerships pair on pair.id = member.partnership_id
  where member.person_id = applications.person_id and pair.round_id = applications.round_id and pair.ended_at is null)`

/** Applications of a round with their people, by person id. */
export function listParticipantRows(db: Db, filter: ParticipantFilter & { after: number; limit: number }) {
  return selectParticipants(db, filter)
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
    .where('applications.person_id', '>', filter.after)
    .orderBy('applications.person_id')
    .limit(filter.limit)
    .execute()
}

/** How many there are, counted to `most` and no further: a count over everybody would cost more than the page. */
export async function countParticipantRows(db: Db, filter: ParticipantFilter, most: number): Promise<number> {
  const some = selectParticipants(db, filter).select('applications.person_id').limit(most).as('some')
  const { count } = await db
    .selectFrom(some)
    .select((is) => is.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
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

const MOST_CHOICES = 250

/**
 * The different values of a column in a round, in order. It jumps in the column's index from one value to the next:
 * `distinct` would read every application.
 */
export async function listChoices(
  db: Db,
  roundId: number,
  column: 'country_code' | 'pathway' | 'sector',
): Promise<string[]> {
  const value = column === 'sector' ? sql`left(sector, ${sql.lit(SECTOR_LENGTH)})` : sql.ref(column)
  const { rows } = await sql<{ choice: string }>`
    with recursive choices as (
      (select ${value} as choice from applications where round_id = ${roundId} order by 1 limit 1)
      union all
      select (select ${value} from applications where round_id = ${roundId} and ${value} > choices.choice order by 1 limit 1)
      from choices where choices.choice is not null)
    select choice from choices where choice is not null limit ${MOST_CHOICES}`.execute(db)
  return rows.map(({ choice }) => choice)
}

/** People over all rounds by id, with their latest application. */
export function listEverybodyRows(db: Db, filter: { text: TextMatch | undefined; after: number; limit: number }) {
  const { text } = filter
  let query = db
    .selectFrom('people')
    .leftJoin('addresses', (on) =>
      on.onRef('addresses.person_id', '=', 'people.id').on('addresses.is_primary', '=', true),
    )
    .leftJoinLateral(
      (is) =>
        is
          .selectFrom('applications')
          .innerJoin('rounds', 'rounds.id', 'applications.round_id')
          .select(['rounds.code as round_code', 'applications.state'])
          .whereRef('applications.person_id', '=', 'people.id')
          .orderBy('applications.submitted_at', 'desc')
          .limit(1)
          .as('latest'),
      (on) => on.onTrue(),
    )
    .select(['people.id as person_id', 'people.given_name', 'people.family_name', 'people.country_code'])
    .select(['addresses.address', 'latest.round_code', 'latest.state'])
    .where('people.id', '>', filter.after)
    .orderBy('people.id')
    .limit(filter.limit)
  if (text && 'ids' in text) query = query.where('people.id', '=', sql<number>`any(${text.ids})`)
  if (text && 'test' in text) query = query.where(text.test)
  return query.execute()
}
