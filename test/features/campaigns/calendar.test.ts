import { expect, test } from 'vitest'
import { type ListKey, listCampaignsBetween, listCampaignsInOrder } from '../../../src/features/campaigns/index.ts'
import type { Db } from '../../../src/platform/db/open.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addDraft, addRound } from './round.ts'

interface Times {
  state?: string
  planned_at?: string
  starts_at?: string
  started_at?: string
  created_at?: string
}

async function add(db: Db, subject: string, times: Times = {}): Promise<number> {
  const id = await addDraft(db, { subject })
  if (Object.keys(times).length > 0) await db.updateTable('campaigns').set(times).where('id', '=', id).execute()
  return id
}

const YEAR = { from: new Date('2016-01-01T00:00:00Z'), to: new Date('2017-01-01T00:00:00Z') }

test('what comes next is first, then drafts without a date, then what is over, the latest first', async () => {
  const { db } = await openTestDeps()
  await addRound(db)
  await add(db, 'sent in January', { state: 'done', started_at: '2016-01-10T09:00:00Z' })
  await add(db, 'sent in February', { state: 'done', started_at: '2016-02-10T09:00:00Z' })
  await add(db, 'planned for April', { planned_at: '2016-04-01T09:00:00Z' })
  await add(db, 'older idea', { created_at: '2016-01-01T09:00:00Z' })
  await add(db, 'newer idea', { created_at: '2016-02-01T09:00:00Z' })
  await add(db, 'sending', { state: 'sending', starts_at: '2016-03-01T08:00:00Z' })
  await add(db, 'scheduled', { state: 'scheduled', starts_at: '2016-03-05T08:00:00Z' })
  const expected = [
    'sending',
    'scheduled',
    'planned for April',
    'newer idea',
    'older idea',
    'sent in February',
    'sent in January',
  ]
  const all = await listCampaignsInOrder(db, { round: '2016A', limit: 50 })
  expect(all.items.map((row) => row.subject)).toEqual(expected)
  expect(all.next).toBeNull()

  // Page by page each comes once, and in the same order.
  const paged: string[] = []
  for (let after: ListKey | null | undefined; after !== null; ) {
    const page = await listCampaignsInOrder(db, { round: '2016A', limit: 2, after })
    paged.push(...page.items.map((row) => row.subject))
    after = page.next
  }
  expect(paged).toEqual(expected)
})

test('campaigns of one moment are paged without losing or repeating any', async () => {
  const { db } = await openTestDeps()
  await addRound(db)
  for (let made = 0; made < 5; made++) await add(db, `topic ${made}`, { planned_at: '2016-04-01T09:00:00Z' })
  const first = await listCampaignsInOrder(db, { round: '2016A', limit: 3 })
  const second = await listCampaignsInOrder(db, { round: '2016A', limit: 3, after: first.next ?? undefined })
  expect(new Set([...first.items, ...second.items].map((row) => row.id)).size).toBe(5)
})

test('the list is of one round, and of the states and kinds that are asked for', async () => {
  const { db } = await openTestDeps()
  await addRound(db)
  await addRound(db, '2015B')
  await addDraft(db, { round: '2015B', subject: 'of another round' })
  await addDraft(db, { kind: 'announcement', subject: 'news' })
  await add(db, 'cancelled', { state: 'cancelled' })
  const subjects = async (asked: object) =>
    (await listCampaignsInOrder(db, { round: '2016A', limit: 50, ...asked })).items.map((row) => row.subject)
  expect(await subjects({})).toEqual(['news', 'cancelled'])
  expect(await subjects({ states: ['cancelled'] })).toEqual(['cancelled'])
  expect(await subjects({ kinds: ['announcement'] })).toEqual(['news'])
  expect(await subjects({ states: ['cancelled'], kinds: ['announcement'] })).toEqual([])
})

test('the calendar has planned, scheduled and sent campaigns at their moment, without the cancelled', async () => {
  const { db } = await openTestDeps()
  await addRound(db)
  await add(db, 'no date')
  await add(db, 'planned', { planned_at: '2016-03-10T09:00:00Z' })
  await add(db, 'scheduled', {
    state: 'scheduled',
    planned_at: '2016-03-10T09:00:00Z',
    starts_at: '2016-03-11T09:00:00Z',
  })
  await add(db, 'sent', { state: 'done', started_at: '2016-03-02T09:00:00Z', starts_at: '2016-03-02T08:59:00Z' })
  await add(db, 'cancelled', { state: 'cancelled', starts_at: '2016-03-03T09:00:00Z' })
  await add(db, 'last year', { planned_at: '2015-12-31T23:59:59Z' })
  await add(db, 'next year', { planned_at: '2017-01-01T00:00:00Z' })
  const rows = await listCampaignsBetween(db, { round: '2016A', ...YEAR })
  expect(rows.map(({ subject, at }) => [subject, at.toISOString()])).toEqual([
    ['sent', '2016-03-02T09:00:00.000Z'],
    ['planned', '2016-03-10T09:00:00.000Z'],
    ['scheduled', '2016-03-11T09:00:00.000Z'],
  ])
})
