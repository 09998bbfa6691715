import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { type Ended, exchangeAttempts } from '../../../src/features/deliveries/exchange-queries.ts'
import { ensureSender } from '../../../src/features/deliveries/index.ts'
import { claimDue } from '../../../src/features/deliveries/ledger-queries.ts'
import { decideOutcome } from '../../../src/features/deliveries/outcome.ts'
import { resolveDelivery } from '../../../src/features/deliveries/resolve.ts'
import {
  beat,
  LOST_AFTER_SECONDS,
  recordStopped,
  recoverLost,
  registerWorker,
} from '../../../src/features/deliveries/run-queries.ts'
import { openTestDeps } from '../../support/deps.ts'
import { queueCampaign, statesOf } from '../../support/ledger.ts'

/** A run that holds three claims and has begun the dialogue of the first. */
async function openRun() {
  const deps = await openTestDeps()
  const { db, clock } = deps
  const sender_id = await ensureSender(db, '10/1h')
  const campaign = await queueCampaign(db, ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example'])
  const worker_id = await registerWorker(db, 'host', 1)
  const run = { worker_id, sender_id }
  const claims = await claimDue(db, { ...run, now: clock.now(), count: 3, lanes: ['campaign'], except: [] })
  const [first] = claims as unknown as [{ id: number; domain: string }]
  const [leave] = await exchangeAttempts(db, run, [], [first.id], clock.now())
  const ended = (result: Parameters<typeof decideOutcome>[0]): Ended => ({
    ...{ attempt_id: leave?.attempt_id as number, delivery_id: first.id, domain: first.domain },
    outcome: decideOutcome(result, 1),
  })
  return { ...deps, campaign, run, first, ended }
}

type Run = Awaited<ReturnType<typeof openRun>>

const lose = ({ db, run }: Run) =>
  sql`update workers set beat_at = clock_timestamp() - make_interval(secs => ${LOST_AFTER_SECONDS + 1}) where id = ${run.worker_id}`.execute(
    db,
  )
const accepted = { kind: 'accepted', code: 250, enhanced: '2.0.0', words: '250 OK' } as const
const attemptsOf = ({ db }: Run) =>
  db.selectFrom('attempts').select(['outcome', 'counted', 'ended_at', 'words']).orderBy('id').execute()

test('a run that still beats keeps what it holds', async () => {
  const run = await openRun()
  expect(await recoverLost(run.db)).toEqual({ queued: 0, uncertain: 0 })
  expect(await statesOf(run.db, run.campaign)).toEqual({ claimed: 2, queued: 1, sending: 1 })
  expect(await beat(run.db, run.run.worker_id)).toBe(true)
})

test('what a lost run held comes back: claims are due again, its dialogue is uncertain, ended and counted', async () => {
  const run = await openRun()
  await lose(run)
  expect(await recoverLost(run.db)).toEqual({ queued: 2, uncertain: 1 })
  expect(await statesOf(run.db, run.campaign)).toEqual({ queued: 3, uncertain: 1 })
  expect(await attemptsOf(run)).toEqual([
    {
      outcome: 'uncertain',
      counted: true,
      ended_at: expect.any(Date),
      words: expect.stringContaining('lost in the middle'),
    },
  ])
  // It must not begin anything more, should it still live.
  expect(await beat(run.db, run.run.worker_id)).toBe(false)
  expect(await exchangeAttempts(run.db, run.run, [], [run.first.id + 1], run.clock.now())).toEqual([])
  expect(await recoverLost(run.db)).toEqual({ queued: 0, uncertain: 0 })
})

test('two processes that look for lost runs at once take back everything once', async () => {
  const run = await openRun()
  await lose(run)
  const both = await Promise.all([recoverLost(run.db), recoverLost(run.db), recoverLost(run.db)])
  expect(both.reduce((sum, one) => sum + one.queued, 0)).toBe(2)
  expect(both.reduce((sum, one) => sum + one.uncertain, 0)).toBe(1)
})

test('a run that signed off without giving its claims back is not waited for', async () => {
  const run = await openRun()
  await recordStopped(run.db, run.run.worker_id)
  expect(await recoverLost(run.db)).toEqual({ queued: 2, uncertain: 1 })
})

test.each([
  [accepted, 'accepted'],
  [{ kind: 'refused', code: 550, enhanced: '5.1.1', words: '550 5.1.1 no', reachedData: false }, 'rejected'],
  [{ kind: 'refused', code: 451, enhanced: '4.3.0', words: '451 4.3.0 later', reachedData: true }, 'deferred'],
] as const)('the late word of a slow run ends the uncertainty: %o', async (result, state) => {
  const run = await openRun()
  await lose(run)
  await recoverLost(run.db)
  await exchangeAttempts(run.db, run.run, [run.ended(result)], [], run.clock.now())
  expect(await statesOf(run.db, run.campaign)).toEqual({ queued: 3, [state]: 1 })
  expect((await attemptsOf(run))[0]?.outcome).toBe(state)
})

test('what a person has decided stays decided, whatever the slow run says', async () => {
  const one = await openRun()
  await lose(one)
  await recoverLost(one.db)
  await resolveDelivery(one.db, { id: one.first.id, as: 'accepted', now: one.clock.now() })
  const late = { kind: 'refused', code: 550, enhanced: '5.1.1', words: 'no', reachedData: false } as const
  await exchangeAttempts(one.db, one.run, [one.ended(late)], [], one.clock.now())
  expect(await statesOf(one.db, one.campaign)).toEqual({ accepted: 1, queued: 3 })
})

test('what a person sent again, and had been accepted after all, does not leave again', async () => {
  const one = await openRun()
  await lose(one)
  await recoverLost(one.db)
  await resolveDelivery(one.db, { id: one.first.id, as: 'resend', now: one.clock.now() })
  await exchangeAttempts(one.db, one.run, [one.ended(accepted)], [], one.clock.now())
  expect(await statesOf(one.db, one.campaign)).toEqual({ accepted: 1, queued: 3 })
  expect((await attemptsOf(one))[0]?.outcome).toBe('accepted')
})

test('an uncertain dialogue keeps its place in the window', async () => {
  const run = await openRun()
  await lose(run)
  await recoverLost(run.db)
  const { rows } = await sql<{ used: number }>`
    select count(*) as used from attempts where counted and ended_at > clock_timestamp() - interval '1 hour'`.execute(
    run.db,
  )
  expect(rows[0]?.used).toBe(1)
})
