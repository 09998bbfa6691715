import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { type AudienceRule, selectAudience } from '../audience/audience-queries.ts'

/** How many of an audience are alike in all that a review asks for. */
export interface AudienceGroup {
  skipped_reason: string | null
  language: string
  country_code: string
  time_zone: string | null
  count: number
}

/** The whole audience in one reading of it. */
export async function listAudienceGroups(db: DbOrTx, rule: AudienceRule): Promise<AudienceGroup[]> {
  const { rows } = await sql<AudienceGroup>`
    select skipped_reason, language, country_code, time_zone, count(*) as count
    from (${selectAudience(rule)}) picked group by 1, 2, 3, 4`.execute(db)
  return rows
}

export interface AudiencePerson {
  person_id: number
  given_name: string
  family_name: string
  address: string | null
  country_code: string
  skipped_reason: string | null
}

/**
 * The people of an audience by id, recipients or those left out for one reason. @param input.after the id of the last
 * one seen, 0 for none
 */
export async function listAudiencePeople(
  db: DbOrTx,
  rule: AudienceRule,
  input: { skipped_reason: string | null; after: number; limit: number },
): Promise<{ items: AudiencePerson[]; next: number | null }> {
  const { rows } = await sql<AudiencePerson>`
    select picked.person_id, p.given_name, p.family_name, picked.address, picked.country_code, picked.skipped_reason
    from (${selectAudience(rule)}) picked join people p on p.id = picked.person_id
    where ${input.skipped_reason === null ? sql`picked.is_recipient` : sql`picked.skipped_reason = ${input.skipped_reason}`}
      and picked.person_id > ${input.after}
    order by picked.person_id limit ${input.limit + 1}`.execute(db)
  const items = rows.slice(0, input.limit)
  return { items, next: rows.length > input.limit ? (items.at(-1)?.person_id ?? null) : null }
}

/** What an audience of a round can be narrowed by, with how many applications there are of each. */
export interface AudienceChoices {
  states: Record<string, number>
  countries: Record<string, number>
  sectors: Record<string, number>
  pathways: Record<string, number>
}

export async function listAudienceChoices(db: DbOrTx, roundId: number): Promise<AudienceChoices> {
  const { rows } = await sql<{ state: string; country: string; sector: string | null; pathway: string; count: number }>`
    select state, country_code as country, sector, pathway, count(*) as count from applications
    where round_id = ${roundId} group by grouping sets ((state), (country_code), (sector), (pathway))`.execute(db)
  const by = (key: 'state' | 'country' | 'sector' | 'pathway') =>
    Object.fromEntries(
      rows
        .flatMap((row) => (row[key] === null ? [] : [[row[key], row.count] as const]))
        .sort(([a], [b]) => compare(a, b)),
    )
  return { states: by('state'), countries: by('country'), sectors: by('sector'), pathways: by('pathway') }
}

const compare = (a: string, b: string) => a.localeCompare(b, 'en')
