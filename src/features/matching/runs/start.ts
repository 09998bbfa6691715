import type { Ring } from '../../../jobs/catalog.ts'
import { recordLongWork, ringLongWork } from '../../../jobs/long-work.ts'
import { Conflict } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { refuseTooFew } from '../pool/pool.ts'
import { readProblem } from '../pool/problem.ts'
import { refuseContradictions } from '../settings/contradictions.ts'
import { lockRoundMatching } from '../settings/decision-queries.ts'
import { readSettings, refuseFaults } from '../settings/settings.ts'
import type { SettingsValues } from '../settings/settings-queries.ts'
import { freezeProblem } from './frozen-input.ts'
import { findUnfinishedRun, insertRun, recordRunJob } from './run-queries.ts'

/** The kind of long work that finds the pairs of a run. */
export const MATCHING = 'matching'

export type RunStart = { code: string; by: string } & {
  [Name in keyof SettingsValues]?: SettingsValues[Name] | undefined
}

/**
 * Freezes who is matched, by which settings and decisions, and rings for the work. What is not given is as saved for
 * the round. Of two who start at the same time, one is told.
 * @throws NotFound, InvalidInput by field, Conflict `run_unfinished`, `nobody_to_match` or `contradiction`
 */
export async function startMatchingRun(
  deps: { db: Db; ring: Ring },
  { code, by, ...given }: RunStart,
): Promise<{ run_id: number; job_id: number }> {
  const round = await getRoundRow(deps, { code })
  const ids = await deps.db.transaction().execute(async (tx) => {
    await lockRoundMatching(tx, round.id)
    const running = await findUnfinishedRun(tx, round.id)
    if (running)
      throw new Conflict(
        'run_unfinished',
        `Run ${running.id} of round ${round.code} has not ended yet. Wait for it, or cancel it (job ${running.job_id}).`,
      )
    const settings = { ...(await readSettings(tx, round.id)), ...withoutGaps(given) }
    await refuseFaults(tx, round.id, settings)
    const problem = await readProblem(tx, round.id, settings)
    refuseTooFew(round.code, problem.applicants.length)
    refuseContradictions(problem)
    const { hierarchy, policy, mode, group_size, odd_one, applicants } = problem
    const values = { hierarchy, policy, mode, group_size, odd_one, people: applicants.length, created_by: by }
    const run_id = await insertRun(tx, { round_id: round.id, ...values, ...(await freezeProblem(problem)) })
    const job_id = await recordLongWork(tx, MATCHING, { run_id })
    await recordRunJob(tx, run_id, job_id)
    return { run_id, job_id }
  })
  await ringLongWork(deps, ids.job_id)
  return ids
}

function withoutGaps(given: Omit<RunStart, 'code' | 'by'>): Partial<SettingsValues> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
