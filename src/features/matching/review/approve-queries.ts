import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** The run of a round whose proposals have become its partnerships. */
export async function findApprovedRun(db: DbOrTx, roundId: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('matching_runs')
    .select('id')
    .where('round_id', '=', roundId)
    .where('approved_at', 'is not', null)
    .executeTakeFirst()
  return row?.id
}

export async function recordApproved(tx: DbOrTx, id: number, by: string): Promise<void> {
  await tx
    .updateTable('matching_runs')
    .set({ approved_at: sql`clock_timestamp()`, approved_by: by })
    .where('id', '=', id)
    .where('approved_at', 'is', null)
    .execute()
}

export interface PartnershipToBe {
  person_ids: number[]
  /** Basis points. */
  score: number
  /** What the introduction says about why; may be empty. */
  reasons: string
}

/** The proposals of a run, in order. */
export async function listPartnershipsToBe(tx: DbOrTx, runId: number): Promise<PartnershipToBe[]> {
  const { rows } = await sql<PartnershipToBe>`
    select p.score, p.introduction as reasons, jsonb_agg(m.person_id order by m.role = 'protege', m.person_id) as person_ids
    from proposals p join proposal_members m on m.proposal_id = p.id
    where p.run_id = ${runId} group by p.id order by p.id`.execute(tx)
  return rows
}

/** People of a run's proposals who may no longer be matched: not confirmed, removed, or erased. */
export async function listLostMembers(tx: DbOrTx, runId: number) {
  return tx
    .selectFrom('proposal_members')
    .innerJoin('matching_runs', 'matching_runs.id', 'proposal_members.run_id')
    .innerJoin('people', 'people.id', 'proposal_members.person_id')
    .leftJoin('applications', (on) =>
      on
        .onRef('applications.person_id', '=', 'people.id')
        .onRef('applications.round_id', '=', 'matching_runs.round_id'),
    )
    .select(['people.id as person_id', 'people.given_name', 'people.family_name'])
    .where('proposal_members.run_id', '=', runId)
    .where(sql<boolean>`applications.state is distinct from 'confirmed' or not applications.code_of_conduct_agreed
      or people.erased_at is not null
      or exists (select from suppressions join addresses on addresses.address = suppressions.address
        where addresses.person_id = people.id and suppressions.reason = 'removed' and suppressions.lifted_at is null)`)
    .groupBy('people.id')
    .orderBy('people.id')
    .execute()
}

/**
 * Decisions of the round that a run's proposals do not follow: people who are parted but paired, or kept together but
 * not paired though both are in the run. With their names.
 */
export async function listBrokenDecisions(tx: DbOrTx, runId: number) {
  const { rows } = await sql<{ kind: 'lock' | 'ban'; first_name: string; second_name: string }>`
    select d.kind, trim(one.given_name || ' ' || one.family_name) as first_name,
      trim(other.given_name || ' ' || other.family_name) as second_name
    from matching_runs r
    join matching_decisions d on d.round_id = r.round_id and d.lifted_at is null
    join people one on one.id = d.first_person_id
    join people other on other.id = d.second_person_id
    where r.id = ${runId}
      and (d.kind = 'ban') = exists (
        select from proposal_members a join proposal_members b on b.proposal_id = a.proposal_id
        where a.run_id = r.id and a.person_id = d.first_person_id and b.person_id = d.second_person_id)
      and (d.kind = 'ban' or (${isInRun('first_person_id')} and ${isInRun('second_person_id')}))
    order by d.id`.execute(tx)
  return rows
}

function isInRun(column: 'first_person_id' | 'second_person_id') {
  const person = sql.ref(`d.${column}`)
  return sql<boolean>`(
    exists (select from proposal_members m where m.run_id = r.id and m.person_id = ${person})
    or exists (select from unmatched_people u where u.run_id = r.id and u.person_id = ${person}))`
}

export async function countPartnershipsOfRun(db: DbOrTx, runId: number): Promise<number> {
  const { count } = await db
    .selectFrom('partnerships')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow()
  return count
}
