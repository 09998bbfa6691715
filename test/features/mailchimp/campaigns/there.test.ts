/** Campaigns through the made-up account: what readers there get, and what each request looks like. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { cancelCampaign } from '../../../../src/features/campaigns/index.ts'
import { followMailchimpCampaigns } from '../../../../src/features/mailchimp/campaigns/follow.ts'
import { handOverDeps } from '../../../../src/features/mailchimp/work.ts'
import { statesOf } from '../../../support/ledger.ts'
import { addPartnership } from '../../campaigns/round.ts'
import { addressOf } from '../mirror/programme.ts'
import { openRound, schedule, work } from './scheduled-there.ts'
import { rowsOf } from './stage.ts'

test('readers get their own names, their partner or the fallback, a capital where a sentence begins, and both links', async () => {
  const programme = await openRound(3)
  const { deps, fake, people } = programme
  const [first = 0, second = 0, third = 0] = people
  const { rows } = await sql<{ id: number }>`select id from rounds`.execute(deps.db)
  await addPartnership(deps.db, rows[0]?.id as number, [first, second], { introduced_at: deps.clock.now() })
  await sql`update people set given_name = '<b>Zoë</b> & co' where id = ${third}`.execute(deps.db)
  const body_markdown =
    'Hello {{participant.full_name}} in {{participant.country}}. {{partner.given_name}} waits: write to {{partner.given_name}}.'
  await schedule(programme, { subject: 'For {{participant.given_name}}', body_markdown }, 'now')
  await work(programme)
  expect(fake.runCampaigns()).toBe(3)
  const copyOf = (id: number) => fake.copies().find((copy) => copy.email_address === addressOf(id))
  const text = (id: number) => copyOf(id)?.plain_text.replace(/\s+/g, ' ')
  expect(copyOf(first)?.subject).toBe('For Reader1')
  expect(text(first)).toContain('Hello Reader1 Number 1 in Finland. Reader2 waits: write to Reader2.')
  expect(text(third)).toContain('Your partner waits: write to your partner.')
  expect(copyOf(third)?.html).not.toContain('<b>Zoë')
  for (const { html, plain_text } of fake.copies()) {
    expect(html + plain_text).not.toMatch(/\*\||\|\*/)
    expect(html).toContain('Example Street')
    expect(plain_text).toContain('Example Street')
  }
})

test('who was suppressed after it was handed over gets nothing, and who was added to the audience by hand neither', async () => {
  const programme = await openRound(3)
  const { deps, fake, people } = programme
  const id = await schedule(programme)
  await work(programme)
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'scheduled', recipients: 3, words: null }])
  const gone = addressOf(people[0] as number)
  await sql`insert into suppressions (address, scope, reason, source) values (${gone}, 'campaigns', 'unsubscribed', 'test')`.execute(
    deps.db,
  )
  await programme.sync()
  fake.staffAdds('stranger@elsewhere.example', 'subscribed', {}, ['2016A confirmed'])
  deps.clock.set('2016-03-01T10:00:00Z')
  expect(fake.runCampaigns()).toBe(2)
  expect(fake.copies().map((copy) => copy.email_address)).not.toContain(gone)
  await followMailchimpCampaigns(handOverDeps(deps))
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'sent' }])
})

test('tags that are seen late are waited for: it is sent to everybody or to nobody', async () => {
  const programme = await openRound(4, { lag: { of: ['tags'], ms: 90_000 } })
  const { deps, fake } = programme
  const id = await schedule(programme, {}, 'now')
  await work(programme)
  expect(fake.campaigns()).toEqual([])
  for (let turn = 0; turn < 8 && fake.campaigns().length === 0; turn++) {
    deps.clock.advance(31_000)
    await work(programme)
  }
  expect(fake.runCampaigns()).toBe(4)
  expect(await rowsOf(deps, id)).toMatchObject([{ recipients: 4 }])
})

test('who left there unheard of keeps nobody else from it: everybody is read anew, and they are left out', async () => {
  const programme = await openRound(3)
  const { deps, fake, people } = programme
  await programme.sync({ whole: true })
  fake.memberUnsubscribes(addressOf(people[0] as number))
  const id = await schedule(programme, {}, '2016-03-01T12:00:00Z')
  await work(programme)
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'making', words: expect.stringContaining('at 2 of its') }])
  deps.clock.advance(40 * 60_000)
  await work(programme)
  const jobs = await sql<{ input: object }>`select input from jobs where kind = 'mailchimp-sync'`.execute(deps.db)
  expect(jobs.rows).toEqual([{ input: { whole: true, dry_run: false } }])
  await programme.sync({ whole: true })
  deps.clock.advance(60_000)
  await work(programme)
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'scheduled', recipients: 2, words: null }])
  expect(await statesOf(deps.db, id)).toEqual({ held: 2, skipped: 1 })
})

test('answers that are lost, cut or refused leave one campaign, whole', async () => {
  for (const fault of ['reset-after', 'cut-after', 'busy', 'html', 'forbidden'] as const) {
    const programme = await openRound(2)
    const { deps, fake } = programme
    await programme.sync()
    fake.faults.next('POST /campaigns', fault)
    fake.faults.next('PUT /campaigns/{campaign_id}/content', fault)
    fake.faults.next('POST /campaigns/{campaign_id}/actions/schedule', fault)
    fake.faults.next('POST /lists/{list_id}/segments', fault)
    const id = await schedule(programme, {}, '2016-03-01T12:00:00Z')
    for (let turn = 0; turn < 4; turn++) {
      await work(programme)
      deps.clock.advance(150_000)
    }
    expect(
      fake.campaigns().map(({ status }) => status),
      fault,
    ).toEqual(['schedule'])
    expect(await rowsOf(deps, id), fault).toMatchObject([{ state: 'scheduled', recipients: 2, words: null }])
  }
})

test('cancelled, it is gone there; stopped while it is sent, its report tells', async () => {
  const programme = await openRound(2)
  const { deps, fake } = programme
  const waiting = await schedule(programme)
  await work(programme)
  await cancelCampaign(deps, waiting)
  await work(programme)
  expect(fake.campaigns()).toEqual([])
  expect(await statesOf(deps.db, waiting)).toEqual({ cancelled: 2 })

  const leaving = await schedule(programme, {}, 'now')
  await work(programme)
  await cancelCampaign(deps, leaving)
  await work(programme)
  expect(fake.campaigns()).toMatchObject([{ status: 'canceled' }])
  expect(await statesOf(deps.db, leaving)).toEqual({ held: 2 })
  expect(await rowsOf(deps, leaving)).toMatchObject([
    { state: 'sent', words: expect.stringContaining('stopped there') },
  ])
})
