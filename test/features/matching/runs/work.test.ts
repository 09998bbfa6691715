import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { getMatchingRun, matchingWork, startMatchingRun } from '../../../../src/features/matching/index.ts'
import { CANCELLED, getJob, requestCancel } from '../../../../src/jobs/long-work.ts'
import { Conflict } from '../../../../src/lib/errors.ts'
import type { TestDeps } from '../../../support/deps.ts'
import { madeUp, openMatching } from '../round.ts'

const code = '2016A'
const by = 'staff 1'
/** So many that they are matched in rounds, each with its checkpoint. */
const MANY = 2050

async function snapshot({ db }: Pick<TestDeps, 'db'>, run_id: number) {
  const proposals = await db
    .selectFrom('proposal_members as one')
    .innerJoin('proposal_members as other', 'other.proposal_id', 'one.proposal_id')
    .innerJoin('proposals', 'proposals.id', 'one.proposal_id')
    .whereRef('one.person_id', '<', 'other.person_id')
    .where('one.run_id', '=', run_id)
    .select(['one.person_id as first', 'other.person_id as second', 'proposals.score'])
    .orderBy('one.person_id')
    .execute()
  const unmatched = await db
    .selectFrom('unmatched_people')
    .select(['person_id', 'reason'])
    .where('run_id', '=', run_id)
    .orderBy('person_id')
    .execute()
  return { proposals, unmatched }
}

const countCheckpoints = async ({ db }: Pick<TestDeps, 'db'>) =>
  (await db.selectFrom('matching_checkpoints').select('run_id').execute()).length

test('a worker that died after its commit: the run is taken again and ends once', async () => {
  const { deps, work } = await openMatching(madeUp(10))
  const { run_id, job_id } = await startMatchingRun(deps, { code, by })
  await work(job_id)
  const [before, run] = [await snapshot(deps, run_id), await getMatchingRun(deps, { id: run_id })]
  await deps.db.updateTable('jobs').set({ state: 'waiting', result: null }).where('id', '=', job_id).execute()
  await work(job_id)
  expect(await snapshot(deps, run_id)).toEqual(before)
  expect(await getMatchingRun(deps, { id: run_id })).toEqual(run)
  expect(await getJob(deps, { id: job_id })).toMatchObject({ state: 'done', result: { run_id } })
})

test('two workers that run one run at the same time, since one was thought lost, end it once', async () => {
  const { deps } = await openMatching(madeUp(12))
  const { run_id } = await startMatchingRun(deps, { code, by })
  const { signal } = new AbortController()
  const work = () => matchingWork(deps).matching?.({ job_id: 1, input: { run_id }, progress: () => undefined, signal })
  await Promise.all([work(), work()])
  expect((await snapshot(deps, run_id)).proposals).toHaveLength(6)
})

test('a run whose worker was killed goes on after its last round, with the same result', {
  timeout: 90_000,
}, async () => {
  const { deps, work, match } = await openMatching(madeUp(MANY))
  const whole = await match({ policy: 'total' })
  const { run_id, job_id } = await startMatchingRun(deps, { code, by, policy: 'total' })
  // It ends with its second checkpoint, and leaves the row as a killed worker does.
  await sql`
    create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`.execute(
    deps.db,
  )
  await sql`
    create trigger die before update on matching_checkpoints for each row execute function die()`.execute(deps.db)
  await work(job_id)
  const lost = { state: 'running', beat_at: new Date(Date.now() - 60_000), finished_at: null, error: null }
  await deps.db.updateTable('jobs').set(lost).where('id', '=', job_id).execute()
  expect(await countCheckpoints(deps)).toBe(1)
  await sql`drop trigger die on matching_checkpoints`.execute(deps.db)
  await work(job_id)
  const [before, after] = [await getMatchingRun(deps, { id: whole }), await getMatchingRun(deps, { id: run_id })]
  expect(after).toMatchObject({ state: 'done', proven_optimal: true, total_score: before.total_score })
  expect(after.rounds.map(({ round, objective }) => [round, objective])).toEqual(
    before.rounds.map(({ round, objective }) => [round, objective]),
  )
  expect(await snapshot(deps, run_id)).toEqual(await snapshot(deps, whole))
  expect(await countCheckpoints(deps)).toBe(0)
})

test('a cancelled run ends without proposals and leaves nothing of its work', async () => {
  const { deps, work } = await openMatching(madeUp(10))
  const { run_id, job_id } = await startMatchingRun(deps, { code, by })
  await deps.db
    .insertInto('matching_checkpoints')
    .values({ run_id, round: 1, content: Buffer.from('x') })
    .execute()
  const cancelled = matchingWork(deps).matching?.({
    job_id,
    input: { run_id },
    progress: () => undefined,
    signal: AbortSignal.abort(CANCELLED),
  })
  await expect(cancelled).rejects.toBeDefined()
  expect(await countCheckpoints(deps)).toBe(0)
  await requestCancel(deps, { id: job_id })
  await work(job_id)
  expect(await getMatchingRun(deps, { id: run_id })).toMatchObject({ state: 'cancelled', now: null, cardinality: null })
  expect((await snapshot(deps, run_id)).proposals).toEqual([])
})

test('a run that fails says why, in our own words only', async () => {
  const failing = [
    new Conflict('too_hard', 'The pairs could not be proven.'),
    new Error('anna@library.example: secret'),
  ]
  const words = ['The pairs could not be proven.', 'Something went wrong on our side. It has been logged.']
  const { deps, work } = await openMatching(madeUp(4), () => ({ matching: () => Promise.reject(failing.shift()) }))
  for (const error of words) {
    const { run_id, job_id } = await startMatchingRun(deps, { code, by })
    await work(job_id)
    expect(await getMatchingRun(deps, { id: run_id })).toMatchObject({ state: 'failed', error })
  }
})

test('scores and reasons of the proposals are those of the input that was frozen, whatever the answers are now', async () => {
  const { deps, match } = await openMatching(madeUp(6, { request: 'A partner who knows maps, please.' }))
  const run_id = await match()
  const rows = await deps.db
    .selectFrom('proposals')
    .select(['score', 'reasons', 'introduction', 'special_request', 'by_hand'])
    .where('run_id', '=', run_id)
    .execute()
  expect(rows).toHaveLength(3)
  for (const row of rows)
    expect(row).toMatchObject({
      score: expect.any(Number),
      reasons: expect.arrayContaining([expect.any(String)]),
      introduction: expect.any(String),
      special_request: true,
      by_hand: false,
    })
})
