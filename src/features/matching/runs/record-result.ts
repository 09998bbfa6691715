import { setImmediate as breathe } from 'node:timers/promises'
import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { MatchingProblem, MatchingResult } from '../solve/index.ts'
import { deleteWork } from './checkpoint-queries.ts'
import { openPairJudge } from './pair-judge.ts'
import {
  insertProposals,
  insertUnmatched,
  type ProposalValues,
  recordRunEnd,
  takeProposalIds,
} from './result-queries.ts'
import { findRunForUpdate } from './run-queries.ts'

interface Found {
  run_id: number
  problem: MatchingProblem
  result: MatchingResult
}

const PROPOSALS_A_BREATH = 200

/**
 * Writes what a run has found and ends it, in one transaction. A worker that comes second, since it was thought lost,
 * changes nothing: the same input has the same result. @throws NotFound
 */
export async function recordResult(db: Db, { run_id, problem, result }: Found): Promise<void> {
  const judge = openPairJudge(problem)
  const values: Omit<ProposalValues, 'id'>[] = []
  for (const [at, { members, score }] of result.proposals.entries()) {
    // Tens of thousands take seconds, in which nothing else of the process would run.
    if (at % PROPOSALS_A_BREATH === 0) await breathe()
    values.push({ members, score, by_hand: false, ...judge.describe(members.map(({ person_id }) => person_id)) })
  }
  await db.transaction().execute(async (tx) => {
    const run = await findRunForUpdate(tx, run_id)
    if (!run) throw new NotFound(`Matching run ${run_id}`)
    if (run.finished_at) return
    const ids = await takeProposalIds(tx, values.length)
    await insertProposals(
      tx,
      run_id,
      values.map((value, at) => ({ id: ids[at] as number, ...value })),
    )
    await insertUnmatched(tx, run_id, result.unmatched)
    await recordRunEnd(tx, run_id, result)
    await deleteWork(tx, run_id)
  })
}
