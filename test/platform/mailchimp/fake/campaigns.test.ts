import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { FakeMailchimp } from '../../../../src/platform/mailchimp/fake/index.ts'
import { testClock } from '../../../support/clock.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { callFake } from './calls.ts'

const hashOf = (address: string) => createHash('md5').update(address).digest('hex')
const HTML =
  '<p>*|IF:FNAME|*Dear *|FNAME|**|ELSE:|*Hello*|END:IF|*</p><a href="https://example.org/a?x=1&amp;y=2">A</a><a href="*|UNSUB|*">Stop</a>'

/** Three contacts of a tag and one outside of it, and a whole draft for the tag. */
async function openWithDraft(at = '2016-03-01T09:05:00Z') {
  const clock = testClock(at)
  const fake = await openTestMailchimp({ clock })
  fake.staffAdds('ada@example.org', 'subscribed', { FNAME: 'Ada & Co' }, ['Spring'])
  fake.staffAdds('bo@example.org', 'subscribed', {}, ['Spring'])
  fake.staffAdds('bounces@example.org', 'subscribed', {}, ['Spring'])
  fake.staffAdds('outside@example.org', 'subscribed')
  const segments = await callFake(fake, 'GET /lists/aaaaaaaaaa/segments')
  const made = await callFake(fake, 'POST /campaigns', {
    type: 'regular',
    recipients: {
      list_id: 'aaaaaaaaaa',
      segment_opts: { saved_segment_id: segments.body.segments[0].id, match: 'any' },
    },
    settings: { title: 'Spring', subject_line: 'For *|FNAME|*', from_name: 'Office', reply_to: 'office@example.org' },
    tracking: { opens: false, html_clicks: true, text_clicks: false },
  })
  expect(made.body).toMatchObject({ status: 'save', recipients: { recipient_count: 3 } })
  return { fake, clock, path: `/campaigns/${made.body.id}`, id: made.body.id as string }
}

const putContent = (fake: FakeMailchimp, path: string) =>
  callFake(fake, `PUT ${path}/content`, { html: HTML, plain_text: 'Hello *|FNAME|*' })

describe('a campaign', () => {
  test('is ready once nothing stands against it', async () => {
    const { fake, path } = await openWithDraft()
    const before = await callFake(fake, `GET ${path}/send-checklist`)
    expect(before.body.is_ready).toBe(false)
    expect((await callFake(fake, `POST ${path}/actions/send`)).status).toBe(400)
    expect((await putContent(fake, path)).body.html).toBe(HTML)
    expect((await callFake(fake, `GET ${path}/content`)).body).toMatchObject({
      html: HTML,
      plain_text: 'Hello *|FNAME|*',
    })
    expect((await callFake(fake, `GET ${path}/send-checklist`)).body.is_ready).toBe(true)
    const test = { test_emails: ['office@example.org'], send_type: 'html' }
    expect((await callFake(fake, `POST ${path}/actions/test`, test)).status).toBe(204)
  })

  test('is scheduled on a quarter of an hour to come, taken back, and leaves when it is due', async () => {
    const { fake, clock, path } = await openWithDraft()
    await putContent(fake, path)
    const schedule = (schedule_time: string) => callFake(fake, `POST ${path}/actions/schedule`, { schedule_time })
    expect((await schedule('2016-03-01T09:20:00Z')).status).toBe(400)
    expect((await schedule('2016-03-01T09:00:00Z')).status).toBe(400)
    expect((await schedule('2016-03-01T09:15:00Z')).status).toBe(204)
    expect(
      (
        await callFake(fake, `PATCH ${path}`, {
          settings: { subject_line: 'x', from_name: 'y', reply_to: 'z@example.org' },
        })
      ).status,
    ).toBe(400)
    expect((await callFake(fake, `POST ${path}/actions/unschedule`)).status).toBe(204)
    await schedule('2016-03-01T09:15:00Z')
    expect(fake.runCampaigns()).toBe(0)
    clock.set('2016-03-01T09:15:00Z')
    expect(fake.runCampaigns()).toBe(3)
    expect(fake.runCampaigns()).toBe(0)
    expect((await callFake(fake, `GET ${path}`)).body).toMatchObject({
      ...{ status: 'sent', emails_sent: 3, send_time: '2016-03-01T09:15:00+00:00' },
    })
    expect((await callFake(fake, `POST ${path}/actions/send`)).status).toBe(400)
  })

  test('is each member’s own copy', async () => {
    const { fake, path, id } = await openWithDraft()
    await putContent(fake, path)
    await callFake(fake, `POST ${path}/actions/send`)
    expect(fake.campaigns()[0]?.status).toBe('sending')
    fake.runCampaigns()
    const [ada, bo, bounced] = fake.copies(id)
    expect(ada).toMatchObject({ email_address: 'ada@example.org', subject: 'For Ada & Co', status: 'sent' })
    expect(ada?.html).toContain('Dear Ada &amp; Co')
    expect(ada?.links[0]).toBe('https://example.org/a?x=1&y=2')
    expect(ada?.links[1]).toMatch(/^https:.*unsubscribe/)
    expect(ada?.plain_text).toMatch(/^Hello Ada & Co\n\nUnsubscribe: https:/)
    expect(bo?.html).toContain('<p>Hello</p>')
    expect(bounced?.status).toBe('hard')
    expect(fake.member('bounces@example.org')?.status).toBe('cleaned')
  })

  test('that is being sent can be cancelled, and a draft deleted', async () => {
    const { fake, path } = await openWithDraft()
    await putContent(fake, path)
    await callFake(fake, `POST ${path}/actions/send`)
    expect((await callFake(fake, `DELETE ${path}`)).status).toBe(400)
    expect((await callFake(fake, `POST ${path}/actions/cancel-send`)).status).toBe(204)
    expect(fake.runCampaigns()).toBe(0)
    expect((await callFake(fake, `POST ${path}/actions/pause`)).status).toBe(400)
    expect((await callFake(fake, 'GET /campaigns?list_id=aaaaaaaaaa')).body.campaigns[0].status).toBe('canceled')
    expect((await callFake(fake, `DELETE ${path}`)).status).toBe(204)
    expect((await callFake(fake, `GET ${path}`)).status).toBe(404)
  })
})

test('its reports say who got it and what they did', async () => {
  const { fake, clock, path, id } = await openWithDraft()
  await putContent(fake, path)
  const report = path.replace('campaigns', 'reports')
  expect((await callFake(fake, `GET ${report}`)).status).toBe(404)
  await callFake(fake, `POST ${path}/actions/send`)
  fake.runCampaigns()
  fake.opens(id, 'ada@example.org')
  fake.clicks(id, 'ada@example.org', 'https://example.org/a?x=1&y=2', { ip: '192.0.2.7' })
  clock.advance(3_600_000)
  fake.clicks(id, 'bo@example.org', 'https://example.org/a?x=1&y=2')
  fake.memberUnsubscribes('bo@example.org', { campaign_id: id })

  expect((await callFake(fake, `GET ${report}`)).body).toMatchObject({
    ...{ emails_sent: 3, unsubscribed: 1, abuse_reports: 0, bounces: { hard_bounces: 1, soft_bounces: 0 } },
    ...{ clicks: { clicks_total: 2, unique_subscriber_clicks: 2 }, opens: { unique_opens: 1 } },
  })
  const sent = await callFake(fake, `GET ${report}/sent-to?count=1000`)
  expect(sent.body.sent_to.map((one: { status: string }) => one.status)).toEqual(['sent', 'sent', 'hard'])
  const activity = await callFake(fake, `GET ${report}/email-activity?count=1000`)
  expect(activity.body.emails).toHaveLength(3)
  expect(activity.body.emails[0].activity).toMatchObject([
    { action: 'open' },
    { action: 'click', ip: '192.0.2.7', url: 'https://example.org/a?x=1&y=2', timestamp: '2016-03-01T09:05:00+00:00' },
  ])
  const later = await callFake(fake, `GET ${report}/email-activity?since=2016-03-01T10:00:00Z`)
  expect(later.body.emails.map((one: { email_id: string }) => one.email_id)).toEqual([hashOf('bo@example.org')])

  const clicks = await callFake(fake, `GET ${report}/click-details`)
  const link = clicks.body.urls_clicked.find((one: { total_clicks: number }) => one.total_clicks === 2)
  expect(link).toMatchObject({ url: 'https://example.org/a?x=1&y=2', unique_clicks: 2 })
  expect((await callFake(fake, `GET ${report}/click-details/${link.id}/members`)).body.total_items).toBe(2)
  expect((await callFake(fake, `GET ${report}/open-details`)).body).toMatchObject({ total_opens: 1, total_items: 1 })
  const left = await callFake(fake, `GET ${report}/unsubscribed`)
  expect(left.body.unsubscribes).toMatchObject([{ email_address: 'bo@example.org', reason: 'None given' }])
})
