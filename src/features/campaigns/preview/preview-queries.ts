import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { type AudienceRule, selectAudience } from '../audience/audience-queries.ts'

/** Why a person is worth looking at. */
export type PreviewReason = 'longest_name' | 'no_partner' | 'right_to_left' | 'emptiest'

export interface PreviewPerson {
  id: number
  given_name: string
  family_name: string
  country_code: string
}

/**
 * How many of the audience are looked through, in no order (one would read them all first). All of 100,000 would take
 * longer than the page may; the extremes of a thousand show what a text does with a long, foreign or missing value as
 * well as the very last one would.
 */
const LOOKED_THROUGH = 1000

/** One recipient for each reason, as far as there is one; the same person may stand for several. */
export async function findTellingPeople(
  db: DbOrTx,
  campaign: AudienceRule,
): Promise<(PreviewPerson & { reason: PreviewReason })[]> {
  const { rows } = await sql<PreviewPerson & { reason: PreviewReason }>`
    with seen as materialized (
      select person_id, skipped_reason from (${selectAudience(campaign)}) audience limit ${LOOKED_THROUGH}
    ), picked as (
      select person_id from seen where skipped_reason is null
    ), known as materialized (
      select p.id, p.given_name, p.family_name, p.country_code,
        length(p.given_name) + length(p.family_name) as letters,
        exists (
          select from partnership_members m join partnerships s on s.id = m.partnership_id
          where m.person_id = p.id and s.round_id = ${campaign.round_id} and s.ended_at is null
            and (s.introduced_at is not null or ${campaign.kind} = 'introduction')
        ) as has_partner
      from picked join people p on p.id = picked.person_id
    )
    (select 'longest_name' as reason, id, given_name, family_name, country_code from known order by letters desc, id limit 1)
    union all
    (select 'no_partner', id, given_name, family_name, country_code from known where not has_partner order by id limit 1)
    union all
    (select 'right_to_left', id, given_name, family_name, country_code from known
      where given_name ~ ${RIGHT_TO_LEFT} or family_name ~ ${RIGHT_TO_LEFT} order by id limit 1)
    union all
    (select 'emptiest', id, given_name, family_name, country_code from known
      order by has_partner, family_name <> '', letters, id limit 1)`.execute(db)
  return rows
}

/** Hebrew, Arabic, Syriac, Thaana and N'Ko stand together here in Unicode. */
const RIGHT_TO_LEFT = '[\u0590-\u08ff]'

/** People whose given name, family name or address begins with these letters: three searches by index. */
export async function searchPeople(db: DbOrTx, beginning: string, limit: number): Promise<PreviewPerson[]> {
  const like = `${beginning.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const columns = sql`p.id, p.given_name, p.family_name, p.country_code`
  const { rows } = await sql<PreviewPerson>`
    select distinct on (id) id, given_name, family_name, country_code from (
      (select ${columns} from people p where lower(p.given_name) like ${like} limit ${limit})
      union all
      (select ${columns} from people p where lower(p.family_name) like ${like} limit ${limit})
      union all
      (select ${columns} from addresses a join people p on p.id = a.person_id where a.address like ${like} limit ${limit})
    ) found order by id limit ${limit}`.execute(db)
  return rows
}

export async function findPreviewPerson(db: DbOrTx, id: number): Promise<PreviewPerson | undefined> {
  return db
    .selectFrom('people')
    .select(['id', 'given_name', 'family_name', 'country_code'])
    .where('id', '=', id)
    .executeTakeFirst()
}
