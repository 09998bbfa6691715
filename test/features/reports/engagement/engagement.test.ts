import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { listEngagementPeople, reportOnEngagement } from '../../../../src/features/reports/engagement/index.ts'
import { writeReportCsv } from '../../../../src/features/reports/index.ts'
import { type Mail, openMail } from './made-up-mail.ts'

const sectionOf = async (mail: Mail, key: string, asked: { code: string; as_of?: string } = { code: '2016A' }) => {
  const report = await reportOnEngagement(mail.deps, asked)
  const section = report.sections.find((one) => one.key === key)
  if (!section) throw new Error(`no section ${key}`)
  return { ...section, sentences: report.sentences, report }
}

const topicCounts = async (mail: Mail, asked?: { code: string; as_of?: string }) =>
  (await sectionOf(mail, 'topics', asked)).rows[0]?.counts

test('an empty round says what to do, and has no figure at all', async () => {
  const mail = await openMail()
  await mail.addRound()
  const report = await reportOnEngagement(mail.deps, { code: '2016A' })
  expect(report.sentences).toEqual([
    'No topic email of 2016A has begun yet: write one under Campaigns, and its figures are here.',
  ])
  for (const { rows, total, empty } of report.sections) {
    expect([rows, total]).toEqual([[], null])
    expect(empty).toMatch(/\.$/)
  }
  expect(writeReportCsv(report).trim().split('\r\n')).toHaveLength(1)
})

test('a round that is not there is not found, and a day to come is refused', async () => {
  const mail = await openMail()
  await expect(reportOnEngagement(mail.deps, { code: 'none' })).rejects.toThrow('Round none was not found.')
  await mail.addRound()
  await expect(reportOnEngagement(mail.deps, { code: '2016A', as_of: '2016-03-02' })).rejects.toThrow('has not begun')
})

test('of several topics the sentence names the one that was clicked most, with its bases', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const people = await Promise.all(Array.from({ length: 8 }, () => mail.addPerson('Reader', round)))
  for (const [at, subject] of ['Getting to know you', 'Copyright'].entries()) {
    const topic = await mail.addCampaign(round, { subject, started_at: `2016-02-1${at}T09:00:00Z` })
    await mail.addLink(topic, 'aaaaaaaaaaaa')
    for (const [n, person_id] of people.entries()) {
      const id = await mail.addEmail(topic, { person_id, state: n === 7 ? 'rejected' : 'accepted' })
      if (at === 1 && n < 3) await mail.addHits(id, 'aaaaaaaaaaaa', { human: n + 1 })
    }
  }
  const { sentences, rows } = await sectionOf(mail, 'topics')
  expect(sentences[0]).toBe(
    'Topic 2 “Copyright” was accepted for 7 of 8 recipients and 3 of them (43 %) clicked; of 2 topics it was clicked most.',
  )
  expect(rows.map(({ name, counts }) => [name, counts.clicked, counts.clicks])).toEqual([
    ['Getting to know you', 0, 0],
    ['Copyright', 3, 6],
  ])
})

test('a campaign of one person has its figures', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round, { subject: 'Copyright' })
  await mail.addLink(topic, 'aaaaaaaaaaaa')
  const id = await mail.addEmail(topic, { person_id: await mail.addPerson() })
  await mail.addHits(id, 'aaaaaaaaaaaa', { human: 1, machine: 4 })
  const { sentences, rows } = await sectionOf(mail, 'topics')
  expect(sentences[0]).toBe('Topic 1 “Copyright” was accepted for 1 of 1 recipient and 1 of them (100 %) clicked.')
  expect(rows[0]?.counts).toMatchObject({ recipients: 1, accepted: 1, clicked: 1, clicks: 1, machine_clicks: 4 })
})

test('where nothing was accepted no share is told', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  await mail.addLink(topic, 'aaaaaaaaaaaa')
  await mail.addEmail(topic, { person_id: await mail.addPerson(), state: 'rejected' })
  const { sentences } = await sectionOf(mail, 'topics')
  expect(sentences).toEqual(['1 topic email began to leave; none was accepted for anybody yet.'])
  expect(sentences.join()).not.toContain('%')
})

test('a subject in a right-to-left script is isolated in a sentence and whole in its row', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round, { subject: 'حقوق النشر' })
  await mail.addLink(topic, 'aaaaaaaaaaaa')
  await mail.addEmail(topic, { person_id: await mail.addPerson() })
  const { sentences, rows, report } = await sectionOf(mail, 'topics')
  expect(sentences[0]).toContain('“\u2068حقوق النشر\u2069” was accepted')
  expect(rows[0]?.name).toBe('حقوق النشر')
  expect(writeReportCsv(report)).toContain(',حقوق النشر,')
})

test('nobody counts twice who bounced twice, and a bounce of somewhere else is not hard', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  const id = await mail.addEmail(topic, { person_id: await mail.addPerson() })
  await mail.addEvent(id, 'bounce', { class: 'soft' })
  const incoming_id = await mail.addMessage()
  await mail.addEvent(id, 'bounce', { class: 'full', incoming_id, address: 'somebody@x.example' })
  await mail.addEvent(id, 'bounce', { class: 'hard', incoming_id, address: 'forwarded@y.example' })
  expect(await topicCounts(mail)).toMatchObject({ bounced: 1, bounced_hard: 0 })
  await mail.addEvent(id, 'bounce', { class: 'hard' })
  expect(await topicCounts(mail)).toMatchObject({ bounced: 1, bounced_hard: 1 })
})

test('a bounce counts once its email is known to be accepted', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  const id = await mail.addEmail(topic, { person_id: await mail.addPerson(), state: 'uncertain' })
  await mail.addEvent(id, 'reply')
  expect(await topicCounts(mail)).toMatchObject({ accepted: 0, uncertain: 1, replied: 0 })
  // the late word of a slow dialogue: nothing tells the reports of it
  await sql`update deliveries set state = 'accepted', accepted_at = '2016-02-10T10:00:00Z'`.execute(mail.deps.db)
  expect(await topicCounts(mail)).toMatchObject({ accepted: 1, uncertain: 0, replied: 1 })
})

test('what was erased of a person is still counted', async () => {
  const mail = await openMail()
  const { db } = mail.deps
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  const person_id = await mail.addPerson('Ada', round)
  const id = await mail.addEmail(topic, { person_id })
  await mail.addEvent(id, 'bounce', { class: 'hard', address: 'somebody@x.example' })
  const before = await topicCounts(mail)
  await sql`update people set erased_at = '2016-02-20T00:00:00Z', given_name = '-', family_name = '-'`.execute(db)
  await sql`update deliveries set address = null`.execute(db)
  await sql`update delivery_events set address = id::text, words = null`.execute(db)
  await sql`delete from campaign_figures`.execute(db)
  expect(before).toMatchObject({ bounced: 1, bounced_hard: 1 })
  expect(await topicCounts(mail)).toEqual(before)
})

test('a test email and what is sent to staff count nowhere', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  const staff = await mail.addCampaign(round, { kind: 'staff' })
  const person_id = await mail.addPerson('Ada', round)
  for (const about of [{ is_test: true, person_id }, { is_test: true }]) {
    const id = await mail.addEmail(topic, about)
    await mail.addEvent(id, 'bounce', { class: 'hard' })
    await mail.addHits(id, 'aaaaaaaaaaaa', { human: 2 })
  }
  await mail.addEmail(staff, { person_id })
  const report = await reportOnEngagement(mail.deps, { code: '2016A' })
  expect(report.sections.find(({ key }) => key === 'other')?.rows).toEqual([])
  expect(await topicCounts(mail)).toMatchObject({ recipients: 0, accepted: 0, bounced: 0 })
})

test('clicks of an email without a counted link are unknown, and 0 where nobody followed one', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round, { state: 'sending' })
  await mail.addEmail(topic, { person_id: await mail.addPerson() })
  expect(await topicCounts(mail)).toMatchObject({ clicked: 'unknown', clicks: 'unknown' })
  await mail.addLink(topic, 'aaaaaaaaaaaa')
  expect(await topicCounts(mail)).toMatchObject({ clicked: 0, clicks: 0 })
})

test('links stand with their topic, without what may tell who the reader is, the most clicked first', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  const closing = await mail.addCampaign(round, { kind: 'closing' })
  await mail.addLink(closing, 'cccccccccccc')
  for (let n = 0; n < 22; n++)
    await mail.addLink(topic, `link${String(n).padStart(8, '0')}`, `https://example.org/${n}?reader=7#top`)
  for (let n = 0; n < 3; n++) {
    const id = await mail.addEmail(topic, { person_id: await mail.addPerson() })
    await mail.addHits(id, 'link00000005', { human: 2 })
    if (n === 0) await mail.addHits(id, 'link00000009', { human: 9, machine: 9 })
    if (n === 1) await mail.addHits(id, 'link00000001', { machine: 9 })
  }
  const { rows, note } = await sectionOf(mail, 'links')
  expect(rows).toHaveLength(20)
  expect(rows.slice(0, 3)).toEqual([
    {
      key: `${topic}-link00000005`,
      name: 'https://example.org/5 (topic 1)',
      counts: { accepted: 3, people: 3, clicks: 6 },
    },
    {
      key: `${topic}-link00000009`,
      name: 'https://example.org/9 (topic 1)',
      counts: { accepted: 3, people: 1, clicks: 9 },
    },
    {
      key: `${topic}-link00000000`,
      name: 'https://example.org/0 (topic 1)',
      counts: { accepted: 3, people: 0, clicks: 0 },
    },
  ])
  expect(note).toBe('2 links more, each clicked by no more people than these.')
})

test('the rounds until this one are compared, each by its own base', async () => {
  const mail = await openMail()
  for (const [at, [code, day]] of (
    [
      ['2016A', '2016-02-01'],
      ['2015B', '2015-09-01'],
      ['2015A', '2015-02-01'],
      ['2016B', '2016-09-01'],
    ] as const
  ).entries()) {
    const round = await mail.addRound(code, day)
    // 2015A had no topics
    if (code === '2015A') continue
    for (const n of [1, 2]) {
      const topic = await mail.addCampaign(round)
      if (n === 1) await mail.addLink(topic, 'aaaaaaaaaaaa')
      const id = await mail.addEmail(topic, { person_id: await mail.addPerson() })
      await mail.addEmail(topic, { person_id: await mail.addPerson() })
      if (n === 1 && at === 0) await mail.addHits(id, 'aaaaaaaaaaaa', { human: 1 })
      if (n === 2 && at === 1) await mail.addEvent(id, 'reply')
    }
  }
  const { rows, sentences } = await sectionOf(mail, 'trend')
  expect(rows.map(({ key, counts }) => [key, counts])).toEqual([
    ['2015B', { topics: 2, accepted: 4, replied: 1, counted: 2, clicked: 0 }],
    ['2016A', { topics: 2, accepted: 4, replied: 0, counted: 2, clicked: 1 }],
  ])
  expect(sentences).toContain(
    'In 2016A 1 of 2 accepted topic emails (50 %) was clicked; in 2015B it was 0 of 2 accepted topic emails (0 %).',
  )
})

test('a partnership has used a topic when one of its partners clicked or replied, and counts once', async () => {
  const mail = await openMail()
  const { db } = mail.deps
  const round = await mail.addRound()
  const topics = [await mail.addCampaign(round), await mail.addCampaign(round), await mail.addCampaign(round)]
  for (const topic of topics) await mail.addLink(topic, 'aaaaaaaaaaaa')
  for (let pair = 0; pair < 4; pair++) {
    // the last was approved and never introduced
    const introduced_at = pair === 3 ? null : '2016-02-05T09:00:00Z'
    const { id } = await db
      .insertInto('partnerships')
      .values({ round_id: round, introduced_at })
      .returning('id')
      .executeTakeFirstOrThrow()
    for (const partner of [1, 2]) {
      const person_id = await mail.addPerson('Reader', round)
      await db.insertInto('partnership_members').values({ partnership_id: id, person_id }).execute()
      const first = await mail.addEmail(topics[0] as number, { person_id })
      const second = await mail.addEmail(topics[1] as number, { person_id })
      if (pair === 0) await mail.addHits(first, 'aaaaaaaaaaaa', { human: 1 })
      if (pair === 0 && partner === 1) await mail.addEvent(second, 'reply')
      if (pair === 1 && partner === 2) await mail.addEvent(second, 'reply')
      if (pair === 2) await mail.addHits(second, 'aaaaaaaaaaaa', { machine: 5 })
      if (pair === 3) await mail.addHits(first, 'aaaaaaaaaaaa', { human: 1 })
    }
  }
  const { rows, total, sentences } = await sectionOf(mail, 'use')
  expect(rows.map(({ counts }) => counts)).toEqual([
    { introduced: 3, used: 1 },
    { introduced: 3, used: 2 },
    { introduced: 3, used: 0 },
  ])
  expect(total?.counts).toEqual({ introduced: 3, used: 2 })
  expect(sentences).toContain(
    'In 2 of 3 introduced partnerships (67 %) at least one partner clicked or replied to a topic email.',
  )
})

test('openings are of those who had agreed when the email was accepted, and an estimate', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  for (const consents of [
    [[true, '2016-02-01T00:00:00Z']],
    // not yet when it was accepted, and not any more
    [[true, '2016-02-11T00:00:00Z']],
    [
      [true, '2016-02-01T00:00:00Z'],
      [false, '2016-02-02T00:00:00Z'],
    ],
    // then, though not any more
    [
      [true, '2016-02-01T00:00:00Z'],
      [false, '2016-02-20T00:00:00Z'],
    ],
    [],
  ] as [boolean, string][][]) {
    const person_id = await mail.addPerson()
    for (const [given, at] of consents) await mail.addConsent(person_id, given, at)
    await mail.addHits(await mail.addEmail(topic, { person_id }), '', { human: 1, machine: 1 })
  }
  const { rows, columns } = await sectionOf(mail, 'topics')
  expect(rows[0]?.counts).toMatchObject({ accepted: 5, agreed: 2, opened: 2, machine_opened: 2 })
  expect(columns.filter((column) => column.is_estimate).map(({ key, of }) => [key, of])).toEqual([
    ['opened', 'agreed'],
    ['machine_opened', 'agreed'],
  ])
})

test('a past day has what was recorded until its end, and says what it does not know', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round, { finished_at: '2016-02-10T20:00:00Z' })
  const late = await mail.addCampaign(round, { started_at: '2016-02-12T00:00:00Z' })
  const automatic = await mail.addCampaign(round, { kind: 'automatic', state: 'sending' })
  await mail.addLink(topic, 'aaaaaaaaaaaa')
  const days = ['2016-02-10', '2016-02-11', '2016-02-12']
  for (const day of days) {
    const id = await mail.addEmail(topic, { person_id: await mail.addPerson(), accepted_at: `${day}T23:59:59.999Z` })
    await mail.addEvent(id, 'reply', { at: `${day}T23:59:59.999Z` })
    await mail.addHits(id, 'aaaaaaaaaaaa', { human: 3, first_at: `${day}T23:59:59.999Z` })
  }
  await mail.addEmail(topic, { person_id: await mail.addPerson(), state: 'rejected' })
  await mail.addEmail(topic, { person_id: await mail.addPerson(), state: 'skipped' })
  await mail.addEmail(late, { person_id: await mail.addPerson() })
  await mail.addEmail(automatic, { person_id: await mail.addPerson() })
  const asked = { code: '2016A', as_of: '2016-02-11' }
  const { rows, report } = await sectionOf(mail, 'topics', asked)
  expect(rows.map(({ key }) => key)).toEqual([String(topic)])
  expect(rows[0]?.counts).toMatchObject({
    ...{ recipients: 4, accepted: 2, rejected: 1, uncertain: 'unknown', replied: 2 },
    ...{ clicked: 2, clicks: 'unknown', machine_clicks: 'unknown', machine_opened: 'unknown' },
  })
  const other = report.sections.find(({ key }) => key === 'other')
  expect(other?.rows[0]?.counts).toMatchObject({ recipients: 'unknown', accepted: 1 })
  expect([report.as_of, report.data_at]).toEqual(['2016-02-11', '2016-02-11T23:59:59.999Z'])
  expect(await topicCounts(mail)).toMatchObject({ accepted: 3, clicked: 3, clicks: 9 })
  expect(await topicCounts(mail, { code: '2016A', as_of: '2016-02-09' })).toBeUndefined()
})

/** Marks a campaign as sent by Mailchimp. @param counts_opens null: its report was not pulled yet */
const handOver = ({ deps }: Mail, campaign_id: number, counts_opens: boolean | null) =>
  sql`
    with moved as (update campaigns set channel = 'mailchimp' where id = ${campaign_id})
    insert into mailchimp_campaigns (campaign_id, language, title, state, report)
    values (${campaign_id}, 'en', 'Topic', 'sent', ${counts_opens === null ? null : JSON.stringify({ counts_opens })}::jsonb)`.execute(
    deps.db,
  )

test.each([null, false, true])(
  'of an email through Mailchimp what it does not tell is unknown: openings counted, %s',
  async (counts) => {
    const mail = await openMail()
    const round = await mail.addRound()
    const topic = await mail.addCampaign(round, { subject: 'حقوق النشر' })
    await mail.addLink(topic, 'aaaaaaaaaaaa')
    const person_id = await mail.addPerson('Ada', round)
    await mail.addConsent(person_id, true)
    const id = await mail.addEmail(topic, { person_id })
    await mail.addHits(id, 'aaaaaaaaaaaa', { human: 2 })
    await mail.addHits(id, '', { human: 1 })
    await handOver(mail, topic, counts)
    const { rows, note, sentences, report } = await sectionOf(mail, 'topics')
    const opened = counts ? { opened: 1, machine_opened: 0 } : { opened: 'unknown', machine_opened: 'unknown' }
    expect(rows).toMatchObject([
      {
        name: '\u2068حقوق النشر\u2069 (through Mailchimp)',
        counts: {
          ...{ accepted: 1, bounced: 0, unsubscribed: 0, clicked: 1, clicks: 2, agreed: 1, uncertain: 0, ...opened },
          ...{ rejected: 'unknown', complained: 'unknown', replied: 'unknown', auto_replied: 'unknown' },
        },
      },
    ])
    expect(note).toContain('Mailchimp sent what says')
    expect(sentences).toContain('Of 1 accepted topic email, 0 (0 %) bounced; there were 0 unsubscriptions.')
    expect(sentences.join()).not.toContain('reply')
    expect(writeReportCsv(report)).toContain('(through Mailchimp)')
    const asked = { code: '2016A', section: 'topics', row: String(topic), column: 'complained' }
    await expect(listEngagementPeople(mail.deps, asked)).rejects.toMatchObject({ code: 'figure_unknown' })
    // of a past day too
    expect((await topicCounts(mail, { code: '2016A', as_of: '2016-02-12' }))?.rejected).toBe('unknown')
  },
)
