import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { NewHit } from '../../../src/features/tracking/hit-queries.ts'
import { createIngest } from '../../../src/features/tracking/ingest.ts'
import { openDatabase } from '../../../src/platform/db/open.ts'
import { openTestDeps } from '../../support/deps.ts'
import { eventually } from '../../support/eventually.ts'
import { keptLog } from '../../support/log.ts'
import { makeMailing } from './mailing.ts'

async function open(options: { mostWaiting?: number; mostWaitMs?: number } = {}) {
  const deps = await openTestDeps()
  const mailing = await makeMailing(deps.db, 20, 3)
  const { log, lines } = keptLog()
  const ingest = createIngest({ db: deps.db, log }, options)
  const hitOf = (delivery_id: number, link_key: string | null = 'link0'): NewHit => ({
    delivery_id,
    link_key,
    at: deps.clock.now(),
    method: 'GET',
    agent: 'agent',
    network: null,
  })
  const count = async () => (await deps.db.selectFrom('tracking_hits').select('id').execute()).length
  return { deps, mailing, lines, ingest, hitOf, count }
}

test('hits that come together are written together; each is answered with its own link, and a gone delivery with none', async () => {
  const { deps, mailing, ingest, hitOf, count } = await open()
  const wanted = Array.from({ length: 300 }, (_, at) => ({
    delivery_id: mailing.deliveries[at % 20] as number,
    link_key: `link${at % 4}`,
  }))
  const asked = [...wanted.map(({ delivery_id, link_key }) => hitOf(delivery_id, link_key)), hitOf(987_654_321)]
  const answers = await Promise.all(asked.map((hit) => ingest.record(hit)))
  for (const [at, { link_key }] of wanted.entries()) {
    expect(answers[at]).toEqual({ url: link_key === 'link3' ? null : `https://library.example/${link_key}` })
  }
  expect(answers.at(-1)).toBeUndefined()
  expect(await count()).toBe(225)
  // A few statements, and a change for each delivery of each.
  const { rows } = await sql<{
    commits: number
  }>`select count(distinct xmin::text) as commits from tracking_hits`.execute(deps.db)
  expect(rows[0]?.commits).toBeLessThanOrEqual(3)
  const changes = await deps.db.selectFrom('tracking_changes').select('id').execute()
  expect(changes.length).toBeLessThanOrEqual(60)
})

test('what was answered is committed: another connection sees it at once', async () => {
  const { deps, mailing, ingest, hitOf } = await open()
  const other = openDatabase(deps.databaseUrl, { max: 1, onError: () => undefined })
  try {
    for (let time = 1; time <= 20; time++) {
      await ingest.record(hitOf(mailing.deliveries[0] as number))
      const { rows } = await other.pool.query('select count(*) as count from tracking_hits')
      expect(rows).toEqual([{ count: time }])
    }
  } finally {
    await other.close()
  }
})

test('with too many waiting the link is answered without a record, and the log says so', async () => {
  const { mailing, ingest, hitOf, lines, count } = await open({ mostWaiting: 10 })
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => ingest.record(hitOf(mailing.deliveries[0] as number))),
  )
  expect(answers).toEqual(Array(30).fill({ url: 'https://library.example/link0' }))
  expect(await count()).toBe(10)
  expect(lines).toMatchObject([{ unrecorded: 1, msg: 'clicks were answered without being recorded' }])
})

test('a reader does not wait for an insert that hangs; it is recorded when it can be', async () => {
  const { deps, mailing, ingest, hitOf, count } = await open({ mostWaitMs: 50 })
  await deps.db.transaction().execute(async (tx) => {
    await sql`lock table tracking_hits in share mode`.execute(tx)
    const answer = await ingest.record(hitOf(mailing.deliveries[0] as number))
    expect(answer).toEqual({ url: 'https://library.example/link0' })
  })
  await eventually('the hit is there', async () => ((await count()) === 1 ? true : undefined))
})

test('a delivery that is erased while its hit is on the way takes nobody else’s hit with it', async () => {
  const { deps, mailing, ingest, hitOf, count } = await open()
  const [first, second] = mailing.deliveries as [number, number]
  let answers: Promise<unknown[]> | undefined
  await deps.db.transaction().execute(async (tx) => {
    await tx.deleteFrom('deliveries').where('id', '=', first).execute()
    answers = Promise.all([ingest.record(hitOf(first)), ingest.record(hitOf(second))])
    await eventually('the insert waits for the erasure', async () => {
      const { rows } =
        await sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
          deps.db,
        )
      return rows.length > 0 ? true : undefined
    })
  })
  expect(await answers).toEqual([undefined, { url: 'https://library.example/link0' }])
  expect(await count()).toBe(1)
})
