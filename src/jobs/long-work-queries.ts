import { sql } from 'kysely'
import type { Db, DbOrTx } from '../platform/db/open.ts'

/** A running row whose worker has not been heard of for this long may be taken by another. */
const LOST_AFTER_SECONDS = 30
/** A waiting row is given this long to be taken by its own ring before the sweep rings again. */
const RING_GRACE_SECONDS = 5

export async function insertJob(db: DbOrTx, kind: string, input: object): Promise<number> {
  const { id } = await db
    .insertInto('jobs')
    .values({ kind, input: JSON.stringify(input) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export function findJob(db: Db, id: number) {
  return db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
}

const lost = sql<boolean>`beat_at < clock_timestamp() - make_interval(secs => ${LOST_AFTER_SECONDS})`

/** Takes the row, unless a living worker has it. `attempts` is the claim's own number: every later write is guarded by it. */
export function claimJob(db: Db, id: number) {
  return db
    .updateTable('jobs')
    .set((is) => ({
      state: 'running',
      attempts: is('attempts', '+', 1),
      started_at: sql`coalesce(started_at, clock_timestamp())`,
      beat_at: sql`clock_timestamp()`,
    }))
    .where('id', '=', id)
    .where((is) => is.or([is('state', '=', 'waiting'), is.and([is('state', '=', 'running'), lost])]))
    .returningAll()
    .executeTakeFirst()
}

export interface Claim {
  id: number
  attempts: number
}

/** Says that we live, and how far we are. Undefined when the row is ours no longer. */
export function recordBeat(db: Db, claim: Claim, progress: { done: number; total: number }) {
  return db
    .updateTable('jobs')
    .set({ beat_at: sql`clock_timestamp()`, ...progress })
    .where('id', '=', claim.id)
    .where('attempts', '=', claim.attempts)
    .where('state', '=', 'running')
    .returning('cancel_requested')
    .executeTakeFirst()
}

interface End {
  state: 'done' | 'failed' | 'cancelled'
  result?: unknown
  error?: string
  done: number
  total: number
}

export async function recordEnd(db: Db, claim: Claim, end: End): Promise<void> {
  await db
    .updateTable('jobs')
    .set({
      state: end.state,
      result: end.result === undefined ? null : JSON.stringify(end.result),
      error: end.error ?? null,
      done: end.done,
      total: end.total,
      finished_at: sql`clock_timestamp()`,
    })
    .where('id', '=', claim.id)
    .where('attempts', '=', claim.attempts)
    .where('state', '=', 'running')
    .execute()
}

/** Gives the row back to be taken by any worker at once. */
export async function releaseJob(db: Db, claim: Claim): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ state: 'waiting', beat_at: null })
    .where('id', '=', claim.id)
    .where('attempts', '=', claim.attempts)
    .where('state', '=', 'running')
    .execute()
}

/** A waiting row is cancelled here and now; a running one is asked to stop. Undefined when it has ended. */
export function requestJobCancel(db: Db, id: number) {
  return db
    .updateTable('jobs')
    .set({
      cancel_requested: true,
      state: sql`case when state = 'waiting' then 'cancelled' else state end`,
      finished_at: sql`case when state = 'waiting' then clock_timestamp() end`,
    })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'running'])
    .returning('id')
    .executeTakeFirst()
}

export async function listJobsToRing(db: Db, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('jobs')
    .select('id')
    .where((is) =>
      is.or([
        is.and([
          is('state', '=', 'waiting'),
          sql<boolean>`created_at < clock_timestamp() - make_interval(secs => ${RING_GRACE_SECONDS})`,
        ]),
        is.and([is('state', '=', 'running'), lost]),
      ]),
    )
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

/**
 * The newest first, without their results, which may be long.
 * @param before the id of the last one seen
 * @param kinds these alone
 */
export function listJobRows(
  db: Db,
  {
    state,
    kinds,
    before,
    limit,
  }: { state: JobState | undefined; kinds?: readonly string[] | undefined; before: number | undefined; limit: number },
) {
  let query = db
    .selectFrom('jobs')
    .select([
      'id',
      'kind',
      'state',
      'done',
      'total',
      'error',
      'attempts',
      'cancel_requested',
      'created_at',
      'started_at',
    ])
    .orderBy('id', 'desc')
    .limit(limit)
  if (state !== undefined) query = query.where('state', '=', state)
  if (kinds !== undefined) query = query.where('kind', 'in', kinds)
  if (before !== undefined) query = query.where('id', '<', before)
  return query.execute()
}

/** Failed since then, and not made good by later work of the same kind. The newest first. */
export async function listFailedJobs(db: Db, { since, limit }: { since: Date; limit: number }) {
  const { rows } = await sql<{ id: number; kind: string; error: string | null; finished_at: Date }>`
    select id, kind, error, finished_at from jobs failed
    where state = 'failed' and created_at > ${since}
      and not exists (select from jobs later where later.kind = failed.kind and later.id > failed.id and later.state = 'done' and later.created_at > ${since})
    order by created_at desc, id desc limit ${limit}`.execute(db)
  return rows
}

/** Work of a kind that has not ended; undefined when there is none. */
export function findUnfinishedJob(db: DbOrTx, kind: string) {
  return db
    .selectFrom('jobs')
    .select('id')
    .where('kind', '=', kind)
    .where('state', 'in', ['waiting', 'running'])
    .orderBy('id')
    .executeTakeFirst()
}
