import { sql } from 'kysely'
import pino from 'pino'
import { expect, test } from 'vitest'
import { explainDelivery, scheduleCampaign } from '../../../../src/features/campaigns/index.ts'
import { unsubscribe } from '../../../../src/features/deliveries/index.ts'
import { followMailchimpCampaigns } from '../../../../src/features/mailchimp/campaigns/follow.ts'
import { pullMailchimpReports } from '../../../../src/features/mailchimp/reports/index.ts'
import { handOverDeps, mailchimpWork } from '../../../../src/features/mailchimp/work.ts'
import { readCampaignFigures, reportOnEngagement, writeReportCsv } from '../../../../src/features/reports/index.ts'
import { signToken } from '../../../../src/lib/tokens.ts'
import { openMailchimp } from '../../../../src/platform/mailchimp/index.ts'
import { openConsole } from '../../../support/console.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { addDraft } from '../../campaigns/round.ts'
import { CHROME } from '../../tracking/traffic.ts'
import { addPeople, addressOf as memberAddress, openConnected } from '../mirror/programme.ts'
import { addressOf, LINKS, openHandedOver, SENT_AT } from './handed-over.ts'

const PEOPLE = 12
/** Not subscribed there, and skipped in what we send ourselves. */
const LEFT_OUT = 12
const STRANGER = 'stranger@elsewhere.example'
const HARD = 1
const SOFT = 2
const LEAVES = 5

/** What readers do, and a scanner: who, which link, when, from where. */
const CLICKS: [place: number, link: number, at: string, ip: string][] = [
  [3, 0, '2016-03-01T09:10:00Z', '192.0.2.3'],
  [3, 1, '2016-03-01T09:11:00Z', '192.0.2.3'],
  [4, 0, '2016-03-01T09:12:00Z', '192.0.2.3'],
  [5, 2, '2016-03-01T09:20:00Z', '198.51.100.1'],
  [5, 2, '2016-03-01T09:20:00Z', '198.51.100.1'],
  ...[0, 1, 2].map((link): [number, number, string, string] => [6, link, `2016-03-01T09:30:0${link}Z`, '203.0.113.9']),
  ...[7, 8, 9, 10, 11].map((place): [number, number, string, string] => [
    place,
    0,
    '2016-03-01T09:40:00Z',
    '203.0.113.8',
  ]),
]

async function openBoth() {
  const opened = await openHandedOver({ recipients: PEOPLE })
  const { deps, db } = opened
  const own = await opened.addCampaign({ subject: 'Copyright', channel: 'email' })
  const handed = await opened.addCampaign({ subject: 'Open access', channel: 'mailchimp' })
  await sql`
    update deliveries set state = 'skipped', skipped_reason = 'unsubscribed', accepted_at = null
    where id = ${(await opened.findDelivery(own, LEFT_OUT)).id}`.execute(db)
  const visit = await openConsole(deps)
  const fake = await openTestMailchimp({ clock: deps.clock })
  const log = pino({ level: 'silent' })
  const mailchimp = openMailchimp(
    { db, log },
    { apiKey: fake.key, baseUrl: fake.baseUrl },
    { wait: async () => undefined },
  )
  return { ...opened, own, handed, visit, fake, pulling: { ...opened.pulling, mailchimp } }
}
type Both = Awaited<ReturnType<typeof openBoth>>

/** Sends it there as a hand-over does. */
async function sendThere({ db, deps, fake, handed, pulling: { mailchimp } }: Both): Promise<string> {
  const { list_id } = fake
  const addresses = Array.from({ length: PEOPLE }, (_, at) => addressOf(at + 1)).filter((_, at) => at + 1 !== LEFT_OUT)
  await mailchimp.addMembers(
    list_id,
    addresses.map((email_address) => ({ email_address, merge_fields: {} })),
  )
  const title = `Pairpost ${handed} en`
  const tag = await mailchimp.createTag(list_id, title, addresses)
  fake.staffAdds(STRANGER, 'subscribed', {}, [title])
  fake.bounces(addressOf(HARD), 'hard')
  fake.bounces(addressOf(SOFT), 'soft')
  const { id } = await mailchimp.createCampaign({
    ...{ list_id, segment_id: tag.id, title, subject_line: 'Open access', preview_text: '', from_name: 'Programme' },
    ...{ reply_to: 'programme@programme.example', count_clicks: true, count_opens: false },
  })
  const links = LINKS.map((url) => `<a href="${url}">Read</a>`).join('')
  await mailchimp.putContent(id, {
    html: `<html><body>${links}<a href="*|UNSUB|*">Unsubscribe</a> *|LIST:ADDRESS|*</body></html>`,
    plain_text: 'Unsubscribe: *|UNSUB|* *|LIST:ADDRESS|*',
  })
  deps.clock.set(SENT_AT.toISOString())
  await mailchimp.sendCampaign(id)
  fake.runCampaigns()
  await sql`update mailchimp_campaigns set mailchimp_id = ${id}, look_at = ${SENT_AT} where campaign_id = ${handed}`.execute(
    db,
  )
  return id
}

/** The same things happen to both, in the same order. */
async function readBoth({ deps, db, own, findDelivery, visit, fake }: Both, id: string): Promise<void> {
  const told = async (place: number, klass: string) => {
    const delivery = await findDelivery(own, place)
    await sql`
      with message as (
        insert into incoming_messages (source, octets, digest, received_at)
        values ('smtp', 1, sha256(${klass}::bytea), ${deps.clock.now()}) returning id
      ) insert into delivery_events (delivery_id, incoming_id, kind, class, at)
      select ${delivery.id}, id, 'bounce', ${klass}, ${deps.clock.now()} from message`.execute(db)
  }
  await told(HARD, 'hard')
  await told(SOFT, 'soft')
  for (const [place, link, at, ip] of CLICKS) {
    deps.clock.set(at)
    fake.clicks(id, addressOf(place), LINKS[link] ?? '', { at: new Date(at), ip })
    const delivery = await findDelivery(own, place)
    const answer = await visit.app.inject({
      url: `/t/${signToken(deps.keys, 'click', delivery.id)}/link${link}`,
      ...{ headers: { 'user-agent': CHROME }, remoteAddress: ip },
    })
    expect(answer.headers.location).toBe(LINKS[link])
  }
  fake.clicks(id, STRANGER, LINKS[0] ?? '', { at: deps.clock.now(), ip: '192.0.2.77' })
  fake.memberUnsubscribes(addressOf(LEAVES), { campaign_id: id })
  fake.memberUnsubscribes(STRANGER, { campaign_id: id })
  const left = await findDelivery(own, LEAVES)
  const wish = { source: 'link', wording: 'No more.', language: 'en' } as const
  await unsubscribe({ db, clock: deps.clock }, left.id, 'campaigns', wish)
}

test('a topic through Mailchimp stands in the report beside one of our own, with equal figures and its source', async () => {
  const both = await openBoth()
  const { deps, db, own, handed, visit, pulling } = both
  const id = await sendThere(both)
  await readBoth(both, id)
  expect(await pullMailchimpReports(pulling)).toBe(1)

  const report = await reportOnEngagement(deps, { code: '2016A' })
  const [topics, links, use, trend] = report.sections
  expect(topics?.rows.map(({ key, name }) => [key, name])).toEqual([
    [String(own), 'Copyright'],
    [String(handed), 'Open access (through Mailchimp)'],
  ])
  const [ours = {}, theirs = {}] = topics?.rows.map(({ counts }) => counts) ?? []
  expect(ours).toMatchObject({
    ...{ recipients: 11, accepted: 11, bounced: 2, bounced_hard: 1, unsubscribed: 1 },
    ...{ clicked: 3, clicks: 5, machine_clicks: 8, rejected: 0, complained: 0, replied: 0 },
  })
  const unknown = ['rejected', 'complained', 'replied', 'auto_replied', 'opened', 'machine_opened']
  expect(theirs).toEqual({ ...ours, ...Object.fromEntries(unknown.map((column) => [column, 'unknown'])) })
  expect(topics?.note).toContain('what it does not tell is unknown')
  const linksOf = (place: number) =>
    links?.rows
      .filter(({ name }) => name.endsWith(`(topic ${place})`))
      .map(({ name, counts }) => [name.split(' ')[0], counts])
  expect(linksOf(1)).toHaveLength(3)
  expect(linksOf(2)).toEqual(linksOf(1))
  expect(use?.rows).toEqual([])
  expect(trend?.rows.map(({ counts }) => counts)).toEqual([
    { topics: 2, accepted: 22, replied: 'unknown', counted: 22, clicked: 6 },
  ])
  expect(report.sentences).toContain(
    'Of 22 accepted topic emails, 4 (18 %) bounced; there were 0 complaints about those that we sent ourselves and 2 unsubscriptions.',
  )
  for (const key of unknown) {
    const definition = report.definitions.find((one) => one.key === key)
    expect(definition?.words).toContain('Through Mailchimp: unknown')
  }

  const csv = writeReportCsv(report)
  expect(csv).toContain(`,topics,${handed},Open access (through Mailchimp),11,11,unknown,`)
  const answer = await visit.get('/console/reports/engagement?round=2016A')
  expect(answer.body).toContain('Open access (through Mailchimp)')
  expect(answer.body).toContain('what it does not tell is unknown')

  // Mailchimp's totals are ours and what is told apart: contacts of others, and what a machine clicked.
  const { report: totals } = await db.selectFrom('mailchimp_campaigns').select('report').executeTakeFirstOrThrow()
  expect(totals).toMatchObject({
    emails_sent: 11 + 1,
    bounces: { hard_bounces: 1, soft_bounces: 1 },
    unsubscribed: 1 + 1,
    clicks: { clicks_total: 5 + 8 + 1, unique_subscriber_clicks: 3 + 6 + 1 },
    ...{ is_complete: true, others: { recipients: 1, unsubscribed: 1 } },
  })
})

test('handed over, sent there, followed and pulled, each by what does so, a campaign has its figures', async () => {
  const { deps, fake } = await openConnected()
  const { db } = deps
  const [first = 0, second = 0, third = 0] = await addPeople({ deps }, 3)
  await sql`delete from jobs`.execute(db)
  const id = await addDraft(db, { channel: 'mailchimp', body_markdown: `[Read on](${LINKS[0]})` })
  await scheduleCampaign(deps, id, { at: 'now' })
  const { rows } = await sql<{ id: number; kind: string; input: Record<string, unknown> }>`
    update jobs set state = 'done' where kind = 'mailchimp-hand-over' returning id, kind, input`.execute(db)
  for (const { id: job_id, kind, input } of rows)
    await mailchimpWork(deps)[kind]?.({
      job_id,
      input,
      progress: () => undefined,
      signal: new AbortController().signal,
    })
  await followMailchimpCampaigns(handOverDeps(deps))
  fake.bounces(memberAddress(second), 'soft')
  expect(fake.runCampaigns()).toBe(3)
  const sent = fake.campaigns()[0]?.id ?? ''
  const link = fake.copies(sent)[0]?.links.find((url) => url.startsWith(LINKS[0] ?? '')) ?? ''
  fake.clicks(sent, memberAddress(first), link, { at: deps.clock.now(), ip: '192.0.2.1' })
  fake.memberUnsubscribes(memberAddress(third), { campaign_id: sent })
  deps.clock.advance(60 * 60_000)
  await followMailchimpCampaigns(handOverDeps(deps))
  expect(await pullMailchimpReports(deps)).toBe(1)
  const figures = await readCampaignFigures(deps, { id })
  expect(figures).toMatchObject({
    recipients: 3,
    accepted: 3,
    skipped: 0,
    bounced: 1,
    bounced_hard: 0,
    unsubscribed: 1,
  })
  expect(figures).toMatchObject({ clicked: 1, clicks: 1, machine_clicks: 0, rejected: 'unknown' })
  const { sentence } = await explainDelivery(db, { campaign_id: id, person_id: first })
  expect(sentence).toMatch(/^Sent by Mailchimp at /)
})

test('who left there by the campaign is stopped here too, once', async () => {
  const both = await openBoth()
  const { db, deps, pulling, fake } = both
  const id = await sendThere(both)
  fake.memberUnsubscribes(addressOf(LEAVES), { campaign_id: id })
  await pullMailchimpReports(pulling)
  const { rows } = await sql`select address, scope, reason from suppressions`.execute(db)
  expect(rows).toEqual([{ address: addressOf(LEAVES), scope: 'campaigns', reason: 'unsubscribed' }])
  // the next pulling changes nothing
  deps.clock.advance(60 * 60_000)
  await pullMailchimpReports(pulling)
  expect((await sql`select from suppressions`.execute(db)).rows).toHaveLength(1)
})
