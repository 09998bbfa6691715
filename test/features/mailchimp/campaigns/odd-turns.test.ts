/** What else may happen to a campaign that was handed over: restored copies, other audiences, staff there, late words. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { cancelCampaign } from '../../../../src/features/campaigns/index.ts'
import { handOverAgain } from '../../../../src/features/mailchimp/campaigns/service.ts'
import { changeAudience, connectAudience, disconnectAudience } from '../../../../src/features/mailchimp/index.ts'
import { pullMailchimpReports } from '../../../../src/features/mailchimp/reports/index.ts'
import { statesOf } from '../../../support/ledger.ts'
import { addressOf } from '../mirror/programme.ts'
import { openRound, schedule, work } from './scheduled-there.ts'
import { rowsOf } from './stage.ts'

test('cancelled after Mailchimp began to send it, it stands in the reports with what it reached', async () => {
  const programme = await openRound(3)
  const { deps, fake } = programme
  const id = await schedule(programme)
  await work(programme)
  deps.clock.set('2016-03-01T10:00:10Z')
  fake.runCampaigns()
  await cancelCampaign(deps, id)
  await work(programme)
  await pullMailchimpReports(deps)
  expect(await statesOf(deps.db, id)).toEqual({ accepted: 3 })
  const { rows } = await sql`select state, started_at from campaigns where id = ${id}`.execute(deps.db)
  expect(rows).toEqual([{ state: 'cancelled', started_at: new Date('2016-03-01T10:00:00Z') }])
})

test('found to be sent long after, it has begun when Mailchimp sent it', async () => {
  const programme = await openRound(3)
  const { deps, fake } = programme
  const id = await schedule(programme)
  await work(programme)
  deps.clock.set('2016-03-01T10:00:10Z')
  fake.runCampaigns()
  deps.clock.set('2016-03-02T15:00:00Z')
  await work(programme)
  const { rows } = await sql`select state, started_at from campaigns where id = ${id}`.execute(deps.db)
  expect(rows).toEqual([{ state: 'sending', started_at: new Date('2016-03-01T10:00:00Z') }])
})

test.each([false, true])(
  'a copy of before its hand-over, restored after it was sent, sends it to nobody again; cancelled: %s',
  async (isCancelled) => {
    const programme = await openRound(3)
    const { deps, fake } = programme
    const id = await schedule(programme, {}, 'now')
    await work(programme)
    expect(fake.runCampaigns()).toBe(3)
    // The copy knows that it was scheduled, and nothing of Mailchimp.
    await sql`delete from mailchimp_campaigns`.execute(deps.db)
    await sql`update campaigns set state = 'scheduled', started_at = null`.execute(deps.db)
    await sql`update jobs set state = 'waiting' where kind = 'mailchimp-hand-over'`.execute(deps.db)
    deps.clock.advance(3600_000)
    if (isCancelled) await cancelCampaign(deps, id)
    await work(programme)
    fake.runCampaigns()
    expect(fake.campaigns()).toHaveLength(1)
    await pullMailchimpReports(deps)
    expect(await statesOf(deps.db, id)).toEqual({ accepted: 3 })
    expect(await rowsOf(deps, id)).toMatchObject([{ state: 'sent' }])
  },
)

test('the audience connected anew while a hand-over waits: nobody is taken for missing there', async () => {
  const programme = await openRound(3, { lag: { of: ['tags'], ms: 90_000 } })
  const { deps, fake } = programme
  const id = await schedule(programme, {}, '2016-03-01T12:00:00Z')
  await work(programme)
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'making' }])
  await disconnectAudience(deps)
  deps.clock.advance(31_000)
  await connectAudience(deps, { list_id: fake.list_id, by: 'staff 1' })
  for (let turn = 0; turn < 6; turn++) {
    await work(programme)
    deps.clock.advance(150_000)
  }
  expect(await statesOf(deps.db, id)).toEqual({ held: 3 })
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'scheduled', recipients: 3 }])
})

test('another recipient list that staff gave the draft is not kept when it is handed over again', async () => {
  const programme = await openRound(3)
  const { deps, fake } = programme
  const id = await schedule(programme, {}, '2016-03-01T12:00:00Z')
  await work(programme)
  fake.staffAdds('stranger@elsewhere.example', 'subscribed', {}, [])
  const [row] = await rowsOf(deps, id)
  const there = row?.mailchimp_id as string
  const call = (path: string, body?: unknown) =>
    fetch(`${fake.baseUrl}/campaigns/${there}${path}`, {
      method: body ? 'PATCH' : 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`x:${fake.key}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  expect((await call('/actions/unschedule')).status).toBe(204)
  const changed = await call('', {
    recipients: { list_id: fake.list_id },
    settings: { subject_line: 'Other', title: 'x', from_name: 'Other', reply_to: 'other@library.example' },
  })
  expect(changed.status).toBe(200)
  deps.clock.advance(3600_000)
  await work(programme)
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'failed' }])
  await handOverAgain(deps, { campaign_id: id })
  await work(programme)
  deps.clock.set('2016-03-01T12:00:00Z')
  fake.runCampaigns()
  expect(fake.copies().map((copy) => copy.email_address)).not.toContain('stranger@elsewhere.example')
  expect(fake.copies().map((copy) => copy.subject)).toEqual(['Topic 1', 'Topic 1', 'Topic 1'])
})

test('one recipient whom Mailchimp refuses keeps nobody else from it', async () => {
  const programme = await openRound(3)
  const { deps, people } = programme
  await sql`update addresses set address = 'refused@library.example' where person_id = ${people[0]}`.execute(deps.db)
  const id = await schedule(programme, {}, '2016-03-01T12:00:00Z')
  await work(programme)
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'scheduled', recipients: 2 }])
  expect(await statesOf(deps.db, id)).toEqual({ held: 2, skipped: 1 })
})

test('a contact of others, whose owner moves to another address meanwhile, loses the tag', async () => {
  const programme = await openRound(3, { lag: { of: ['tags'], ms: 90_000 } })
  const { deps, fake, people } = programme
  const old = addressOf(people[0] as number)
  fake.staffAdds(old, 'subscribed', {}, [])
  await programme.sync({ whole: true })
  const id = await schedule(programme, {}, '2016-03-01T12:00:00Z')
  await work(programme)
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'making' }])
  await sql`update addresses set address = 'new@library.example' where person_id = ${people[0]}`.execute(deps.db)
  await programme.sync()
  for (let turn = 0; turn < 8; turn++) {
    deps.clock.advance(150_000)
    await work(programme)
  }
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'scheduled', recipients: 3, words: null }])
  deps.clock.set('2016-03-01T12:00:00Z')
  fake.runCampaigns()
  expect(fake.copies()).toHaveLength(3)
})

test('other merge fields while a hand-over waits: they are filled before it leaves', async () => {
  const programme = await openRound(3, { lag: { of: ['tags'], ms: 90_000 } })
  const { deps, fake } = programme
  const id = await schedule(programme, {}, '2016-03-01T12:00:00Z')
  await work(programme)
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'making' }])
  await changeAudience(deps, { fields: { given_name: 'CALLED', partner: 'OTHER' } })
  for (let turn = 0; turn < 3; turn++) {
    deps.clock.advance(150_000)
    await work(programme)
  }
  expect(await rowsOf(deps, id)).toMatchObject([{ state: 'scheduled', words: null }])
  deps.clock.set('2016-03-01T12:00:00Z')
  fake.runCampaigns()
  expect(fake.copies().map(({ plain_text }) => /Hello (\w*)/.exec(plain_text)?.[1])).toEqual([
    'Reader1',
    'Reader2',
    'Reader3',
  ])
})
