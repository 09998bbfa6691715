import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { pullReport } from '../../../../src/features/mailchimp/reports/index.ts'
import { readCampaignFigures } from '../../../../src/features/reports/index.ts'
import { listClicksOfCampaign, rebuildHits, settleHits } from '../../../../src/features/tracking/index.ts'
import { did, LINKS, mailed, openHandedOver, readLedger } from './handed-over.ts'

const [ONE = '', TWO = '', THREE = ''] = LINKS

async function openClicked(options: { recipients?: number; count_opens?: boolean } = {}) {
  const { recipients = 5 } = options
  const opened = await openHandedOver({ ...options, recipients })
  const campaign_id = await opened.addCampaign({ subject: 'Copyright', channel: 'mailchimp' })
  const all = Array.from({ length: recipients }, (_, at) => at + 1)
  opened.there.pageSize = 1000
  opened.there.sentTo = all.map((place) => mailed(place))
  opened.there.report = { ...opened.there.report, emails_sent: recipients }
  const pull = () => pullReport(opened.pulling, { campaign_id, language: 'en' })
  const figures = () => readCampaignFigures(opened.deps, { id: campaign_id })
  return { ...opened, campaign_id, pull, figures }
}

test('the same click is there once, and two of one second are two, however the pages move', async () => {
  const { there, pull, figures } = await openClicked()
  const twice = did(1, ['click', '2016-03-01T08:10:00Z', ONE], ['click', '2016-03-01T08:10:00Z', ONE])
  there.pageSize = 1
  // the page moved while it was read
  there.activity = [twice, twice]
  expect(await pull()).toMatchObject({ hits: 2 })
  there.pageSize = 5
  expect(await pull()).toMatchObject({ hits: 0 })
  there.activity = [
    did(1, ...Array.from({ length: 3 }, () => ['click', '2016-03-01T08:10:00Z', ONE] as ['click', string, string])),
  ]
  expect(await pull()).toMatchObject({ hits: 1 })
  expect(await figures()).toMatchObject({ clicked: 1, clicks: 3 })
})

test('after a change of our secret nothing is counted twice', async () => {
  const { there, pull, pulling, figures, campaign_id } = await openClicked()
  there.activity = [did(1, ['click', '2016-03-01T08:10:00Z', ONE])]
  await pull()
  const keys = [{ ...pulling.keys[0], secret: 'another secret that is long enough' }, ...pulling.keys] as const
  expect(await pullReport({ ...pulling, keys }, { campaign_id, language: 'en' })).toMatchObject({ hits: 0 })
  expect(await figures()).toMatchObject({ clicks: 1 })
})

test('a link that we would not count is not counted, nor any while the programme counts no clicks', async () => {
  const { db, there, pull, figures } = await openClicked()
  there.activity = [
    did(
      1,
      ['click', '2016-03-01T08:10:00Z', 'https://programme.us1.list-manage.com/unsubscribe?u=1'],
      ['click', '2016-03-01T08:10:00Z', null],
      ['click', '2016-03-01T08:10:00Z', `${ONE}/`],
    ),
  ]
  expect(await pull()).toMatchObject({ hits: 0 })
  there.activity = [did(1, ['click', '2016-03-01T08:10:00Z', ONE])]
  await sql`insert into programme (count_clicks) values (false) on conflict do nothing`.execute(db)
  await sql`update programme set count_clicks = false`.execute(db)
  expect(await pull()).toMatchObject({ hits: 0 })
  await sql`update programme set count_clicks = true`.execute(db)
  expect(await pull()).toMatchObject({ hits: 1 })
  expect(await figures()).toMatchObject({ clicked: 1, clicks: 1 })
})

test('machines are told from people by pace and network, and counted anew it is the same', async () => {
  const { db, there, pull, figures, campaign_id } = await openClicked({ recipients: 20 })
  const scanned = Array.from({ length: 10 }, (_, at) => at + 1)
  there.activity = [
    // a scanner in front of ten mailboxes, within two seconds
    ...scanned.map((place) => did(place, ['click', `2016-03-01T08:00:4${place % 2}Z`, ONE, '198.51.100.9'])),
    // one that follows every link of one email
    did(
      11,
      ['click', '2016-03-01T08:01:00Z', ONE],
      ['click', '2016-03-01T08:01:01Z', TWO],
      ['click', '2016-03-01T08:01:03Z', THREE],
    ),
    // who reads, and comes back
    did(
      12,
      ['click', '2016-03-01T09:00:00Z', ONE],
      ['click', '2016-03-01T09:00:30Z', TWO],
      ['click', '2016-03-03T09:00:30Z', TWO],
    ),
    // people of one library, within a minute, and two of whom no network is known
    ...[13, 14, 15, 16, 17].map((place) =>
      did(place, ['click', `2016-03-01T10:00:${place + 3 * (place - 13)}Z`, ONE, '203.0.113.5']),
    ),
    ...[18, 19].map((place) => did(place, ['click', '2016-03-01T11:00:00Z', THREE, null])),
  ]
  await pull()
  expect(await figures()).toMatchObject({ clicked: 8, clicks: 10, machine_clicks: 13 })
  const links = await listClicksOfCampaign({ db }, { campaign_id })
  expect(links.map(({ url, people, machine }) => [url, people, machine])).toEqual([
    [ONE, 6, 11],
    [THREE, 2, 1],
    [TWO, 1, 1],
  ])
  const counted = async () => (await sql`select * from delivery_hits order by delivery_id, link_key`.execute(db)).rows
  await settleHits({ db })
  const before = await counted()
  await sql`truncate delivery_hits`.execute(db)
  await rebuildHits({ db })
  expect(await counted()).toEqual(before)
})

test('told in any order and in parts, the counts are the same', async () => {
  const { there, pull, figures } = await openClicked({ recipients: 20 })
  const all = Array.from({ length: 20 }, (_, at) =>
    did(
      at + 1,
      ['click', `2016-03-01T08:00:${10 + (at % 3)}Z`, ONE, at < 12 ? '198.51.100.9' : `192.0.${at}.7`],
      ['click', '2016-03-02T07:00:00Z', TWO],
    ),
  )
  for (const size of [3, 11, 20]) {
    there.activity = all.slice(0, size).toReversed()
    await pull()
    await figures()
  }
  expect(await figures()).toMatchObject({ clicked: 20, clicks: 28, machine_clicks: 12 })
})

const agree = (given: boolean, at: string) => ({ given, at })

test('openings are of those who had agreed when it was accepted and still do; of others nothing is stored', async () => {
  const { db, there, pull, figures, findDelivery, campaign_id } = await openClicked({ count_opens: true })
  const said: [number, ReturnType<typeof agree>[]][] = [
    [1, [agree(true, '2016-02-01T00:00:00Z')]],
    // not yet when it was accepted
    [2, [agree(true, '2016-03-01T08:30:00Z')]],
    // not any more when we were told
    [3, [agree(true, '2016-02-01T00:00:00Z'), agree(false, '2016-03-01T08:45:00Z')]],
    [4, [agree(true, '2016-02-01T00:00:00Z'), agree(false, '2016-02-02T00:00:00Z')]],
  ]
  for (const [place, consents] of said) {
    const { person_id } = await findDelivery(campaign_id, place)
    for (const { given, at } of consents) {
      await db
        .insertInto('consents')
        .values({ person_id, purpose: 'tracking', given, at, wording: 'May we?', language: 'en', source: 'link' })
        .execute()
    }
  }
  there.activity = [1, 2, 3, 4, 5].map((place) => did(place, ['open', '2016-03-01T08:40:00Z']))
  expect(await pull()).toMatchObject({ hits: 1, report: { counts_opens: true } })
  expect((await readLedger(db)).hits).toHaveLength(1)
  expect(await figures()).toMatchObject({ agreed: 2, opened: 1, machine_opened: 0 })
})

test('where the audience counts no openings they are unknown and none is stored, whatever Mailchimp tells', async () => {
  const { db, there, pull, figures, findDelivery, campaign_id } = await openClicked()
  const { person_id } = await findDelivery(campaign_id, 1)
  await db
    .insertInto('consents')
    .values({
      ...{ person_id, purpose: 'tracking', given: true, at: '2016-02-01T00:00:00Z' },
      ...{ wording: 'May we?', language: 'en', source: 'link' },
    })
    .execute()
  there.activity = [did(1, ['open', '2016-03-01T08:40:00Z'])]
  expect(await pull()).toMatchObject({ hits: 0 })
  expect(await figures()).toMatchObject({ agreed: 1, opened: 'unknown', machine_opened: 'unknown' })
  // switched on later it says nothing of what went before
  await sql`update mailchimp_audience set count_opens = true`.execute(db)
  expect(await pull()).toMatchObject({ hits: 0, report: { counts_opens: false } })
  expect(await figures()).toMatchObject({ opened: 'unknown' })
})

test('once everybody is told of, only what is new is asked for; before that everything', async () => {
  const { there, pull, deps } = await openClicked()
  const { activity } = there
  there.report = { ...there.report, emails_sent: 6 }
  activity.push(did(1, ['click', '2016-03-01T08:00:00Z', ONE]))
  await pull()
  deps.clock.set('2016-03-05T09:00:00Z')
  activity.push(did(2, ['click', '2016-03-01T08:00:00Z', ONE]))
  expect(await pull()).toMatchObject({ hits: 1 })
  there.report = { ...there.report, emails_sent: 5 }
  await pull()
  // told so late that nobody asks for it any more
  activity.push(did(3, ['click', '2016-03-01T08:00:00Z', ONE]), did(3, ['click', '2016-03-04T10:00:00Z', ONE]))
  deps.clock.set('2016-03-05T10:00:00Z')
  expect(await pull()).toMatchObject({ hits: 1 })
})
