import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { rebuildHits, recordToldHits, settleHits, type ToldHit } from '../../../src/features/tracking/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { makeMailing, readCounts } from './mailing.ts'

const AT = new Date('2016-03-01T09:10:00Z')

async function open() {
  const deps = await openTestDeps()
  const mailing = await makeMailing(deps.db, 3, 3)
  const tell = (hits: ToldHit[]) =>
    deps.db.transaction().execute((tx) => recordToldHits(tx, { keys: deps.keys, by: 'Mailchimp', hits }))
  const click = (place: number, more: Partial<ToldHit> = {}): ToldHit => ({
    ...{
      delivery_id: mailing.deliveries[place] as number,
      url: 'https://library.example/link0',
      at: AT,
      ip: '192.0.2.7',
    },
    ...more,
  })
  return { deps, mailing, tell, click }
}

test('what is told again is there once, and what is told more often than before is there as often', async () => {
  const { deps, tell, click } = await open()
  expect(await tell([])).toBe(0)
  expect(await tell([click(0), click(0), click(1)])).toBe(3)
  expect(await tell([click(0), click(1)])).toBe(0)
  expect(await tell([click(0), click(0), click(0), click(1, { at: new Date(AT.getTime() + 1000) })])).toBe(2)
  await settleHits(deps)
  const counts = await readCounts(deps.db)
  expect(counts.map(({ human }) => human)).toEqual([3, 2])
  await sql`truncate delivery_hits`.execute(deps.db)
  await rebuildHits(deps)
  expect(await readCounts(deps.db)).toEqual(counts)
})

test('told by several at once it is there once', async () => {
  const { deps, tell, click } = await open()
  const recorded = await Promise.all(Array.from({ length: 5 }, () => tell([click(0), click(1), click(2)])))
  expect(recorded.reduce((sum, one) => sum + one)).toBe(3)
  expect((await sql`select from tracking_hits`.execute(deps.db)).rows).toHaveLength(3)
})

test('more than goes into one statement is recorded, and numbered over all of it', async () => {
  const { tell, click } = await open()
  const many = Array.from({ length: 5003 }, () => click(0))
  expect(await tell(many)).toBe(5003)
  expect(await tell(many)).toBe(0)
})

test('only a hash of the network is kept, and nothing where none is told', async () => {
  const { deps, tell, click } = await open()
  await tell([click(0), click(1, { ip: null }), click(2, { ip: 'not an address' })])
  const hits = await deps.db.selectFrom('tracking_hits').selectAll().orderBy('delivery_id').execute()
  expect(hits.map(({ network, agent, method }) => [network?.length, agent, method])).toEqual([
    [16, 'Mailchimp', 'GET'],
    [undefined, 'Mailchimp', 'GET'],
    [undefined, 'Mailchimp', 'GET'],
  ])
  expect(JSON.stringify(hits)).not.toContain('192.0')
})

test('a delivery that is gone, a test email, and a link of another campaign are left out', async () => {
  const { deps, mailing, tell, click } = await open()
  await sql`update deliveries set is_test = true where id = ${mailing.deliveries[1]}`.execute(deps.db)
  const other = await makeMailing(deps.db, 1, 1)
  await sql`update campaign_links set url = 'https://other.example/' where campaign_id = ${other.campaign_id}`.execute(
    deps.db,
  )
  expect(await tell([click(0, { delivery_id: 999_999 }), click(1), click(2, { url: 'https://other.example/' })])).toBe(
    0,
  )
  expect((await sql`select from tracking_changes`.execute(deps.db)).rows).toEqual([])
})
