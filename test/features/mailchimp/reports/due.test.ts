import { sql } from 'kysely'
import pino from 'pino'
import { expect, test } from 'vitest'
import { finishCampaigns } from '../../../../src/features/campaigns/schedule/schedule-queries.ts'
import { resolveDelivery, resolveUncertain } from '../../../../src/features/deliveries/index.ts'
import { pullMailchimpReports } from '../../../../src/features/mailchimp/reports/index.ts'
import { nextLook, nextTry } from '../../../../src/features/mailchimp/reports/look.ts'
import { Upstream } from '../../../../src/lib/errors.ts'
import { mailed, openHandedOver, SENT_AT } from './handed-over.ts'

const after = (milliseconds: number) => new Date(SENT_AT.getTime() + milliseconds)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test.each([
  [0, 15 * MINUTE],
  [DAY - 1, 15 * MINUTE],
  [DAY, HOUR],
  [7 * DAY - 1, HOUR],
  [7 * DAY, DAY],
  [30 * DAY - 1, DAY],
  [30 * DAY, undefined],
])('%i ms after the sending it is looked at again after %s ms', (age, wait) => {
  expect(nextLook(SENT_AT, after(age))).toEqual(wait === undefined ? null : after(age + wait))
})

test('what has no report is tried for a month, and then no more', () => {
  expect(nextTry(SENT_AT, after(HOUR), true)).toEqual(after(HOUR + 5 * MINUTE))
  expect(nextTry(SENT_AT, after(HOUR), false)).toEqual(after(2 * HOUR))
  expect(nextTry(null, after(HOUR), false)).toEqual(after(2 * HOUR))
  expect(nextTry(SENT_AT, after(31 * DAY + 1), false)).toBeNull()
})

async function openThree() {
  const opened = await openHandedOver({ recipients: 2 })
  const ids: number[] = []
  for (const subject of ['One', 'Two', 'Three']) ids.push(await opened.addCampaign({ subject, channel: 'mailchimp' }))
  opened.there.sentTo = [mailed(1), mailed(2)]
  opened.there.report = { ...opened.there.report, emails_sent: 2 }
  const rows = () =>
    opened.db
      .selectFrom('mailchimp_campaigns')
      .select(['look_at', 'report_at', 'words'])
      .orderBy('campaign_id')
      .execute()
  return { ...opened, ids, rows }
}

test('every report that is due is pulled, and then none is until its time', async () => {
  const { deps, pulling, rows } = await openThree()
  expect(await pullMailchimpReports(pulling)).toBe(3)
  const now = deps.clock.now()
  const wanted = { look_at: new Date(now.getTime() + 15 * MINUTE), report_at: now, words: null }
  expect(await rows()).toEqual([wanted, wanted, wanted])
  expect(await pullMailchimpReports(pulling)).toBe(0)
  deps.clock.advance(15 * MINUTE)
  expect(await pullMailchimpReports(pulling)).toBe(3)
  deps.clock.set('2016-03-31T08:00:00Z')
  expect(await pullMailchimpReports(pulling)).toBe(3)
  deps.clock.set('2017-03-31T08:00:00Z')
  expect(await pullMailchimpReports(pulling)).toBe(0)
})

test('by two processes at once each is pulled once', async () => {
  const { pulling, there } = await openThree()
  let asked = 0
  there.before = (what) => {
    if (what === 'report') asked++
  }
  const done = await Promise.all([pullMailchimpReports(pulling), pullMailchimpReports(pulling)])
  expect([asked, (done[0] ?? 0) + (done[1] ?? 0)]).toEqual([3, 3])
})

test('what is not sent yet is not pulled, and without a key nothing is', async () => {
  const { db, pulling } = await openThree()
  await sql`update mailchimp_campaigns set state = 'scheduled'`.execute(db)
  expect(await pullMailchimpReports(pulling)).toBe(0)
  await sql`update mailchimp_campaigns set state = 'sent'`.execute(db)
  expect(await pullMailchimpReports({ ...pulling, mailchimp: undefined })).toBe(0)
})

/** Fails at the first request and no more. */
function failOnce(error: Error): () => void {
  let isFirst = true
  return () => {
    if (!isFirst) return
    isFirst = false
    throw error
  }
}

test('one that Mailchimp has no report of says so and does not hold up the others; what was said of it stays', async () => {
  const { db, deps, pulling, there, rows } = await openThree()
  const missing = () => new Upstream('mailchimp_missing', 'reader1@library.example is not there', { retryable: false })
  there.before = failOnce(missing())
  expect(await pullMailchimpReports(pulling)).toBe(2)
  const [first] = await rows()
  expect(first).toMatchObject({ words: expect.stringContaining('has no report'), report_at: null })
  expect(first?.look_at).toEqual(new Date(deps.clock.now().getTime() + HOUR))
  deps.clock.advance(HOUR)
  expect(await pullMailchimpReports(pulling)).toBe(3)
  expect((await rows()).map(({ words }) => words)).toEqual([null, null, null])
  await sql`update mailchimp_campaigns set words = 'It was stopped there.'`.execute(db)
  there.before = failOnce(missing())
  deps.clock.advance(HOUR)
  expect(await pullMailchimpReports(pulling)).toBe(2)
  deps.clock.advance(HOUR)
  await pullMailchimpReports(pulling)
  expect(new Set((await rows()).map(({ words }) => words))).toEqual(new Set(['It was stopped there.']))
})

test('while Mailchimp cannot be reached all of them wait, and are tried again soon', async () => {
  const { deps, pulling, there } = await openThree()
  there.before = () => {
    throw new Upstream('mailchimp_busy', 'Mailchimp is busy.', { retryable: true })
  }
  expect(await pullMailchimpReports(pulling)).toBe(0)
  there.before = () => undefined
  expect(await pullMailchimpReports(pulling)).toBe(2)
  deps.clock.advance(5 * MINUTE)
  expect(await pullMailchimpReports(pulling)).toBe(1)
})

test('told to stop it stops at a page, and what was begun is due at once', async () => {
  const { pulling, there, rows, deps } = await openThree()
  const stopping = new AbortController()
  there.before = (what) => {
    if (what === 'sent-to') stopping.abort()
  }
  expect(await pullMailchimpReports(pulling, stopping.signal)).toBe(0)
  expect((await rows()).every(({ look_at }) => look_at !== null && look_at <= deps.clock.now())).toBe(true)
  there.before = () => undefined
  expect(await pullMailchimpReports(pulling)).toBe(3)
})

test('neither an address nor words of Mailchimp are in the log', async () => {
  const { pulling, there } = await openThree()
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  there.before = failOnce(new Upstream('mailchimp_refused', 'No reader1@library.example', { retryable: false }))
  await pullMailchimpReports({ ...pulling, log })
  expect(lines.join()).toContain('mailchimp_refused')
  expect(lines.join()).not.toContain('@')
})

test('whose report never came is a person’s to decide after a month, and does not go again', async () => {
  const { db, deps, ids, pulling, there, findDelivery } = await openThree()
  there.before = () => {
    throw new Upstream('mailchimp_missing', 'It is not there.', { retryable: false })
  }
  expect(await pullMailchimpReports(pulling)).toBe(0)
  const [id = 0] = ids
  expect(await findDelivery(id, 1)).toMatchObject({ state: 'held' })
  deps.clock.advance(32 * DAY)
  await pullMailchimpReports(pulling)
  const { rows } = await sql`select distinct state, held_reason from deliveries`.execute(db)
  expect(rows).toEqual([{ state: 'uncertain', held_reason: null }])
  await finishCampaigns(db, deps.clock.now())
  const campaigns = await sql`select distinct state from campaigns`.execute(db)
  expect(campaigns.rows).toEqual([{ state: 'done' }])
  const now = deps.clock.now()
  const one = (await findDelivery(id, 1)).id
  const refused = { code: 'through_mailchimp' }
  await expect(resolveDelivery(db, { id: one, as: 'resend', now })).rejects.toMatchObject(refused)
  const all = { campaign_id: id, as: 'resend', expected: 2, now } as const
  await expect(resolveUncertain(db, all)).rejects.toMatchObject(refused)
  expect(await resolveDelivery(db, { id: one, as: 'accepted', now })).toMatchObject({ state: 'accepted' })
})

test('of a round that was made anonymous meanwhile nothing waits for ever', async () => {
  const { db, pulling, round_id } = await openThree()
  await sql`update rounds set anonymised_at = now() where id = ${round_id}`.execute(db)
  await pullMailchimpReports(pulling)
  const { rows } = await sql`select distinct state from deliveries`.execute(db)
  expect(rows).toEqual([{ state: 'uncertain' }])
})
