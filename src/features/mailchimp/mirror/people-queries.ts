import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** A person as the mirror sees them. */
export interface MirroredPerson {
  person_id: number
  given_name: string
  family_name: string
  country_code: string
  language: string
  updated_at: Date
  is_erased: boolean
  /** The primary address with its name there; null: none. */
  address: string | null
  hash: string | null
  /** Something stands that stops campaigns to it. */
  is_stopped: boolean
  /** In the states that are mirrored, with the code of conduct agreed to; the latest round first. */
  applications: { code: string; state: string }[]
  /** Given names of partners in the latest of those rounds, once introduced. */
  partners: string[]
}

/** People by id: these, or a page of everybody. */
export type Whom = { ids: readonly number[] } | { after: number; limit: number }

/** One query a page, whoever they are. */
export async function listMirroredPeople(db: DbOrTx, whom: Whom, states: readonly string[]): Promise<MirroredPerson[]> {
  const wanted = 'ids' in whom ? sql`p.id = any(${whom.ids}::bigint[])` : sql`p.id > ${whom.after}`
  const { rows } = await sql<MirroredPerson>`
    select p.id as person_id, p.given_name, p.family_name, p.country_code, p.language, p.updated_at,
      p.erased_at is not null as is_erased, ad.address, md5(lower(ad.address)) as hash,
      exists (
        select from suppressions s where s.address = ad.address and s.lifted_at is null
          and s.scope in ('all', 'campaigns')) as is_stopped,
      coalesce(own.list, '[]'::jsonb) as applications, coalesce(partner.names, '{}') as partners
    from (select * from people p where ${wanted} order by p.id limit ${'ids' in whom ? whom.ids.length : whom.limit}) p
    left join addresses ad on ad.person_id = p.id and ad.is_primary
    left join lateral (
      select jsonb_agg(jsonb_build_object('code', r.code, 'state', ap.state) order by r.starts_on desc nulls last, r.id desc) as list,
        (array_agg(r.id order by r.starts_on desc nulls last, r.id desc))[1] as latest_round
      from applications ap join rounds r on r.id = ap.round_id
      -- whoever has not agreed to the code of conduct gets no campaign of ours (selectAudience), and so none by Mailchimp
      where ap.person_id = p.id and ap.state = any(${states}::text[]) and ap.code_of_conduct_agreed and r.anonymised_at is null
    ) own on true
    left join lateral (
      -- as readers of an email see them (listMergeRows)
      select array_agg(o.given_name order by o.id) as names
      from partnership_members me
      join partnerships s on s.id = me.partnership_id
      join partnership_members other on other.partnership_id = s.id and other.person_id <> me.person_id
      join people o on o.id = other.person_id
      where me.person_id = p.id and s.round_id = own.latest_round and s.ended_at is null and s.introduced_at is not null
    ) partner on true
    order by p.id`.execute(db)
  return rows
}

export async function countPeople(db: DbOrTx): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from people`.execute(db)
  return rows[0]?.count ?? 0
}

export async function listRoundCodes(db: DbOrTx): Promise<string[]> {
  return (await sql<{ code: string }>`select code from rounds`.execute(db)).rows.map(({ code }) => code)
}

/** Everybody's ids, a page of them. */
export async function listPeopleIds(db: DbOrTx, { after, limit }: { after: number; limit: number }): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from people where id > ${after} order by id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Of how many something changed. */
export async function countChangedPeople(db: DbOrTx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct person_id) as count from mailchimp_changes`.execute(db)
  return rows[0]?.count ?? 0
}

/** Whom something changed of, a page by id. */
export async function listChangedPeople(
  db: DbOrTx,
  { after, limit }: { after: number; limit: number },
): Promise<number[]> {
  const { rows } = await sql<{ person_id: number }>`
    select distinct person_id from mailchimp_changes where person_id > ${after} order by person_id limit ${limit}`.execute(
    db,
  )
  return rows.map(({ person_id }) => person_id)
}

/**
 * Changes that are seen now. Their ids, not the highest: one with a lower number may be committed later, and what it tells of
 * has then not been looked at.
 */
export async function listChangeIds(db: DbOrTx, personIds: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from mailchimp_changes where person_id = any(${personIds}::bigint[])`.execute(db)
  return rows.map(({ id }) => id)
}

export async function forgetChanges(db: DbOrTx, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await sql`delete from mailchimp_changes where id = any(${ids}::bigint[])`.execute(db)
}

/** These are to be looked at by the next sync. */
export async function insertChanges(db: DbOrTx, personIds: readonly number[]): Promise<void> {
  if (personIds.length === 0) return
  await sql`insert into mailchimp_changes (person_id) select distinct unnest(${personIds}::bigint[])`.execute(db)
}

/** How many there are, to a limit, and since when the first has waited. */
export async function readChanges(
  db: DbOrTx,
  most: number,
): Promise<{ count: number; oldest: Date | null; now: Date }> {
  const { rows } = await sql<{ count: number; oldest: Date | null; now: Date }>`
    select count(*) as count, min(at) as oldest, clock_timestamp() as now
    from (select at from mailchimp_changes order by id limit ${most}) bounded`.execute(db)
  return rows[0] as { count: number; oldest: Date | null; now: Date }
}
