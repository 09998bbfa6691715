import { type RawBuilder, sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'

export const ORDERS = ['lowest', 'highest'] as const
/** The lowest score first, or the highest. */
export type ProposalOrder = (typeof ORDERS)[number]

/** Which proposals of a run; what is undefined says nothing. */
export interface ProposalFilter {
  run_id: number
  /** Of one of its people. */
  country_code?: string | undefined
  /** One of its people wrote a wish that the criteria do not know. */
  special_request?: boolean | undefined
  locked?: boolean | undefined
  by_hand?: boolean | undefined
  /** Words of a name, each in the name of the same person. */
  text?: string | undefined
}

export interface ProposalKey {
  score: number
  id: number
}

const IS_LOCKED = sql<boolean>`exists (
  select from matching_decisions d
  join matching_runs r on r.id = proposals.run_id and r.round_id = d.round_id
  join proposal_members one on one.proposal_id = proposals.id and one.person_id = d.first_person_id
  join proposal_members other on other.proposal_id = proposals.id and other.person_id = d.second_person_id
  where d.kind = 'lock' and d.lifted_at is null)`

function selectProposals(db: DbOrTx, filter: ProposalFilter) {
  let query = db.selectFrom('proposals').where('proposals.run_id', '=', filter.run_id)
  if (filter.by_hand !== undefined) query = query.where('by_hand', '=', filter.by_hand)
  if (filter.special_request !== undefined) query = query.where('special_request', '=', filter.special_request)
  if (filter.locked !== undefined) query = query.where(filter.locked ? IS_LOCKED : sql<boolean>`not ${IS_LOCKED}`)
  if (filter.country_code !== undefined)
    query = query.where(
      hasMember(sql`exists (
        select from applications a join matching_runs r on r.id = member.run_id and r.round_id = a.round_id
        where a.person_id = member.person_id and a.country_code = ${filter.country_code})`),
    )
  const words = wordsOf(filter.text)
  if (words.length > 0)
    query = query.where(
      hasMember(sql`exists (
        select from people p where p.id = member.person_id and ${sql.join(words.map(isInName), sql` and `)})`),
    )
  return query
}

const hasMember = (test: RawBuilder<unknown>) =>
  sql<boolean>`exists (select from proposal_members member where member.proposal_id = proposals.id and ${test})`

const MOST_WORDS = 5

const wordsOf = (text: string | undefined) =>
  (text ?? '').slice(0, 200).replaceAll('\0', '').split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)

/** In each writing of the first letter, for databases that know the capitals of ASCII only. */
function isInName(word: string): RawBuilder<boolean> {
  const lower = word.toLowerCase()
  const writings = [...new Set([lower, lower.replace(/^\p{L}/u, (letter) => letter.toUpperCase())])]
  const tests = writings.map((writing) => sql`position(${writing} in p.given_name || ' ' || p.family_name) > 0`)
  const anyCase = sql`position(${lower} in lower(p.given_name || ' ' || p.family_name)) > 0`
  return sql<boolean>`(${sql.join([...tests, anyCase], sql` or `)})`
}

/** A page of them, without their people. */
export async function listProposalRows(
  db: DbOrTx,
  filter: ProposalFilter & { order: ProposalOrder; after: ProposalKey | undefined; limit: number },
) {
  const direction = filter.order === 'lowest' ? 'asc' : 'desc'
  let query = selectProposals(db, filter)
    .select(['id', 'run_id', 'score', 'by_hand', 'special_request', 'reasons', 'introduction'])
    .select(IS_LOCKED.as('locked'))
    .orderBy('score', direction)
    .orderBy('id', direction)
    .limit(filter.limit)
  const { after } = filter
  if (after) {
    const beyond = filter.order === 'lowest' ? sql`>` : sql`<`
    query = query.where(sql<boolean>`(score, id) ${beyond} (${after.score}::integer, ${after.id}::bigint)`)
  }
  return (await query.execute()).map(withReasons)
}

export async function countProposals(db: DbOrTx, filter: ProposalFilter): Promise<number> {
  const { count } = await selectProposals(db, filter)
    .select((is) => is.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export async function findProposal(db: DbOrTx, id: number) {
  const row = await db
    .selectFrom('proposals')
    .select(['id', 'run_id', 'score', 'by_hand', 'special_request', 'reasons', 'introduction'])
    .select(IS_LOCKED.as('locked'))
    .where('id', '=', id)
    .executeTakeFirst()
  return row && withReasons(row)
}

function withReasons<Row extends { reasons: unknown }>(row: Row) {
  return { ...row, reasons: row.reasons as string[] }
}

/** People of these proposals, in the order of proposals and people, each with their application to the round. */
export function listMembers(db: DbOrTx, proposalIds: readonly number[]) {
  return db
    .selectFrom('proposal_members')
    .innerJoin('matching_runs', 'matching_runs.id', 'proposal_members.run_id')
    .innerJoin('people', 'people.id', 'proposal_members.person_id')
    .leftJoin('applications', (on) =>
      on
        .onRef('applications.person_id', '=', 'people.id')
        .onRef('applications.round_id', '=', 'matching_runs.round_id'),
    )
    .leftJoin('addresses', (on) =>
      on.onRef('addresses.person_id', '=', 'people.id').on('addresses.is_primary', '=', true),
    )
    .select(['proposal_members.proposal_id', 'proposal_members.role'])
    .select(['people.id as person_id', 'people.given_name', 'people.family_name', 'addresses.address'])
    .select(sql<string>`coalesce(applications.country_code, people.country_code)`.as('country_code'))
    .select(['applications.special_request', 'applications.state'])
    .where('proposal_members.proposal_id', '=', sql<number>`any(${proposalIds}::bigint[])`)
    .orderBy('proposal_members.proposal_id')
    .orderBy(sql`proposal_members.role = 'protege'`)
    .orderBy('people.id')
    .$narrowType<{ role: 'mentor' | 'protege' | null }>()
    .execute()
}

export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number]

/** Countries of the people of a run's proposals, in order: what they can be filtered by. */
export async function listProposalCountries(db: Db, runId: number): Promise<string[]> {
  const { rows } = await sql<{ country_code: string }>`
    select distinct a.country_code from proposal_members member
    join matching_runs r on r.id = member.run_id
    join applications a on a.round_id = r.round_id and a.person_id = member.person_id
    where member.run_id = ${runId} order by 1`.execute(db)
  return rows.map(({ country_code }) => country_code)
}

/** Of the largest proposal of a run. */
export async function countMostMembers(db: Db, runId: number): Promise<number> {
  const { rows } = await sql<{ most: number }>`
    select coalesce(max(members), 0)::integer as most from (
      select count(*) as members from proposal_members where run_id = ${runId} group by proposal_id) sizes`.execute(db)
  return rows[0]?.most ?? 0
}
