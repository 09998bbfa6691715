import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { Hierarchy } from '../scores/index.ts'
import type { Mode, OddOne, Policy } from '../settings/choices.ts'
import type { MatchingResult } from '../solve/index.ts'

/** Rows of matching_runs; result-queries.ts writes what a run has found. */

export interface NewRun {
  round_id: number
  policy: Policy
  mode: Mode
  group_size: number
  odd_one: OddOne
  hierarchy: Hierarchy
  input: Buffer
  input_digest: string
  people: number
  created_by: string
}

export async function insertRun(tx: DbOrTx, { hierarchy, ...values }: NewRun): Promise<number> {
  const { id } = await tx
    .insertInto('matching_runs')
    .values({ ...values, hierarchy: JSON.stringify(hierarchy) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function recordRunJob(tx: DbOrTx, id: number, job_id: number): Promise<void> {
  await tx.updateTable('matching_runs').set({ job_id }).where('id', '=', id).execute()
}

/** A run of the round whose work waits or is under way. */
export function findUnfinishedRun(db: DbOrTx, roundId: number) {
  return db
    .selectFrom('matching_runs')
    .innerJoin('jobs', 'jobs.id', 'matching_runs.job_id')
    .select(['matching_runs.id', 'jobs.id as job_id'])
    .where('round_id', '=', roundId)
    .where('matching_runs.finished_at', 'is', null)
    .where('jobs.state', 'in', ['waiting', 'running'])
    .executeTakeFirst()
}

/** What the work of a run begins with. */
export function findRunToRun(db: Db, id: number) {
  return db
    .selectFrom('matching_runs')
    .select(['round_id', 'job_id', 'input', 'finished_at'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** What a run was given, compressed. */
export async function findInput(db: DbOrTx, id: number): Promise<Buffer | undefined> {
  const row = await db.selectFrom('matching_runs').select('input').where('id', '=', id).executeTakeFirst()
  return row?.input
}

export type RunState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

/** The run's own mark counts before its work's: that ends a moment later. */
const STATE = sql<RunState>`case when matching_runs.finished_at is not null then 'done' else coalesce(jobs.state, 'waiting') end`

const COLUMNS = [
  'matching_runs.id',
  'matching_runs.round_id',
  'rounds.code as round',
  'matching_runs.job_id',
  'matching_runs.policy',
  'matching_runs.mode',
  'matching_runs.group_size',
  'matching_runs.odd_one',
  'matching_runs.people',
  'matching_runs.cardinality',
  'matching_runs.total_score',
  'matching_runs.worst_score',
  'matching_runs.proven_optimal',
  'matching_runs.gap',
  'matching_runs.created_by',
  'matching_runs.created_at',
  'matching_runs.finished_at',
  'matching_runs.approved_at',
  'matching_runs.approved_by',
] as const

function selectRuns(db: DbOrTx) {
  return db
    .selectFrom('matching_runs')
    .innerJoin('rounds', 'rounds.id', 'matching_runs.round_id')
    .leftJoin('jobs', 'jobs.id', 'matching_runs.job_id')
    .select(COLUMNS)
    .select(STATE.as('state'))
    .$narrowType<{ policy: Policy; mode: Mode; odd_one: OddOne }>()
}

export async function findRun(db: DbOrTx, id: number) {
  const row = await selectRuns(db)
    .select(['matching_runs.hierarchy', 'matching_runs.input_digest', 'matching_runs.objective'])
    .select(['matching_runs.dual_value', 'matching_runs.bound', 'matching_runs.greedy', 'matching_runs.rounds'])
    .select(['matching_runs.timings', 'matching_runs.barrier'])
    .select(['jobs.done', 'jobs.total', 'jobs.error'])
    .where('matching_runs.id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    ...row,
    hierarchy: row.hierarchy as unknown as Hierarchy,
    greedy: row.greedy as unknown as MatchingResult['greedy'] | null,
    rounds: row.rounds as unknown as MatchingResult['rounds'],
    timings: row.timings as unknown as MatchingResult['timings'],
    barrier: row.barrier as unknown as MatchingResult['barrier'],
  }
}

export type RunRow = NonNullable<Awaited<ReturnType<typeof findRun>>>

/** The newest first. @param before the id of the last one seen */
export function listRunRows(
  db: Db,
  { round_id, before, limit }: { round_id: number; before: number | undefined; limit: number },
) {
  let query = selectRuns(db)
    .select(sql<number>`(select count(*) from unmatched_people u where u.run_id = matching_runs.id)`.as('unmatched'))
    .select(
      sql<number>`(select count(*) from proposal_edits e where e.run_id = matching_runs.id and undone_at is null)`.as(
        'edits',
      ),
    )
    .where('matching_runs.round_id', '=', round_id)
    .orderBy('matching_runs.id', 'desc')
    .limit(limit)
  if (before !== undefined) query = query.where('matching_runs.id', '<', before)
  return query.execute()
}

/**
 * What decides whether a run may be reviewed or approved, locked until the transaction ends: of two who change its
 * proposals, the second sees what the first has left.
 */
export function findRunForUpdate(tx: DbOrTx, id: number) {
  return tx
    .selectFrom('matching_runs')
    .select(['id', 'round_id', 'job_id', 'mode', 'finished_at', 'approved_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** How the proposals of a run stand now. Scores in basis points. */
export async function measureProposals(db: DbOrTx, runId: number) {
  return db
    .selectFrom('proposals')
    .select((is) => [
      is.fn.countAll<number>().as('cardinality'),
      sql<number>`coalesce(sum(score), 0)`.as('total_score'),
      sql<number | null>`min(score)`.as('worst_score'),
    ])
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow()
}

/** Left over, by id. */
export function listUnmatchedRows(
  db: DbOrTx,
  runId: number,
  { after, limit }: { after: number; limit: number } = { after: 0, limit: 1000 },
) {
  return db
    .selectFrom('unmatched_people')
    .innerJoin('matching_runs', 'matching_runs.id', 'unmatched_people.run_id')
    .innerJoin('people', 'people.id', 'unmatched_people.person_id')
    .leftJoin('applications', (on) =>
      on
        .onRef('applications.person_id', '=', 'people.id')
        .onRef('applications.round_id', '=', 'matching_runs.round_id'),
    )
    .select(['people.id as person_id', 'people.given_name', 'people.family_name'])
    .select(sql<string>`coalesce(applications.country_code, people.country_code)`.as('country_code'))
    .select(['unmatched_people.reason', 'unmatched_people.possible_partners'])
    .where('unmatched_people.run_id', '=', runId)
    .where('people.id', '>', after)
    .orderBy('people.id')
    .limit(limit)
    .$narrowType<{ reason: UnmatchedReason }>()
    .execute()
}

/** `broken`: by a person, in the review. */
export type UnmatchedReason = MatchingResult['unmatched'][number]['reason'] | 'broken'

export async function countUnmatched(db: DbOrTx, runId: number): Promise<number> {
  const { people } = await db
    .selectFrom('unmatched_people')
    .select((is) => is.fn.countAll<number>().as('people'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow()
  return people
}
