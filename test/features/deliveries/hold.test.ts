import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  holdLateCampaign,
  holdRestored,
  holdStoppedDomains,
  releaseHeld,
} from '../../../src/features/deliveries/hold-queries.ts'
import { ensureSender } from '../../../src/features/deliveries/index.ts'
import { noticeOutage, sweepLedger } from '../../../src/features/deliveries/sweep.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { queueCampaign, statesOf } from '../../support/ledger.ts'

const HOUR = 3600_000
const START = Date.parse('2016-03-01T09:00:00Z')
const at = (hours: number) => new Date(START + hours * HOUR)
const people = (count: number, domain = 'library.example') =>
  Array.from({ length: count }, (_, one) => `p${one}@${domain}`)

const lastSweepWas = ({ db }: TestDeps, seconds: number) =>
  sql`update installation set swept_at = clock_timestamp() - make_interval(secs => ${seconds})`.execute(db)

test('after an outage of hours what is overdue is held; a short one, and the very first sweep, hold nothing', async () => {
  const deps = await openTestDeps()
  const campaign = await queueCampaign(deps.db, people(3), { due: at(-5) })
  await noticeOutage(deps.db, at(0))
  expect(await statesOf(deps.db, campaign)).toEqual({ queued: 3 })
  await lastSweepWas(deps, 7000)
  await noticeOutage(deps.db, at(0))
  expect(await statesOf(deps.db, campaign)).toEqual({ queued: 3 })
  await lastSweepWas(deps, 7300)
  await noticeOutage(deps.db, at(0))
  expect(await statesOf(deps.db, campaign)).toEqual({ held: 3 })
})

test('not held: what is not yet two hours late, a retry, a test email', async () => {
  const deps = await openTestDeps()
  const recent = await queueCampaign(deps.db, people(2), { due: at(-1.9) })
  const retried = await queueCampaign(deps.db, people(2), { due: at(-5) })
  await sql`update deliveries set tries = 1, state = 'deferred' where campaign_id = ${retried}`.execute(deps.db)
  const trial = await queueCampaign(deps.db, people(1), { due: at(-5) })
  await sql`update deliveries set is_test = true where campaign_id = ${trial}`.execute(deps.db)
  await lastSweepWas(deps, 20_000)
  await noticeOutage(deps.db, at(0))
  expect(await statesOf(deps.db, recent)).toEqual({ queued: 2 })
  expect(await statesOf(deps.db, retried)).toEqual({ deferred: 2 })
  expect(await statesOf(deps.db, trial)).toEqual({ queued: 1 })
})

test('of two processes that come back at once, the second waits until the first has held what is late', async () => {
  const deps = await openTestDeps()
  const sender_id = await ensureSender(deps.db, undefined)
  const campaign = await queueCampaign(deps.db, people(200), { due: at(-5) })
  await lastSweepWas(deps, 20_000)
  const sweep = () => sweepLedger(deps.db, { sender_id, now: at(0), most: 100 })
  expect(await Promise.all([sweep(), sweep(), sweep()])).toEqual([0, 0, 0])
  expect(await statesOf(deps.db, campaign)).toEqual({ held: 200 })
})

test('released, they are due now, or at their own hour when that is still to come', async () => {
  const { db } = await openTestDeps()
  const campaign = await queueCampaign(db, people(2), { due: at(-5), state: 'scheduled' })
  await sql`update deliveries set due_at = ${at(6)} where id = (select max(id) from deliveries)`.execute(db)
  expect(await holdRestored(db)).toBe(2)
  expect(await releaseHeld(db, campaign, at(0))).toBe(2)
  const rows = await db.selectFrom('deliveries').select(['state', 'due_at', 'held_reason']).orderBy('id').execute()
  expect(rows).toEqual([
    { state: 'queued', due_at: at(0), held_reason: null },
    { state: 'queued', due_at: at(6), held_reason: null },
  ])
})

test('a campaign that begins late is not late for those whose hour is still to come', async () => {
  const { db } = await openTestDeps()
  const campaign = await queueCampaign(db, people(2), { due: at(-5) })
  await sql`update deliveries set due_at = ${at(1)} where id = (select max(id) from deliveries)`.execute(db)
  const other = await queueCampaign(db, people(1), { due: at(-5) })
  expect(await holdLateCampaign(db, campaign, at(0))).toBe(1)
  expect(await statesOf(db, campaign)).toEqual({ held: 1, queued: 1 })
  expect(await statesOf(db, other)).toEqual({ queued: 1 })
})

test('what waits for a domain that refuses us is held, other domains go on', async () => {
  const { db } = await openTestDeps()
  const sender = await ensureSender(db, undefined)
  const campaign = await queueCampaign(db, [...people(3, 'strict.example'), ...people(2)])
  expect(await holdStoppedDomains(db, sender)).toBe(0)
  await db
    .insertInto('domain_stops')
    .values({ sender_id: sender, domain: 'strict.example', stopped_at: new Date() })
    .execute()
  await db
    .insertInto('domain_stops')
    .values({ sender_id: sender, domain: 'library.example', paused_until: new Date() })
    .execute()
  expect(await holdStoppedDomains(db, sender)).toBe(3)
  expect(await statesOf(db, campaign)).toEqual({ held: 3, queued: 2 })
})

test('a sweep says how much could leave now: nothing while a limit is used up, the account closed or the server away', async () => {
  const deps = await openTestDeps()
  const { db } = deps
  const sender_id = await ensureSender(db, '10/24h')
  await queueCampaign(db, people(30))
  const due = () => sweepLedger(db, { sender_id, now: at(0), most: 20 })
  expect(await due()).toBe(20)
  await sql`update senders set closed_until = clock_timestamp() + interval '1 minute'`.execute(db)
  expect(await due()).toBe(0)
  await sql`update senders set closed_until = null, next_try_at = clock_timestamp() + interval '1 minute'`.execute(db)
  expect(await due()).toBe(0)
  await sql`update senders set next_try_at = clock_timestamp() - interval '1 minute'`.execute(db)
  expect(await due()).toBe(20)
  // The campaigns' share of the day is used up: automatic email still finds room.
  const { id: worker_id } = await db
    .insertInto('workers')
    .values({ host: 'h', pid: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
  await sql`insert into attempts (delivery_id, sender_id, worker_id, lane, address, ended_at)
    select (select min(id) from deliveries), ${sender_id}, ${worker_id}, 'campaign', 'a@x.example', clock_timestamp() from generate_series(1, 9)`.execute(
    db,
  )
  expect(await due()).toBe(0)
  await queueCampaign(db, people(3), { lane: 'automatic' })
  expect(await due()).toBe(3)
})
