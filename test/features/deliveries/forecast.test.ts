import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { type ForecastInput, forecastDepartures, type Lane } from '../../../src/features/deliveries/forecast.ts'
import { ensureSender, forecastLastDeparture } from '../../../src/features/deliveries/index.ts'
import { campaignShare } from '../../../src/lib/send-limits.ts'
import { openTestDeps } from '../../support/deps.ts'
import { queueCampaign } from '../../support/ledger.ts'

const NOW = Date.parse('2016-03-01T09:00:00Z')
const at = (seconds: number) => new Date(NOW + seconds * 1000)
const none = { automatic: [], campaign: [] }

const limit = (count: number, seconds: number, reserve = 10) => ({
  ...{ count, seconds },
  campaign_count: campaignShare({ count, seconds }, reserve),
})

test('a thousand messages under 100 an hour take nine more hours', () => {
  const due = { automatic: [], campaign: Array.from({ length: 1000 }, () => at(0)) }
  const { last } = forecastDepartures({
    limits: [limit(100, 3600)],
    now: at(0),
    used: none,
    due,
    per_second: 1000,
    until: 'campaign',
  })
  expect(last?.getTime()).toBe(at(9 * 3600 + 0.099).getTime())
})

test('campaigns leave the reserve of the day to automatic email, and the forecast says so', () => {
  const limits = [limit(10, 86_400)]
  const campaign = Array.from({ length: 10 }, () => at(0))
  const input = { limits, now: at(0), used: none, per_second: 1000, until: 'campaign' } as const
  expect(forecastDepartures({ ...input, due: { automatic: [], campaign } }).last?.getTime()).toBe(at(86_400).getTime())
  // Automatic email that comes meanwhile goes first, and takes its room.
  const { last, automatic } = forecastDepartures({ ...input, due: { automatic: [at(0), at(0)], campaign } })
  expect(automatic).toEqual([at(0).getTime(), at(0.001).getTime()])
  expect(last?.getTime()).toBe(at(86_400 + 0.002).getTime())
})

test('nothing waits: nothing leaves', () => {
  const input = { limits: [], now: at(0), used: none, due: none, per_second: 20, until: 'campaign' } as const
  expect(forecastDepartures(input)).toEqual({ automatic: [], campaign: [], last: undefined })
})

test('after the limits were lowered, the forecast waits until enough of what has left is out of the window', () => {
  const used = { automatic: [], campaign: Array.from({ length: 50 }, (_, second) => at(second - 50)) }
  const due = { automatic: [], campaign: [at(0)] }
  const input = { limits: [limit(10, 60)], now: at(0), used, due, per_second: 1000, until: 'campaign' } as const
  expect(forecastDepartures(input).last?.getTime()).toBe(at(50).getTime())
})

const seconds = fc.integer({ min: 0, max: 40 })
const worlds = fc.record({
  limits: fc.array(
    fc
      .record({
        count: fc.integer({ min: 1, max: 6 }),
        seconds: fc.integer({ min: 1, max: 15 }),
        kept: fc.integer({ min: 0, max: 3 }),
      })
      .map(({ kept, ...one }) => ({ ...one, campaign_count: Math.max(1, one.count - kept) })),
    { maxLength: 3 },
  ),
  used: fc.record({ automatic: fc.array(seconds, { maxLength: 5 }), campaign: fc.array(seconds, { maxLength: 8 }) }),
  due: fc.record({ automatic: fc.array(seconds, { maxLength: 8 }), campaign: fc.array(seconds, { maxLength: 10 }) }),
  per_second: fc.constantFrom(0.5, 1, 2),
})

test('the forecast breaks no window, sends nothing early, and nothing later than a patient walk through every moment', () => {
  fc.assert(
    fc.property(worlds, ({ limits, used, due, per_second }) => {
      const input: ForecastInput = {
        ...{ limits, per_second, now: at(0), until: 'campaign' },
        used: {
          automatic: used.automatic.map((second) => at(-second)),
          campaign: used.campaign.map((second) => at(-second)),
        },
        due: { automatic: due.automatic.map(at), campaign: due.campaign.map(at) },
      }
      const found = forecastDepartures(input)
      expect(found.campaign).toHaveLength(due.campaign.length)
      const all = [...found.automatic, ...found.campaign].sort((a, b) => a - b)
      const before = [...input.used.automatic, ...input.used.campaign].map((date) => date.getTime())
      for (const one of limits) {
        expectRoom([...before, ...all], one.count, one.seconds, all)
        const campaigns = [...input.used.campaign.map((date) => date.getTime()), ...found.campaign]
        expectRoom(campaigns, one.campaign_count, one.seconds, found.campaign)
      }
      expect(found.campaign).toEqual(walk(input).campaign)
    }),
    { numRuns: 1500 },
  )
})

/** At each of `moments`, no more than `count` of `times` in the window that ends there. */
function expectRoom(times: number[], count: number, windowSeconds: number, moments: number[]): void {
  for (const moment of moments) {
    const within = times.filter((time) => time <= moment && time > moment - windowSeconds * 1000)
    expect(within.length).toBeLessThanOrEqual(count)
  }
}

/** Moment by moment: whatever is due and has room leaves, automatic email first. */
function walk({ limits, now, used, due, per_second }: ForecastInput): Record<Lane, number[]> {
  const left: Record<Lane, number[]> = { automatic: [], campaign: [] }
  const sorted = (dates: readonly Date[]) => dates.map((date) => date.getTime()).sort((a, b) => a - b)
  const waiting = { automatic: sorted(due.automatic), campaign: sorted(due.campaign) }
  const gone = { automatic: sorted(used.automatic), campaign: sorted(used.campaign) }
  let free = now.getTime()
  let moment = now.getTime()
  while (waiting.campaign.length > 0) {
    const inWindow = (lane: Lane, length: number) =>
      [...gone[lane], ...left[lane]].filter((time) => time > moment - length * 1000).length
    const may = (lane: Lane) =>
      (waiting[lane][0] ?? Number.POSITIVE_INFINITY) <= moment &&
      free <= moment &&
      limits.every(
        (one) =>
          inWindow('automatic', one.seconds) + inWindow('campaign', one.seconds) < one.count &&
          (lane === 'automatic' || inWindow('campaign', one.seconds) < one.campaign_count),
      )
    const lane = (['automatic', 'campaign'] as const).find(may)
    if (lane) {
      waiting[lane].shift()
      left[lane].push(moment)
      free = moment + 1000 / per_second
    } else {
      // Every time in these worlds is a whole half second.
      moment += 500
    }
  }
  return left
}

test('what waits for other campaigns before our last is counted, what waits after it is not', async () => {
  const { db } = await openTestDeps()
  await ensureSender(db, '10/1m')
  const people = (count: number) => Array.from({ length: count }, (_, one) => `p${one}@x.example`)
  const forecast = (campaign_id: number) => forecastLastDeparture(db, { campaign_id, now: at(0) })
  const ours = await queueCampaign(db, people(10), { due: at(0) })
  expect((await forecast(ours))?.getTime()).toBeLessThan(at(60).getTime())
  await queueCampaign(db, people(20), { due: at(30) })
  expect((await forecast(ours))?.getTime()).toBeLessThan(at(60).getTime())
  await queueCampaign(db, people(20), { due: at(-30) })
  expect((await forecast(ours))?.getTime()).toBeGreaterThanOrEqual(at(120).getTime())
})

test('automatic email goes before us whenever it is due, cancelled campaigns do not', async () => {
  const { db } = await openTestDeps()
  await ensureSender(db, '10/1m')
  const people = Array.from({ length: 10 }, (_, one) => `p${one}@x.example`)
  const ours = await queueCampaign(db, people, { due: at(-1) })
  await queueCampaign(db, people, { due: at(-60), state: 'cancelled' })
  const forecast = () => forecastLastDeparture(db, { campaign_id: ours, now: at(0) })
  expect((await forecast())?.getTime()).toBeLessThan(at(60).getTime())
  await queueCampaign(db, people, { due: at(0), lane: 'automatic' })
  expect((await forecast())?.getTime()).toBeGreaterThanOrEqual(at(60).getTime())
})

test('what has left already, open dialogues and a closed account are counted', async () => {
  const { db } = await openTestDeps()
  const sender = await ensureSender(db, '10/1h')
  const ours = await queueCampaign(db, ['a@x.example'])
  const now = new Date()
  const forecast = async () =>
    ((await forecastLastDeparture(db, { campaign_id: ours, now })) as Date).getTime() - now.getTime()
  expect(await forecast()).toBeLessThan(60_000)
  const { id: worker_id } = await db
    .insertInto('workers')
    .values({ host: 'h', pid: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
  await sql`insert into attempts (delivery_id, sender_id, worker_id, lane, address, ended_at)
    select (select min(id) from deliveries), ${sender}, ${worker_id}, 'campaign', 'a@x.example',
      case when n > 1 then clock_timestamp() - interval '20 minutes' end from generate_series(1, 10) n`.execute(db)
  expect(await forecast()).toBeGreaterThan(39 * 60_000)
  expect(await forecast()).toBeLessThan(41 * 60_000)
  await sql`update senders set closed_until = clock_timestamp() + interval '2 hours'`.execute(db)
  expect(await forecast()).toBeGreaterThan(119 * 60_000)
})

test('a campaign of which nothing waits has no last departure', async () => {
  const { db } = await openTestDeps()
  const ours = await queueCampaign(db, [])
  expect(await forecastLastDeparture(db, { campaign_id: ours, now: at(0) })).toBeUndefined()
})
