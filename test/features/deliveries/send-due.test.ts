import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { exchangeAttempts } from '../../../src/features/deliveries/exchange-queries.ts'
import { decideOutcome } from '../../../src/features/deliveries/outcome.ts'
import { sendDue } from '../../../src/features/deliveries/send-due.ts'
import { openTestDeps } from '../../support/deps.ts'
import { neverStopped, queueCampaign, sendDeps, statesOf } from '../../support/ledger.ts'
import { countsByRecipient, violations } from '../../support/sink/analyse.ts'
import { type Sink, type SinkOptions, startSink } from '../../support/sink/sink.ts'

async function openSink(options: SinkOptions = {}): Promise<Sink> {
  const sink = await startSink(options)
  onTestFinished(() => sink.close())
  return sink
}

const addresses = (count: number, domain = 'library.example') =>
  Array.from({ length: count }, (_, at) => `reader${at}@${domain}`)

test('every recipient gets the message once, over several connections', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const campaign = await queueCampaign(deps.db, addresses(200))
  await sendDue(await sendDeps(deps, sink.url), neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 200 })
  expect([...countsByRecipient(sink.messages()).values()]).toEqual(Array(200).fill(1))
  expect(new Set(sink.messages().map((message) => message.connection)).size).toBeGreaterThan(1)
})

test('two runs at once share the work and send nothing twice', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const campaign = await queueCampaign(deps.db, addresses(200))
  const run = await sendDeps(deps, sink.url)
  await Promise.all([sendDue(run, neverStopped()), sendDue(run, neverStopped()), sendDue(run, neverStopped())])
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 200 })
  expect(sink.messages()).toHaveLength(200)
})

test('no rolling window is ever exceeded, as the server sees it', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const limits = '5/1s,8/2s'
  const campaign = await queueCampaign(deps.db, addresses(20))
  const run = await sendDeps(deps, sink.url, { limits })
  await Promise.all([sendDue(run, neverStopped()), sendDue(run, neverStopped())])
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 20 })
  expect(
    violations(sink.messages(), [
      { count: 5, seconds: 1 },
      { count: 8, seconds: 2 },
    ]),
  ).toEqual([])
})

test('a limit that is used up for hours ends the run and leaves the rest due', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const campaign = await queueCampaign(deps.db, addresses(30))
  const run = await sendDeps(deps, sink.url, { limits: '7/1h' })
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 7, queued: 23 })
  await sql`update attempts set taken_at = taken_at - interval '1 hour', ended_at = ended_at - interval '1 hour'`.execute(
    deps.db,
  )
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 14, queued: 16 })
})

test('automatic email goes before campaigns and finds its reserve of the day when they have used theirs', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const topic = await queueCampaign(deps.db, addresses(30))
  const run = await sendDeps(deps, sink.url, { limits: '10/24h' })
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, topic)).toEqual({ accepted: 9, queued: 21 })
  const confirmation = await queueCampaign(deps.db, addresses(3, 'other.example'), { lane: 'automatic' })
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, confirmation)).toEqual({ accepted: 1, queued: 2 })
  expect(await statesOf(deps.db, topic)).toEqual({ accepted: 9, queued: 21 })
})

test.each([
  ['drop-after-dot', 'uncertain'],
  ['closing-after-dot', 'uncertain'],
  ['nul-reply', 'accepted'],
  ['drop-after-rcpt', 'deferred'],
  ['452-4.2.2', 'deferred'],
  ['half-reply', 'uncertain'],
  ['garbage-after-dot', 'uncertain'],
  ['drop-mid-body', 'uncertain'],
  ['reset', 'uncertain'],
  ['421-data', 'deferred'],
  ['tempfail', 'deferred'],
  ['tempfail-data', 'deferred'],
  ['452-rcpt', 'deferred'],
  ['421', 'deferred'],
  ['550-5.4.5', 'deferred'],
  ['refused', 'rejected'],
  ['permfail', 'rejected'],
  ['permfail-data', 'rejected'],
  ['slow', 'accepted'],
])('a server that answers with %s leaves the delivery %s, and the others accepted', async (fault, state) => {
  const deps = await openTestDeps()
  const sink = await openSink({ slowMs: 50 })
  // Last in the queue: an account that the provider closes would keep the others waiting, as it should.
  const campaign = await queueCampaign(deps.db, [...addresses(3), `${fault}@faulty.example`])
  await sendDue(await sendDeps(deps, sink.url, { connections: 1 }), neverStopped())
  const { rows } = await sql<{ state: string }>`select state from deliveries where domain = 'faulty.example'`.execute(
    deps.db,
  )
  expect(rows[0]?.state).toBe(state)
  expect((await statesOf(deps.db, campaign)).accepted).toBe(state === 'accepted' ? 4 : 3)
  const { rows: attempts } = await sql<{
    words: string
    counted: boolean
  }>`select words, counted from attempts where outcome is distinct from 'accepted'`.execute(deps.db)
  for (const attempt of attempts) expect(attempt.words).not.toBe('')
})

test("the provider's words close the account, not the person, and nothing more leaves", async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const campaign = await queueCampaign(deps.db, ['550-5.4.5@a.example', ...addresses(5)])
  const run = await sendDeps(deps, sink.url, { connections: 1 })
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ deferred: 1, queued: 5 })
  const { rows } = await sql<{
    minutes: number
  }>`select extract(epoch from closed_until - clock_timestamp())::float8 / 60 as minutes from senders`.execute(deps.db)
  expect(rows[0]?.minutes).toBeGreaterThan(59)
})

test('a server that cannot be reached costs nobody a try and is said in words', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  await sink.setAway(true)
  const campaign = await queueCampaign(deps.db, addresses(3))
  const run = await sendDeps(deps, sink.url)
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ queued: 3 })
  const sender = await deps.db.selectFrom('senders').selectAll().executeTakeFirstOrThrow()
  expect(sender.trouble_words).toMatch(/cannot be reached/)
  await sink.setAway(false)
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ queued: 3 })
  await sql`update senders set next_try_at = clock_timestamp()`.execute(deps.db)
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 3 })
  expect((await deps.db.selectFrom('senders').selectAll().executeTakeFirstOrThrow()).trouble_words).toBeNull()
})

test('a server that ends every dialogue without an answer is left alone after five', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  sink.failNext('drop-after-dot', 100)
  const campaign = await queueCampaign(deps.db, addresses(50))
  await sendDue(await sendDeps(deps, sink.url, { connections: 1 }), neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ uncertain: 5, queued: 45 })
})

test('a domain that refuses us five times in a row is stopped, the others go on', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const refusing = Array.from({ length: 12 }, (_, at) => `permfail+${at}@strict.example`)
  const campaign = await queueCampaign(deps.db, [...refusing, ...addresses(10)])
  await sendDue(await sendDeps(deps, sink.url, { connections: 1 }), neverStopped())
  const states = await statesOf(deps.db, campaign)
  expect(states.accepted).toBe(10)
  expect(states.rejected).toBeLessThanOrEqual(8)
  expect(states.queued).toBe(12 - (states.rejected ?? 0))
})

test('asked to stop, a run ends its dialogues and gives the rest back', async () => {
  const deps = await openTestDeps()
  const sink = await openSink({ slowMs: 100 })
  const campaign = await queueCampaign(
    deps.db,
    Array.from({ length: 40 }, (_, at) => `slow+${at}@library.example`),
  )
  const stop = new AbortController()
  const running = sendDue(await sendDeps(deps, sink.url), stop.signal)
  while (sink.messages().length === 0) await new Promise((turn) => setImmediate(turn))
  stop.abort()
  await running
  const states = await statesOf(deps.db, campaign)
  expect(states.accepted).toBe(sink.messages().length)
  expect((states.accepted ?? 0) + (states.queued ?? 0)).toBe(40)
})

test('a server that closes after each message makes nobody uncertain', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  sink.failNext('close-after-accept', 100)
  const campaign = await queueCampaign(deps.db, addresses(40))
  await sendDue(await sendDeps(deps, sink.url), neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 40 })
  expect([...countsByRecipient(sink.messages()).values()]).toEqual(Array(40).fill(1))
})

test('one full mailbox does not close the account for the others', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const campaign = await queueCampaign(deps.db, ['452-4.2.2@full.example', ...addresses(5)])
  await sendDue(await sendDeps(deps, sink.url, { connections: 1 }), neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ deferred: 1, accepted: 5 })
})

test('a server in trouble is tried with one dialogue, and the waits between grow', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  sink.failNext('drop-after-dot', 100)
  const campaign = await queueCampaign(deps.db, addresses(50))
  const run = await sendDeps(deps, sink.url)
  await sendDue({ ...run, smtpConnections: 1 }, neverStopped())
  for (const uncertain of [6, 7]) {
    await sql`update senders set next_try_at = clock_timestamp()`.execute(deps.db)
    await sendDue(run, neverStopped())
    expect((await statesOf(deps.db, campaign)).uncertain).toBe(uncertain)
  }
  expect((await deps.db.selectFrom('senders').selectAll().executeTakeFirstOrThrow()).trouble_times).toBe(3)
})

test('a campaign that cannot be composed keeps no other waiting', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const broken = await queueCampaign(deps.db, addresses(5))
  const good = await queueCampaign(deps.db, addresses(5, 'other.example'))
  const run = await sendDeps(deps, sink.url)
  const compose: typeof run.compose = async (claimed) => {
    if (claimed.some((delivery) => delivery.campaign_id === broken)) throw new Error('templates are gone')
    return run.compose(claimed)
  }
  await sendDue({ ...run, compose }, neverStopped())
  expect(await statesOf(deps.db, good)).toEqual({ accepted: 5 })
  expect(await statesOf(deps.db, broken)).toEqual({ queued: 5 })
})

test('what was accepted after all does not leave again, though a person sent it again meanwhile', async () => {
  const deps = await openTestDeps()
  const sink = await openSink()
  const campaign = await queueCampaign(deps.db, ['drop-after-dot@library.example'])
  const run = await sendDeps(deps, sink.url)
  await sendDue(run, neverStopped())
  const { id, attempt_id } = await deps.db
    .selectFrom('deliveries')
    .select(['id', 'attempt_id'])
    .executeTakeFirstOrThrow()
  const { worker_id } = await deps.db.selectFrom('attempts').select('worker_id').executeTakeFirstOrThrow()
  await sql`update deliveries set state = 'queued'`.execute(deps.db)
  const accepted = decideOutcome({ kind: 'accepted', code: 250, enhanced: undefined, words: '250 ok' }, 1)
  const late = { attempt_id: attempt_id as number, delivery_id: id, domain: 'library.example', outcome: accepted }
  await exchangeAttempts(deps.db, { worker_id, sender_id: run.senderId }, [late], [], new Date())
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 1 })
})
