import { InvalidInput, NotFound, PairpostError, wordsOf } from '../lib/errors.ts'
import { isDatabaseAway } from '../platform/db/faults.ts'
import type { Db, DbOrTx } from '../platform/db/open.ts'
import type { Handlers, Ring } from './catalog.ts'
import {
  type Claim,
  claimJob,
  findJob,
  insertJob,
  type JobState,
  listJobRows,
  listJobsToRing,
  recordBeat,
  recordEnd,
  releaseJob,
  requestJobCancel,
} from './long-work-queries.ts'

/**
 * Work too long for a request. The row of the table jobs is the truth; the queue only rings. Guarantees that one
 * worker at a time believes that it runs a row (a claim that beats), and that a row whose worker is lost is taken
 * again. Does not guarantee that the work runs once: a kind whose transaction committed just before its worker died
 * runs again, and must notice.
 */

/** What a kind of work is given. */
export interface LongWork {
  job_id: number
  input: Record<string, unknown>
  /** Kept in memory and written with the next beat: call it as often as you like. */
  progress(done: number, total: number): void
  /** Aborted when somebody cancels, when the process stops, or when the row is no longer ours. */
  signal: AbortSignal
}

/** `failed`: an outcome that the work itself found, with what it can still show. */
export type WorkOutcome = { state: 'done'; result: unknown } | { state: 'failed'; error: string; result?: unknown }
export type LongWorkKinds = Record<string, (work: LongWork) => Promise<WorkOutcome>>

interface Log {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
}

const BEAT_MS = 1000
/** A row that ended its worker this often is the cause of it. */
const MOST_ATTEMPTS = 5
const RINGS_A_SWEEP = 100

/** Notes the work within the caller's transaction. After the commit: `ringLongWork`. */
export function recordLongWork(db: DbOrTx, kind: string, input: object): Promise<number> {
  return insertJob(db, kind, input)
}

export async function ringLongWork({ ring }: { ring: Ring }, job_id: number): Promise<void> {
  await ring('run-long-work', { job_id })
}

/** Notes the work and rings for it. Returns the job's id. */
export async function startLongWork(deps: { db: Db; ring: Ring }, kind: string, input: object): Promise<number> {
  const id = await insertJob(deps.db, kind, input)
  await ringLongWork(deps, id)
  return id
}

/** @throws NotFound */
export async function getJob({ db }: { db: Db }, { id }: { id: number }) {
  const job = await findJob(db, id)
  if (!job) throw new NotFound(`Job ${id}`)
  return job
}

/** The newest first, a page of them; `next` is passed as `before` for the following ones. */
export async function listJobs(
  { db }: { db: Db },
  input: {
    state?: JobState | undefined
    kinds?: readonly string[] | undefined
    before?: number | undefined
    limit?: number | undefined
  } = {},
) {
  const { state, kinds, before, limit = 50 } = input
  const rows = await listJobRows(db, { state, kinds, before, limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

/** Ends waiting work at once and asks running work to stop; work that has ended stays as it is. @throws NotFound */
export async function requestCancel({ db }: { db: Db }, { id }: { id: number }) {
  await requestJobCancel(db, id)
  return getJob({ db }, { id })
}

type LongWorkHandlers = Pick<Handlers, 'run-long-work' | 'sweep-long-work'>

export function longWorkHandlers(deps: { db: Db; ring: Ring; log: Log }, kinds: LongWorkKinds): LongWorkHandlers {
  return {
    'run-long-work': ({ job_id }, signal) => runLongWork(deps, kinds, job_id, signal),
    'sweep-long-work': async () => {
      for (const id of await listJobsToRing(deps.db, RINGS_A_SWEEP)) await ringLongWork(deps, id)
    },
  }
}

async function runLongWork(deps: { db: Db; log: Log }, kinds: LongWorkKinds, id: number, stopping: AbortSignal) {
  if (stopping.aborted) return
  const claim = await claimJob(deps.db, id)
  // Another worker has it, or it has ended: a doorbell may ring twice.
  if (!claim) return
  const kind = kinds[claim.kind]
  const at = { done: claim.done, total: claim.total }
  const fail = (error: string) => recordEnd(deps.db, claim, { state: 'failed', error, ...at })
  if (!kind) return fail(`This release does not know the work "${claim.kind}".`)
  if (claim.attempts > MOST_ATTEMPTS)
    return fail(`The work was begun ${MOST_ATTEMPTS} times and never came to an end, so it is not tried again.`)

  const stop = new AbortController()
  const onStopping = () => stop.abort(STOPPING)
  stopping.addEventListener('abort', onStopping, { once: true })
  const endBeating = beat(deps, claim, at, stop)
  try {
    const input = claim.input as Record<string, unknown>
    const progress = (done: number, total: number) => Object.assign(at, { done: Math.round(done), total })
    const outcome = await kind({ job_id: id, input, progress, signal: stop.signal })
    await recordEnd(deps.db, claim, { ...outcome, ...at })
  } catch (error) {
    await recordTrouble(deps, claim, at, stop.signal, error)
  } finally {
    await endBeating()
    stopping.removeEventListener('abort', onStopping)
  }
}

const STOPPING = 'the process stops'
/** The reason of `signal` when somebody cancelled. */
export const CANCELLED = 'cancelled'
const LOST = 'another worker has taken the row'

async function recordTrouble(
  deps: { db: Db; log: Log },
  claim: Claim & { kind: string },
  at: { done: number; total: number },
  signal: AbortSignal,
  error: unknown,
): Promise<void> {
  if (signal.reason === LOST) return
  if (signal.reason === STOPPING) return releaseJob(deps.db, claim)
  if (signal.reason === CANCELLED) return recordEnd(deps.db, claim, { state: 'cancelled', ...at })
  if (error instanceof PairpostError) {
    const result = error instanceof InvalidInput ? { result: { errors: error.faults } } : {}
    return recordEnd(deps.db, claim, { state: 'failed', error: error.message, ...result, ...at })
  }
  // Nothing can be written now; the row is taken again when its beat is old.
  if (isDatabaseAway(error)) throw error
  // Unexpected words may hold anything, personal data too: they go to the log, not to the caller.
  deps.log.error({ err: error, job: claim.id, kind: claim.kind }, 'long work failed')
  await recordEnd(deps.db, claim, {
    state: 'failed',
    error: 'Something went wrong on our side. It has been logged.',
    ...at,
  })
}

/** Beats until the function it returns is called, and aborts the work when it is cancelled or lost. */
function beat(deps: { db: Db; log: Log }, claim: Claim, at: { done: number; total: number }, stop: AbortController) {
  let beating: Promise<void> | undefined
  const once = async () => {
    try {
      const row = await recordBeat(deps.db, claim, { ...at })
      if (!row) stop.abort(LOST)
      else if (row.cancel_requested) stop.abort(CANCELLED)
    } catch (error) {
      // The database may be away for a moment: the next beat tells.
      deps.log.warn({ job: claim.id, words: wordsOf(error) }, 'no beat')
    }
  }
  const timer = setInterval(() => {
    beating ??= once().finally(() => {
      beating = undefined
    })
  }, BEAT_MS)
  return async () => {
    clearInterval(timer)
    await beating
  }
}
