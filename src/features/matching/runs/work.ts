import type { Ring } from '../../../jobs/catalog.ts'
import { CANCELLED, type LongWork, type LongWorkKinds } from '../../../jobs/long-work.ts'
import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { type MatchingResult, solveProblem } from '../solve/index.ts'
import { deleteWork, findCheckpoint, writeCheckpoint } from './checkpoint-queries.ts'
import { thawProblem } from './frozen-input.ts'
import { recordResult } from './record-result.ts'
import { findRunToRun } from './run-queries.ts'
import { MATCHING } from './start.ts'
import { openTileRunner } from './tile-runner.ts'

interface Deps {
  db: Db
  ring: Ring
}

/** The kind of long work that this feature adds. */
export function matchingWork(deps: Deps): LongWorkKinds {
  return {
    [MATCHING]: async (work) => {
      const run_id = Number(work.input.run_id)
      try {
        return { state: 'done', result: await runMatching(deps, run_id, work) }
      } catch (error) {
        if (work.signal.reason === CANCELLED) await deleteWork(deps.db, run_id)
        throw error
      }
    },
  }
}

/** More people than these are scored in tiles, by any number of workers. */
const MOST_ALONE = 20_000

/**
 * Finds the pairs from what the run was given and nothing else. A run whose worker was lost goes on after its last
 * round; one that has ended gives what it found. @throws NotFound
 */
async function runMatching(deps: Deps, run_id: number, { progress, signal }: LongWork): Promise<RunFigures> {
  const { db } = deps
  const row = await findRunToRun(db, run_id)
  if (!row) throw new NotFound(`Matching run ${run_id}`)
  if (row.finished_at) return { run_id }
  const problem = await thawProblem(row.input)
  const resume = await findCheckpoint(db, run_id)
  const isLarge = problem.mode === 'pairs' && problem.applicants.length > MOST_ALONE
  const result = await solveProblem(problem, {
    progress,
    signal,
    checkpoint: (round, content) => writeCheckpoint(db, run_id, { round, content: Buffer.from(content) }),
    ...(resume ? { resume } : {}),
    ...(isLarge ? { tiles: openTileRunner(deps, { run_id, signal }) } : {}),
  })
  signal.throwIfAborted()
  await recordResult(db, { run_id, problem, result })
  const { cardinality, total_score, worst_score, proven_optimal } = result
  return { run_id, cardinality, total_score, worst_score, proven_optimal, unmatched: result.unmatched.length }
}

/** The result of the job; the rest is the run's. */
type RunFigures = { run_id: number } & Partial<
  Pick<MatchingResult, 'cardinality' | 'total_score' | 'worst_score' | 'proven_optimal'> & { unmatched: number }
>
