import { expect, test } from 'vitest'
import { startMatchingRun, tileScorer } from '../../../../src/features/matching/index.ts'
import { thawProblem } from '../../../../src/features/matching/runs/frozen-input.ts'
import { insertCycle } from '../../../../src/features/matching/runs/tile-queries.ts'
import { openTileRunner } from '../../../../src/features/matching/runs/tile-runner.ts'
import { solveProblem } from '../../../../src/features/matching/solve/index.ts'
import { solveProblemBy } from '../../../../src/features/matching/solve/solve-problem.ts'
import type { JobInputs } from '../../../../src/jobs/catalog.ts'
import { madeUp, openMatching } from '../round.ts'

type Tile = JobInputs['score-matching-tile']

async function openTiles(people = 4) {
  const { deps } = await openMatching(madeUp(people))
  const { run_id } = await startMatchingRun(deps, { code: '2016A', by: 'staff 1' })
  const rung: Tile[] = []
  const ring = async (name: string, input: object) => {
    if (name === 'score-matching-tile') rung.push(input as Tile)
  }
  const stopping = new AbortController()
  const runner = openTileRunner({ ...deps, ring }, { run_id, signal: stopping.signal })
  const { db } = deps
  const answer = (cycle: number, tile: number, text: string) =>
    db
      .updateTable('matching_tiles')
      .set({ answer: Buffer.from(text) })
      .where('cycle', '=', cycle)
      .where('tile', '=', tile)
      .execute()
  return { db, deps, run_id, rung, runner, answer, stopping }
}

const QUESTION = Buffer.from('who suits whom?')
const texts = (answers: Uint8Array[]) => answers.map((answer) => Buffer.from(answer).toString())

test('a question is rung for tile by tile, and answered in the order of its tiles', async () => {
  const { rung, runner, answer, run_id } = await openTiles()
  const asked = runner.ask(0, QUESTION, 3)
  await expect.poll(() => rung.length).toBe(3)
  expect(rung).toEqual([0, 1, 2].map((tile) => ({ run_id, cycle: 0, tile })))
  for (const tile of [2, 0, 1]) await answer(0, tile, `tile ${tile}`)
  expect(texts(await asked)).toEqual(['tile 0', 'tile 1', 'tile 2'])
})

test('a run that is cancelled or whose worker stops waits no longer', async () => {
  const { rung, runner, answer, stopping } = await openTiles()
  const lost = runner.ask(0, QUESTION, 2)
  await expect.poll(() => rung.length).toBe(2)
  await answer(0, 1, 'kept')
  stopping.abort('the worker stops')
  await expect(lost).rejects.toBe('the worker stops')
})

test('a run that goes on asks again only for what has no answer', async () => {
  const { rung, runner, answer, db } = await openTiles()
  const first = runner.ask(0, QUESTION, 2)
  await expect.poll(() => rung.length).toBe(2)
  await answer(0, 1, 'kept')
  const second = runner.ask(0, QUESTION, 2)
  await expect.poll(() => rung.length).toBe(3)
  await answer(0, 0, 'now')
  expect(texts(await first)).toEqual(['now', 'kept'])
  expect(texts(await second)).toEqual(['now', 'kept'])
  const other = runner.ask(0, Buffer.from('another question'), 1)
  await expect.poll(() => rung.length).toBe(4)
  await answer(0, 0, 'anew')
  expect(texts(await other)).toEqual(['anew'])
  const next = runner.ask(1, QUESTION, 1)
  await expect.poll(() => rung.length).toBe(5)
  await answer(1, 0, 'next')
  expect(texts(await next)).toEqual(['next'])
  // What was asked before is not kept.
  expect(await db.selectFrom('matching_tiles').select('cycle').execute()).toEqual([{ cycle: 1 }])
})

test('a tile whose ring was lost is rung for again while the run waits', async () => {
  const { rung, runner, answer, db, run_id } = await openTiles()
  const asked = runner.ask(0, QUESTION, 2)
  await expect.poll(() => rung.length).toBe(2)
  await db
    .updateTable('matching_tiles')
    .set({ rung_at: new Date(Date.now() - 60_000) })
    .where('tile', '=', 1)
    .execute()
  await expect.poll(() => rung.length).toBe(3)
  expect(rung.at(-1)).toEqual({ run_id, cycle: 0, tile: 1 })
  for (const tile of [0, 1]) await answer(0, tile, 'x')
  await asked
})

test('a run whose question was put out of the way by a worker that was thought lost asks again, and misses no answer', async () => {
  const { db, rung, runner, answer, run_id } = await openTiles()
  const asked = runner.ask(5, QUESTION, 2)
  await expect.poll(() => rung.length).toBe(2)
  await answer(5, 0, 'lost')
  await insertCycle(db, { run_id, cycle: 4 }, { question: Buffer.from('what was asked before'), tiles: 1 })
  await expect.poll(() => rung.length).toBe(4)
  for (const tile of [0, 1]) await answer(5, tile, `tile ${tile}`)
  expect(texts(await asked)).toEqual(['tile 0', 'tile 1'])
})

test('a worker passes over a tile that is answered already, or of a run or cycle that is over', async () => {
  const { deps, rung, runner, answer, run_id } = await openTiles()
  const asked = runner.ask(0, QUESTION, 1)
  await expect.poll(() => rung.length).toBe(1)
  await answer(0, 0, 'first')
  const score = tileScorer(deps)
  await score({ run_id, cycle: 0, tile: 0 })
  await score({ run_id, cycle: 7, tile: 0 })
  await score({ run_id: 999, cycle: 0, tile: 0 })
  expect(texts(await asked)).toEqual(['first'])
})

test('a run that is scored in tiles by workers finds the same pairs as one that is scored alone', {
  timeout: 60_000,
}, async () => {
  const { deps, run_id } = await openTiles(250)
  const score = tileScorer(deps)
  const ring = async (name: string, tile: object) => {
    if (name === 'score-matching-tile') void score(tile as Tile)
  }
  const { input } = await deps.db.selectFrom('matching_runs').select('input').executeTakeFirstOrThrow()
  const problem = await thawProblem(input)
  const { signal } = new AbortController()
  const tiles = openTileRunner({ ...deps, ring }, { run_id, signal })
  const together = await solveProblemBy({ tier: 'tiles' }, problem, { tiles })
  const alone = await solveProblem(problem)
  expect(together.proven_optimal).toBe(true)
  expect(together.total_score).toBe(alone.total_score)
  expect(await deps.db.selectFrom('matching_tiles').select('tile').where('answer', 'is', null).execute()).toEqual([])
})
