import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { thawProblem } from '../runs/frozen-input.ts'
import { openPairJudge, type PairJudge } from '../runs/pair-judge.ts'
import { findInput } from '../runs/run-queries.ts'
import { listDecidedPairs } from './edit-queries.ts'

/**
 * What a run was given, with what staff have decided since about who is never paired. @throws NotFound
 */
export async function openReviewJudge(db: Db, runId: number): Promise<PairJudge> {
  const [input, bans] = await Promise.all([findInput(db, runId), listDecidedPairs(db, runId, 'ban')])
  if (!input) throw new NotFound(`Matching run ${runId}`)
  return openPairJudge({ ...(await thawProblem(input)), bans })
}
