import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/**
 * A person's names as one key: without case, accents, blanks and signs, the words in one order, so that "Souza, Ana"
 * is "Ana Souza". Letters are left as they are in every script; a database whose collation is C lowers ASCII only.
 */
const nameKey = (alias: string) => sql`(
  select string_agg(word, ' ' order by word collate "C")
  from regexp_split_to_table(
    lower(regexp_replace(
      normalize(${sql.ref(`${alias}.given_name`)} || ' ' || ${sql.ref(`${alias}.family_name`)}, nfkd),
      '[\u0300-\u036f.''’]', '', 'g')),
    '[ ,\u00a0-]+') word
  where word <> '')`

/**
 * Proposes pairs of a round's applicants and anybody we know who may be one person: the same names from another
 * address, or the same local part of two addresses with a name in common. What was proposed before stays as decided.
 * Returns how many are new.
 */
export async function insertProposals(tx: DbOrTx, roundId: number, now: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    with keyed as materialized (
      select p.id, p.country_code, ${nameKey('p')} as name_key, split_part(d.address, '@', 1) as local_part
      from people p left join addresses d on d.person_id = p.id and d.is_primary
    ), here as (
      select keyed.* from keyed join applications a on a.person_id = keyed.id
      where a.round_id = ${roundId} and a.state not in ('withdrawn', 'removed')
    ), alike as (
      select least(here.id, other.id) as first_person_id, greatest(here.id, other.id) as second_person_id,
        case when here.country_code = other.country_code then 'Same name and country, another address'
          else 'Same name, another country and address' end as why, 1 as place
      from here join keyed other on other.name_key = here.name_key and other.id <> here.id
      union all
      select least(here.id, other.id), greatest(here.id, other.id), 'Same country, similar name and address', 2
      from here join keyed other
        on other.local_part = here.local_part and other.id <> here.id and other.country_code = here.country_code
        and string_to_array(other.name_key, ' ') && string_to_array(here.name_key, ' ')
      where length(here.local_part) > 5
    )
    insert into duplicate_proposals (first_person_id, second_person_id, why, created_at)
    select distinct on (first_person_id, second_person_id) first_person_id, second_person_id, why, ${now}::timestamptz
    from alike order by first_person_id, second_person_id, place
    on conflict (first_person_id, second_person_id) do nothing`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

export const DUPLICATE_STATES = ['open', 'different', 'same'] as const
export type DuplicateState = (typeof DUPLICATE_STATES)[number]

export interface DuplicatePerson {
  person_id: number
  name: string
  country_code: string
  address: string | null
  /** Their application of the round asked for, or their latest. */
  application: { round: string; state: string; submitted_at: string } | null
}

export interface DuplicateRow {
  id: number
  why: string
  state: DuplicateState
  decided_by: number | null
  decided_at: Date | null
  created_at: Date
  people: [DuplicatePerson, DuplicatePerson]
}

export interface DuplicateFilter {
  id?: number | undefined
  /** Only pairs of whom one applied to this round. */
  round_id?: number | undefined
  state?: DuplicateState | undefined
  after: number
  limit: number
}

export async function listDuplicateRows(db: DbOrTx, filter: DuplicateFilter): Promise<DuplicateRow[]> {
  const round = filter.round_id ?? null
  const person = (column: 'first_person_id' | 'second_person_id') => sql`(
    select jsonb_build_object('person_id', p.id, 'name', trim(p.given_name || ' ' || p.family_name),
      'country_code', p.country_code,
      'address', (select d.address from addresses d where d.person_id = p.id and d.is_primary),
      'application', (
        select jsonb_build_object('round', r.code, 'state', a.state, 'submitted_at', a.submitted_at)
        from applications a join rounds r on r.id = a.round_id where a.person_id = p.id
        order by (a.round_id = ${round}::bigint) desc nulls last, a.submitted_at desc limit 1))
    from people p where p.id = proposal.${sql.ref(column)})`
  const { rows } = await sql<DuplicateRow>`
    select id, why, state, decided_by, decided_at, created_at,
      jsonb_build_array(${person('first_person_id')}, ${person('second_person_id')}) as people
    from duplicate_proposals proposal
    where id > ${filter.after} and (${filter.id ?? null}::bigint is null or id = ${filter.id ?? null})
      and (${filter.state ?? null}::text is null or state = ${filter.state ?? null})
      and (${round}::bigint is null or exists (
        select from applications a where a.round_id = ${round}
          and a.person_id in (proposal.first_person_id, proposal.second_person_id)))
    order by id limit ${filter.limit}`.execute(db)
  return rows
}

/** Writes the decision. False when there is no such proposal. */
export async function recordDecision(
  tx: DbOrTx,
  decision: { id: number; state: DuplicateState; by: number | null; now: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update duplicate_proposals set state = ${decision.state}, decided_by = ${decision.by}, decided_at = ${decision.now}
    where id = ${decision.id}`.execute(tx)
  return numAffectedRows === 1n
}

export interface SharedRound {
  round_code: string
  /** The application that came first, and that which came later. */
  earlier_application_id: number
  earlier_name: string
  earlier_state: string
  later_state: string
  /** Either has a partner in the round, or had one. */
  has_partner: boolean
}

/** Rounds to which both people of a proposal have applied, their applications locked. */
export async function lockSharedRounds(tx: DbOrTx, proposalId: number): Promise<SharedRound[]> {
  const { rows } = await sql<SharedRound>`
    select r.code as round_code, earlier.id as earlier_application_id, earlier.state as earlier_state,
      trim(p.given_name || ' ' || p.family_name) as earlier_name, later.state as later_state,
      exists (
        select from partnership_members m join partnerships pair on pair.id = m.partnership_id
        where pair.round_id = r.id and m.person_id in (earlier.person_id, later.person_id)) as has_partner
    from duplicate_proposals proposal
    join applications earlier on earlier.person_id in (proposal.first_person_id, proposal.second_person_id)
    join applications later on later.round_id = earlier.round_id and later.id <> earlier.id
      and later.person_id in (proposal.first_person_id, proposal.second_person_id)
      and (later.submitted_at, later.id) > (earlier.submitted_at, earlier.id)
    join rounds r on r.id = earlier.round_id
    join people p on p.id = earlier.person_id
    where proposal.id = ${proposalId}
    order by earlier.id for update of earlier, later`.execute(tx)
  return rows
}
