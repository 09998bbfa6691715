import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { listClicksOfCampaign, rebuildHits, settleHits } from '../../../src/features/tracking/index.ts'
import type { Hit } from '../../../src/features/tracking/rules.ts'
import type { Db } from '../../../src/platform/db/open.ts'
import { openTestDeps } from '../../support/deps.ts'
import { makeMailing, readCounts } from './mailing.ts'
import { CHROME, humanClicks, inOrder, SENT, scannerTraffic, seeded } from './traffic.ts'

/** Hits as the routes write them, with the changes that they leave. */
async function insertHits(db: Db, hits: readonly Omit<Hit, 'id'>[]): Promise<void> {
  if (hits.length === 0) return
  const values = hits.map(({ link_key, network, ...hit }) => ({
    ...hit,
    link_key: link_key === '' ? null : link_key,
    network: Buffer.from(network),
  }))
  await db.transaction().execute(async (tx) => {
    await sql`
      insert into tracking_hits (delivery_id, link_key, at, method, agent, network)
      select * from unnest(${values.map((hit) => hit.delivery_id)}::bigint[], ${values.map((hit) => hit.link_key)}::text[],
        ${values.map(({ at }) => at)}::timestamptz[], ${values.map(({ method }) => method)}::text[],
        ${values.map(({ agent }) => agent)}::text[], ${values.map(({ network }) => network)}::bytea[])`.execute(tx)
    await sql`
      insert into tracking_changes (delivery_id)
      select distinct d from unnest(${values.map((hit) => hit.delivery_id)}::bigint[]) d`.execute(tx)
  })
}

const countChanges = async (db: Db) => (await db.selectFrom('tracking_changes').select('id').execute()).length

/** Plays traffic in order, counting at moments of its own choice. */
async function play(db: Db, hits: readonly Hit[], chance: ReturnType<typeof seeded>): Promise<void> {
  for (let at = 0; at < hits.length; ) {
    const many = chance.between(1, 120)
    await insertHits(db, hits.slice(at, at + many))
    at += many
    if (chance.next() < 0.5) await settleHits({ db })
  }
  await settleHits({ db })
}

test.each([1, 2, 4])('counted as it comes, at any moments, is the same as counted anew: %i links', async (links) => {
  const { db } = await openTestDeps()
  const chance = seeded(links)
  for (let campaign = 0; campaign < 2; campaign++) {
    const mailing = await makeMailing(db, 40, links)
    const humans = humanClicks(chance, mailing, 120)
    await play(db, inOrder([...humans, ...scannerTraffic(chance, mailing, humans)]), chance)
  }
  expect(await countChanges(db)).toBe(0)
  const counted = await readCounts(db)
  expect(counted.length).toBeGreaterThan(50)
  await rebuildHits({ db })
  expect(await readCounts(db)).toEqual(counted)
  await sql`truncate delivery_hits`.execute(db)
  await rebuildHits({ db })
  expect(await readCounts(db)).toEqual(counted)
})

test('scanners change no rate of the link table: people and clicks are those without them', async () => {
  const { db } = await openTestDeps()
  const chance = seeded(11)
  const mailing = await makeMailing(db, 100, 4)
  const humans = humanClicks(chance, mailing, 1000)
  const human = (rows: Awaited<ReturnType<typeof listClicksOfCampaign>>) =>
    rows.map(({ key, url, people, clicks }) => ({ key, url, people, clicks }))
  await insertHits(db, inOrder(humans))
  expect(await settleHits({ db })).toBe(new Set(humans.map(({ delivery_id }) => delivery_id)).size)
  const without = await listClicksOfCampaign({ db }, mailing)
  expect(without.reduce((sum, { clicks }) => sum + clicks, 0)).toBe(humans.length)
  expect(without.every(({ machine }) => machine === 0)).toBe(true)
  const scanners = scannerTraffic(chance, mailing, humans)
  await insertHits(db, inOrder(scanners))
  await settleHits({ db })
  const mixed = await listClicksOfCampaign({ db }, mailing)
  expect(human(mixed)).toEqual(human(without))
  const links = scanners.filter(({ link_key }) => link_key !== '')
  expect(mixed.reduce((sum, { machine }) => sum + machine, 0)).toBe(links.length)
})

test('the fifth email of a gateway shows the first four to be a machine’s, counted long before', async () => {
  const { db } = await openTestDeps()
  const { deliveries } = await makeMailing(db, 5, 1)
  const hitOf = (delivery_id: number, at: number) => ({
    delivery_id,
    link_key: 'link0',
    at: new Date(SENT + at * 200),
    method: 'GET',
    agent: CHROME,
    network: 'gateway',
  })
  for (const [at, id] of deliveries.slice(0, 4).entries()) {
    await insertHits(db, [hitOf(id, at)])
    await settleHits({ db })
  }
  expect((await readCounts(db)).map(({ human }) => human)).toEqual([1, 1, 1, 1])
  await insertHits(db, [hitOf(deliveries[4] as number, 4)])
  await settleHits({ db })
  expect((await readCounts(db)).map(({ human, machine }) => [human, machine])).toEqual(Array(5).fill([0, 1]))
})

test('two who count at once, and hits that come meanwhile: nothing is counted twice or left out', async () => {
  const deps = await openTestDeps()
  const { db } = deps
  const chance = seeded(5)
  const mailing = await makeMailing(db, 60, 3)
  const humans = humanClicks(chance, mailing, 300)
  const hits = inOrder([...humans, ...scannerTraffic(chance, mailing, humans)])
  const groups = Array.from({ length: 30 }, (_, at) => hits.filter(({ id }) => id % 30 === at))
  await Promise.all(
    groups.flatMap((group) =>
      [insertHits(db, group), settleHits({ db }), settleHits({ db }), rebuildHits({ db })].slice(
        0,
        group.length % 7 === 0 ? 4 : 3,
      ),
    ),
  )
  await settleHits({ db })
  const counted = await readCounts(db)
  await sql`truncate delivery_hits`.execute(db)
  await rebuildHits({ db })
  expect(counted).toEqual(await readCounts(db))
  expect(counted.reduce((sum, { human, machine }) => sum + human + machine, 0)).toBe(hits.length)
})

test('what was recorded before is counted when it returns, also when another has it in hand', async () => {
  const { db } = await openTestDeps()
  const { deliveries } = await makeMailing(db, 1, 1)
  const at = new Date(SENT)
  const hit = {
    delivery_id: deliveries[0] as number,
    link_key: 'link0',
    at,
    method: 'GET',
    agent: CHROME,
    network: 'n',
  }
  for (let time = 1; time <= 10; time++) {
    await insertHits(db, [{ ...hit, at: new Date(SENT + time * 60_000) }])
    await Promise.all(
      [1, 2, 3].map(async () => {
        await settleHits({ db })
        expect(await readCounts(db)).toMatchObject([{ human: time, machine: 0 }])
      }),
    )
  }
})

test.each(['delivery_hits', 'campaign_links', 'deliveries'])(
  'broken off where %s is used, nothing is lost: the changes are there again',
  async (table) => {
    const { db } = await openTestDeps()
    const chance = seeded(3)
    const mailing = await makeMailing(db, 10, 3)
    await insertHits(db, inOrder(humanClicks(chance, mailing, 30)))
    const before = await countChanges(db)
    await sql`alter table ${sql.table(table)} rename to away`.execute(db)
    await expect(settleHits({ db })).rejects.toThrow(/does not exist/)
    await sql`alter table away rename to ${sql.table(table)}`.execute(db)
    expect(await countChanges(db)).toBe(before)
    expect(await readCounts(db)).toEqual([])
    await settleHits({ db })
    expect((await readCounts(db)).reduce((sum, { human }) => sum + human, 0)).toBeGreaterThanOrEqual(30)
  },
)

test('only rows that change are written, so that figures that stand are not made anew', async () => {
  const { db } = await openTestDeps()
  const mailing = await makeMailing(db, 10, 3)
  const chance = seeded(9)
  await insertHits(db, inOrder(humanClicks(chance, mailing, 40)))
  await settleHits({ db })
  await sql`delete from report_changes`.execute(db)
  const versions = async () =>
    (await sql<{ xmin: string }>`select xmin::text from delivery_hits order by delivery_id, link_key`.execute(db)).rows
  const before = await versions()
  await rebuildHits({ db })
  await sql`insert into tracking_changes (delivery_id) select id from deliveries`.execute(db)
  await settleHits({ db })
  expect(await versions()).toEqual(before)
  expect(await db.selectFrom('report_changes').selectAll().execute()).toEqual([])
})

test('a delivery that is erased is no fault, nor is one whose hits are gone: what was counted stays', async () => {
  const { db } = await openTestDeps()
  const { deliveries } = await makeMailing(db, 3, 1)
  const at = new Date(SENT)
  const hits = deliveries.map((delivery_id, n) => ({
    delivery_id,
    link_key: 'link0',
    at,
    method: 'GET',
    agent: CHROME,
    network: `n${n}`,
  }))
  await insertHits(db, hits)
  await db
    .deleteFrom('deliveries')
    .where('id', '=', deliveries[0] as number)
    .execute()
  await settleHits({ db })
  expect((await readCounts(db)).map(({ delivery_id }) => delivery_id)).toEqual(deliveries.slice(1))
  await db
    .deleteFrom('tracking_hits')
    .where('delivery_id', '=', deliveries[1] as number)
    .execute()
  await sql`insert into tracking_changes (delivery_id) select id from deliveries`.execute(db)
  await settleHits({ db })
  await rebuildHits({ db })
  expect((await readCounts(db)).map(({ human }) => human)).toEqual([1, 1])
})

test('clocks that differ: hits in any order of time are counted by their own times', async () => {
  const { db } = await openTestDeps()
  const { deliveries } = await makeMailing(db, 1, 5)
  const hits = [30, -3600, 0, 1, 2, 86_400].map((seconds, n) => ({
    delivery_id: deliveries[0] as number,
    link_key: `link${n % 5}`,
    at: new Date(SENT + seconds * 1000),
    method: 'GET',
    agent: CHROME,
    network: 'n',
  }))
  for (const hit of hits) {
    await insertHits(db, [hit])
    await settleHits({ db })
  }
  const counts = await readCounts(db)
  expect(counts.reduce((sum, { human }) => sum + human, 0)).toBe(3)
  expect(counts.find(({ link_key }) => link_key === 'link1')?.first_at).toEqual(new Date(SENT - 3_600_000))
})

test('a link that nobody followed is in the table, a test email is not', async () => {
  const { db } = await openTestDeps()
  const mailing = await makeMailing(db, 2, 2)
  await sql`update deliveries set is_test = true where id = ${mailing.deliveries[1] as number}`.execute(db)
  const at = new Date(SENT)
  await insertHits(
    db,
    mailing.deliveries.map((delivery_id) => ({
      delivery_id,
      link_key: 'link1',
      at,
      method: 'GET',
      agent: CHROME,
      network: 'n',
    })),
  )
  await settleHits({ db })
  expect(await listClicksOfCampaign({ db }, mailing)).toEqual([
    { key: 'link1', url: 'https://library.example/link1', people: 1, clicks: 1, machine: 0 },
    { key: 'link0', url: 'https://library.example/link0', people: 0, clicks: 0, machine: 0 },
  ])
})
