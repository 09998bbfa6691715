import { expect, test } from 'vitest'
import { getMatchingRun, listMatchingRuns, startMatchingRun } from '../../../../src/features/matching/index.ts'
import { getJob, requestCancel } from '../../../../src/jobs/long-work.ts'
import { addApplicants, applyAgain, madeUp, openMatching } from '../round.ts'

const code = '2016A'
const by = 'staff 1'

test('a run finds who suits whom, is proven, and says how it compares with the best score first', async () => {
  const { deps, rung, work } = await openMatching(madeUp(40))
  const { run_id, job_id } = await startMatchingRun(deps, { code, by })
  expect(rung).toEqual([job_id])
  expect(await getMatchingRun(deps, { id: run_id })).toMatchObject({ state: 'waiting', cardinality: null, now: null })
  await work(job_id)
  const run = await getMatchingRun(deps, { id: run_id })
  expect(run).toMatchObject({
    state: 'done',
    round: code,
    people: 40,
    cardinality: 20,
    proven_optimal: true,
    unmatched: [],
    error: null,
    data_changed: false,
    changes: [],
    created_by: by,
    now: { cardinality: 20, edits: 0, unmatched: 0, total_score: expect.any(Number) },
    greedy: { cardinality: expect.any(Number), total_score: expect.any(Number) },
    input_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(run.now?.total_score).toBe(run.total_score)
  expect(run.mean_score).toBe(Math.round((run.total_score ?? 0) / 20))
  expect(await getJob(deps, { id: job_id })).toMatchObject({
    state: 'done',
    result: { run_id, cardinality: 20, total_score: run.total_score, proven_optimal: true },
  })
  expect(await listMatchingRuns(deps, { code })).toMatchObject({
    items: [{ id: run_id, state: 'done', cardinality: 20, unmatched: 0, edits: 0 }],
    next: null,
  })
})

test('the same input gives the same pairs again', async () => {
  const { deps, match } = await openMatching(madeUp(30))
  const runs = [await match(), await match()]
  const pairsOf = (run_id: number | undefined) =>
    deps.db
      .selectFrom('proposal_members as one')
      .innerJoin('proposal_members as other', 'other.proposal_id', 'one.proposal_id')
      .whereRef('one.person_id', '<', 'other.person_id')
      .where('one.run_id', '=', run_id as number)
      .select(['one.person_id as first', 'other.person_id as second'])
      .orderBy('one.person_id')
      .execute()
  expect(await pairsOf(runs[1])).toEqual(await pairsOf(runs[0]))
  const digests = await deps.db.selectFrom('matching_runs').select('input_digest').distinct().execute()
  expect(digests).toHaveLength(1)
})

test('nobody confirmed, or only one, is said in a sentence, and there is no run', async () => {
  const { deps } = await openMatching([{ state: 'applied' }])
  await expect(startMatchingRun(deps, { code, by })).rejects.toMatchObject({
    code: 'nobody_to_match',
    message: 'Nobody of round 2016A is confirmed yet, so there is nobody to match. Confirm applicants first.',
  })
  await addApplicants(deps, [{ given: 'Ben' }])
  await expect(startMatchingRun(deps, { code, by })).rejects.toMatchObject({
    code: 'nobody_to_match',
    message: expect.stringMatching(/^Only one person/),
  })
  expect(await listMatchingRuns(deps, { code })).toEqual({ items: [], next: null })
})

test('of two who start at the same time one is told which run is under way', async () => {
  const { deps } = await openMatching(madeUp(4))
  const both = await Promise.allSettled([startMatchingRun(deps, { code, by }), startMatchingRun(deps, { code, by })])
  const [started] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const [refused] = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toMatchObject({ code: 'run_unfinished', message: expect.stringContaining(`Run ${started?.run_id} `) })
  await requestCancel(deps, { id: started?.job_id as number })
  expect(await getMatchingRun(deps, { id: started?.run_id as number })).toMatchObject({ state: 'cancelled' })
  await expect(startMatchingRun(deps, { code, by })).resolves.toBeDefined()
})

test('people of one country only have nobody, and each is told why', async () => {
  const { deps, match } = await openMatching(madeUp(3, { country: 'BR' }))
  const run = await getMatchingRun(deps, { id: await match() })
  expect(run).toMatchObject({ state: 'done', cardinality: 0, total_score: 0, worst_score: null, unmatched_count: 3 })
  expect(run.unmatched).toMatchObject(
    [0, 1, 2].map(() => ({ reason: 'nobody_allowed', possible_partners: 0, words: expect.stringContaining('nobody') })),
  )
})

test('three people make a trio, or one of them stands in, as the round says', async () => {
  const { deps, match } = await openMatching(madeUp(3))
  expect(await getMatchingRun(deps, { id: await match() })).toMatchObject({ cardinality: 1, unmatched: [] })
  const run = await getMatchingRun(deps, { id: await match({ odd_one: 'stand_in' }) })
  expect(run).toMatchObject({ cardinality: 1, unmatched: [{ reason: 'odd_one', possible_partners: 2 }] })
})

test('partners of whatever round before are never paired again, once they were introduced', async () => {
  const { deps, ids, match } = await openMatching(madeUp(2))
  const [one, other] = ids as [number, number]
  const round_id = (await addRoundBefore(deps.db)) as number
  await applyAgain(deps, madeUp(2), { round_id, ids })
  const { id } = await deps.db.insertInto('partnerships').values({ round_id }).returning('id').executeTakeFirstOrThrow()
  const members = [one, other].map((person_id) => ({ partnership_id: id, person_id }))
  await deps.db.insertInto('partnership_members').values(members).execute()
  expect(await getMatchingRun(deps, { id: await match() })).toMatchObject({ cardinality: 1 })
  await deps.db
    .updateTable('partnerships')
    .set({ introduced_at: new Date('2015-09-01') })
    .execute()
  expect(await getMatchingRun(deps, { id: await match() })).toMatchObject({
    cardinality: 0,
    unmatched: [{ reason: 'nobody_allowed' }, { reason: 'nobody_allowed' }],
  })
})

async function addRoundBefore(db: Awaited<ReturnType<typeof openMatching>>['deps']['db']) {
  const values = { code: '2015B', name: 'Round 2015B' }
  return (await db.insertInto('rounds').values(values).returning('id').executeTakeFirstOrThrow()).id
}
