import type { JobInputs } from '../../../jobs/catalog.ts'
import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { type PackedProblem, packProblem } from '../solve/index.ts'
import { thawProblem } from './frozen-input.ts'
import { findInput } from './run-queries.ts'
import { findQuestion, isTileOpen, recordAnswer } from './tile-queries.ts'
import { openTileThreads } from './tile-threads.ts'

/**
 * The handler of 'score-matching-tile'. Its threads keep what they need of the run they work on, since many tiles follow
 * each other. A tile that is answered, or whose run has gone on or ended, is passed over.
 */
export function tileScorer({ db }: { db: Db }): (tile: JobInputs['score-matching-tile']) => Promise<void> {
  const threads = openTileThreads()
  return async (at) => {
    const { run_id, tile } = at
    if (!(await isTileOpen(db, at))) return
    const question = await findQuestion(db, at)
    if (!question) return
    const answer = await threads.answer(run_id, { question, tile }, () => readPacked(db, run_id))
    await recordAnswer(db, at, Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength))
  }
}

async function readPacked(db: Db, run_id: number): Promise<PackedProblem> {
  const input = await findInput(db, run_id)
  if (!input) throw new NotFound(`Matching run ${run_id}`)
  return packProblem(await thawProblem(input))
}
