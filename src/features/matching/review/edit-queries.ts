import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { ProposalValues, UnmatchedValues } from '../runs/result-queries.ts'

/** Proposals of a run and people who are left over, as rows: what an edit takes away or puts there. */
export interface EditSide {
  proposals: ProposalValues[]
  unmatched: UnmatchedValues[]
}

/** Of these proposals those that the run has, by id. */
export async function listProposalValues(tx: DbOrTx, runId: number, ids: readonly number[]): Promise<ProposalValues[]> {
  const { rows } = await sql<ProposalValues>`
    select p.id, p.score, p.by_hand, p.special_request, p.reasons, p.introduction,
      -- of people who were deleted since, with an import that was undone, there may be nobody left
      coalesce((select jsonb_agg(jsonb_build_object('person_id', m.person_id, 'role', m.role) order by m.person_id)
       from proposal_members m where m.proposal_id = p.id), '[]') as members
    from proposals p where p.run_id = ${runId} and p.id = any(${ids}::bigint[]) order by p.id`.execute(tx)
  return rows
}

/** Where these people are: their proposals in the run, and their rows among those left over. */
export async function listPlacesOf(
  tx: DbOrTx,
  runId: number,
  personIds: readonly number[],
): Promise<{ proposal_ids: { person_id: number; proposal_id: number }[]; unmatched: UnmatchedValues[] }> {
  const ids = sql<number>`any(${personIds}::bigint[])`
  const proposal_ids = await tx
    .selectFrom('proposal_members')
    .select(['person_id', 'proposal_id'])
    .where('run_id', '=', runId)
    .where('person_id', '=', ids)
    .orderBy('proposal_id')
    .execute()
  const unmatched = await tx
    .selectFrom('unmatched_people')
    .select(['person_id', 'reason', 'possible_partners'])
    .where('run_id', '=', runId)
    .where('person_id', '=', ids)
    .orderBy('person_id')
    .execute()
  return { proposal_ids, unmatched: unmatched as UnmatchedValues[] }
}

export async function deleteSide(tx: DbOrTx, runId: number, { proposals, unmatched }: EditSide): Promise<void> {
  const ids = proposals.map(({ id }) => id)
  const people = unmatched.map(({ person_id }) => person_id)
  await sql`delete from proposals where run_id = ${runId} and id = any(${ids}::bigint[])`.execute(tx)
  await sql`delete from unmatched_people where run_id = ${runId} and person_id = any(${people}::bigint[])`.execute(tx)
}

export async function insertEdit(
  tx: DbOrTx,
  edit: { run_id: number; did: string; before: EditSide; after: EditSide; edited_by: string },
): Promise<number> {
  const { id } = await tx
    .insertInto('proposal_edits')
    .values({ ...edit, before: JSON.stringify(edit.before), after: JSON.stringify(edit.after) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** The last that is not undone. */
export async function findLastEdit(db: DbOrTx, runId: number) {
  const row = await db
    .selectFrom('proposal_edits')
    .select(['id', 'did', 'before', 'after', 'edited_by', 'edited_at'])
    .where('run_id', '=', runId)
    .where('undone_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return undefined
  return { ...row, before: row.before as unknown as EditSide, after: row.after as unknown as EditSide }
}

export async function recordUndone(tx: DbOrTx, editId: number): Promise<void> {
  await tx.updateTable('proposal_edits').set({ undone_at: sql`clock_timestamp()` }).where('id', '=', editId).execute()
}

/** What staff changed in a run, the newest first. */
export function listEditRows(db: Db, runId: number, limit: number) {
  return db
    .selectFrom('proposal_edits')
    .select(['id', 'did', 'edited_by', 'edited_at', 'undone_at'])
    .where('run_id', '=', runId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

export async function countEdits(db: DbOrTx, runId: number): Promise<number> {
  const { edits } = await db
    .selectFrom('proposal_edits')
    .select((is) => is.fn.countAll<number>().as('edits'))
    .where('run_id', '=', runId)
    .where('undone_at', 'is', null)
    .executeTakeFirstOrThrow()
  return edits
}

/** Every proposal of a run with its people's ids: what an exchange is planned over. */
export async function listSeats(db: Db, runId: number): Promise<{ id: number; score: number; people: number[] }[]> {
  const { rows } = await sql<{ id: number; score: number; people: number[] }>`
    select p.id, p.score, jsonb_agg(m.person_id order by m.person_id) as people
    from proposals p join proposal_members m on m.proposal_id = p.id
    where p.run_id = ${runId} group by p.id order by p.id`.execute(db)
  return rows
}

export async function listLeftOver(db: Db, runId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('unmatched_people')
    .select('person_id')
    .where('run_id', '=', runId)
    .orderBy('person_id')
    .execute()
  return rows.map(({ person_id }) => person_id)
}

/** Pairs that a decision of the run's round keeps together, or parts. */
export async function listDecidedPairs(db: DbOrTx, runId: number, kind: 'lock' | 'ban'): Promise<[number, number][]> {
  const rows = await db
    .selectFrom('matching_decisions')
    .innerJoin('matching_runs', 'matching_runs.round_id', 'matching_decisions.round_id')
    .select(['first_person_id', 'second_person_id'])
    .where('matching_runs.id', '=', runId)
    .where('kind', '=', kind)
    .where('lifted_at', 'is', null)
    .orderBy('matching_decisions.id')
    .execute()
  return rows.map(({ first_person_id, second_person_id }) => [first_person_id, second_person_id])
}
