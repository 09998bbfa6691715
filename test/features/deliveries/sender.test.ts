import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addDeliveryRoutes, ensureSender, listLimitUse, measureSender } from '../../../src/features/deliveries/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { queueCampaign } from '../../support/ledger.ts'
import { serveRoutes } from '../../support/routes.ts'

async function open() {
  const deps = await openTestDeps()
  const app = await serveRoutes((app) => addDeliveryRoutes(app, { ...deps, ring: async () => undefined }))
  const patch = (payload: object) => app.inject({ method: 'PATCH', url: '/sending', payload })
  return { deps, app, patch }
}

test.each([
  [{ limits: '10/1x' }, /10\/1x/],
  [{ limits: '0/1s' }, /0\/1s/],
  [{ limits: '10 per second' }, /10 per second/],
  [{ limits: '10/40d' }, /31 days/],
  [{ limits: '10/1s,oops' }, /oops/],
  [{ limits: 'x'.repeat(201) }, /200/],
  [{}, /missing/],
  [{ limits: '1/1s', reserve: 1 }, /not known/],
])('limits that cannot be are refused and named, and the old ones hold: %o', async (body, message) => {
  const { deps, patch } = await open()
  await ensureSender(deps.db, '5/1s')
  const answer = await patch(body)
  expect(answer.statusCode).toBe(422)
  expect(JSON.stringify(answer.json().errors)).toMatch(message)
  expect((await measureSender(deps.db)).limits).toMatchObject([{ count: 5, seconds: 1 }])
})

test('limits change before any worker has started, in any order of their windows, and to none', async () => {
  const { patch } = await open()
  expect((await patch({ limits: '2000/24h, 14/1s' })).json().limits).toEqual([
    { count: 14, seconds: 1, left: 14, left_for_campaigns: 14 },
    { count: 2000, seconds: 86_400, left: 2000, left_for_campaigns: 1800 },
  ])
  expect((await patch({ limits: '' })).json().limits).toEqual([])
})

test('what is left counts open dialogues and those in the window, and says what campaigns may use of it', async () => {
  const { deps, app } = await open()
  const sender = await ensureSender(deps.db, '5/1s,10/24h')
  await queueCampaign(deps.db, ['a@x.example'])
  const { id: worker } = await deps.db
    .insertInto('workers')
    .values({ host: 'h', pid: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
  const attempt = (lane: string, ended: string, counted = true) =>
    sql`insert into attempts (delivery_id, sender_id, worker_id, lane, address, counted, ended_at)
      values (1, ${sender}, ${worker}, ${lane}, 'a@x.example', ${counted}, ${sql.raw(ended)})`.execute(deps.db)
  await attempt('campaign', 'null')
  await attempt('campaign', "clock_timestamp() - interval '1 hour'")
  await attempt('automatic', "clock_timestamp() - interval '1 hour'")
  await attempt('campaign', "clock_timestamp() - interval '25 hours'")
  await attempt('campaign', "clock_timestamp() - interval '1 hour'", false)
  expect((await app.inject('/sending')).json().limits).toEqual([
    { count: 5, seconds: 1, left: 4, left_for_campaigns: 4 },
    { count: 10, seconds: 86_400, left: 7, left_for_campaigns: 7 },
  ])
})

test('trouble, a closed account and stopped domains are said in words; a person lets a domain go on', async () => {
  const { deps, app } = await open()
  const sender = await ensureSender(deps.db, undefined)
  await sql`update senders set closed_until = clock_timestamp() + interval '1 hour', closed_words = '550 5.4.5 Daily limit',
    trouble_since = clock_timestamp(), trouble_words = 'cannot be reached'`.execute(deps.db)
  await deps.db
    .insertInto('domain_stops')
    .values({ sender_id: sender, domain: 'strict.example', stopped_at: new Date(), words: '554 5.7.1 Go away' })
    .execute()
  expect((await app.inject('/sending')).json()).toMatchObject({
    closed: { words: '550 5.4.5 Daily limit' },
    trouble: { words: 'cannot be reached' },
    stopped_domains: [{ domain: 'strict.example', words: '554 5.7.1 Go away' }],
  })
  expect((await app.inject({ method: 'DELETE', url: '/sending/stopped-domains/Strict.example' })).statusCode).toBe(204)
  expect((await app.inject('/sending')).json().stopped_domains).toEqual([])
})

test('the use of a limit says what counts, and when the oldest leaves the window', async () => {
  const { deps } = await open()
  expect(await listLimitUse(deps.db)).toEqual([])
  const sender = await ensureSender(deps.db, '5/1s,10/24h')
  expect(await listLimitUse(deps.db)).toMatchObject([{ used: 0, oldest_leaves_at: null }, { used: 0 }])
  await queueCampaign(deps.db, ['a@x.example'])
  const { id: worker } = await deps.db
    .insertInto('workers')
    .values({ host: 'h', pid: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
  await sql`insert into attempts (delivery_id, sender_id, worker_id, lane, address, counted, ended_at)
    select 1, ${sender}, ${worker}, 'campaign', 'a@x.example', counted, ended_at from (values
      (true, null::timestamptz), (true, clock_timestamp() - interval '1 hour'), (true, clock_timestamp() - interval '23 hours'),
      (true, clock_timestamp() - interval '25 hours'), (false, clock_timestamp() - interval '2 hours')) v(counted, ended_at)`.execute(
    deps.db,
  )
  const [second, day] = await listLimitUse(deps.db)
  expect(second).toMatchObject({ count: 5, seconds: 1, used: 1, oldest_leaves_at: null })
  expect(day).toMatchObject({ count: 10, seconds: 86_400, used: 3 })
  const hours = ((day?.oldest_leaves_at?.getTime() ?? 0) - Date.now()) / 3_600_000
  expect(hours).toBeGreaterThan(0.9)
  expect(hours).toBeLessThan(1.1)
})

test('the share for automatic email changes with the limits, and only within its bounds', async () => {
  const { deps, patch } = await open()
  expect((await patch({ limits: '100/24h', automatic_reserve_percent: 25 })).json()).toMatchObject({
    automatic_reserve_percent: 25,
    limits: [{ count: 100, left_for_campaigns: 75 }],
  })
  const { rows } = await sql`select campaign_count from sender_limits`.execute(deps.db)
  expect(rows).toEqual([{ campaign_count: 75 }])
  expect((await patch({ limits: '50/24h' })).json().limits).toMatchObject([{ left_for_campaigns: 37 }])
  expect((await patch({ limits: '1/1s', automatic_reserve_percent: 91 })).statusCode).toBe(422)
})
