import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { pullReport } from '../../../../src/features/mailchimp/reports/index.ts'
import { readCampaignFigures } from '../../../../src/features/reports/index.ts'
import { did, hashOf, LINKS, left, mailed, openHandedOver, readLedger, SENT_AT, type There } from './handed-over.ts'

const [ONE = '', TWO = ''] = LINKS

/** Five were mailed, one of them hard and one soft, one left, two clicked. */
function tellMuch(there: There): void {
  there.sentTo = [mailed(1), mailed(2, 'hard'), mailed(3, 'soft'), mailed(4), mailed(5)]
  there.unsubscribed = [left(4)]
  there.activity = [
    did(
      1,
      ['click', '2016-03-01T08:10:00Z', ONE],
      ['click', '2016-03-01T08:11:00Z', TWO],
      ['open', '2016-03-01T08:09:00Z'],
    ),
    did(2, ['bounce', '2016-03-01T08:01:00Z']),
    did(4, ['click', '2016-03-01T08:20:00Z', ONE], ['click', '2016-03-01T08:20:00Z', ONE]),
    did(5),
  ]
  there.report = { ...there.report, emails_sent: 5, unsubscribed: 1, abuse_reports: 1 }
}

async function openMuch() {
  const opened = await openHandedOver()
  const campaign_id = await opened.addCampaign({ subject: 'Copyright', channel: 'mailchimp' })
  tellMuch(opened.there)
  const key = { campaign_id, language: 'en' }
  return { ...opened, campaign_id, key, pull: () => pullReport(opened.pulling, key) }
}

const FIGURES = {
  ...{ recipients: 5, accepted: 5, uncertain: 0, skipped: 0, bounced: 2, bounced_hard: 1, unsubscribed: 1 },
  ...{ clicked: 2, clicks: 4, machine_clicks: 0 },
}

test('what Mailchimp tells is in our ledger, and in our figures', async () => {
  const { db, deps, campaign_id, pull } = await openMuch()
  expect(await pull()).toMatchObject({
    report: {
      emails_sent: 5,
      abuse_reports: 1,
      is_complete: true,
      counts_opens: false,
      others: { recipients: 0, unsubscribed: 0 },
    },
    ...{ skipped: 0, hits: 4 },
  })
  const { deliveries, events, stops, consents } = await readLedger(db)
  expect(deliveries).toEqual(
    deliveries.map((row) => ({ ...(row as object), state: 'accepted', accepted_at: SENT_AT, held_reason: null })),
  )
  expect(events).toMatchObject([
    { kind: 'bounce', class: 'hard', words: 'Mailchimp: hard bounce' },
    { kind: 'bounce', class: 'soft', words: 'Mailchimp: soft bounce' },
    { kind: 'unsubscribe', at: new Date('2016-03-01T08:30:00Z') },
  ])
  // A soft bounce stops nobody, and of a hard one Mailchimp tells by cleaning the contact.
  expect(stops).toEqual([
    { address: 'reader4@library.example', scope: 'campaigns', reason: 'unsubscribed', source: 'mailchimp' },
  ])
  expect(consents).toMatchObject([{ purpose: 'programme_mail', given: false, source: 'mailchimp' }])
  const figures = await readCampaignFigures(deps, { id: campaign_id })
  expect(figures).toMatchObject(FIGURES)
  const { rejected, complained, replied, auto_replied, opened, machine_opened } = figures
  expect(new Set([rejected, complained, replied, auto_replied, opened, machine_opened])).toEqual(new Set(['unknown']))
})

test('pulled ten times it is the same as pulled once', async () => {
  const { db, deps, campaign_id, pull } = await openMuch()
  await pull()
  const once = await readLedger(db)
  for (let n = 0; n < 9; n++) {
    deps.clock.advance(15 * 60_000)
    expect(await pull()).toMatchObject({ skipped: 0, hits: 0 })
  }
  expect(await readLedger(db)).toEqual(once)
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject(FIGURES)
  // nothing is noted of what did not change
  await readCampaignFigures(deps, { id: campaign_id })
  expect(await db.selectFrom('report_changes').select('id').where('campaign_id', 'is not', null).execute()).toEqual([])
})

/** Throws at the first of what is counted after `allowed` of it. */
function killAfter(allowed: number): () => void {
  let seen = 0
  return () => {
    if (seen++ >= allowed) throw new Error('killed')
  }
}

test.each(['request', 'statement'])(
  'broken off before any %s, and begun again, it is the same as in one go',
  async (what) => {
    const whole = await openMuch()
    await whole.pull()
    const wanted = await readLedger(whole.db)
    const { db, there, pulling, key } = await openMuch()
    let broken = 0
    for (let isDone = false; !isDone; ) {
      const kill = killAfter(broken)
      if (what === 'request') there.before = kill
      const dying = db.withPlugin({
        transformQuery({ node }) {
          if (what === 'statement') kill()
          return node
        },
        transformResult: async ({ result }) => result,
      })
      isDone = await pullReport({ ...pulling, db: dying }, key).then(
        () => true,
        () => false,
      )
      if (!isDone) broken++
    }
    expect(broken).toBeGreaterThan(what === 'request' ? 4 : 10)
    expect(await readLedger(db)).toEqual(wanted)
  },
)

test('what a page takes is so many statements, whatever stands on it', async () => {
  const counts: number[] = []
  for (const recipients of [3, 300]) {
    const { db, there, pulling, addCampaign } = await openHandedOver({ recipients })
    const campaign_id = await addCampaign({ subject: 'Copyright', channel: 'mailchimp' })
    const all = Array.from({ length: recipients }, (_, at) => at + 1)
    there.pageSize = recipients
    there.sentTo = all.map((place) => mailed(place, place % 2 ? 'sent' : 'soft'))
    there.activity = all.map((place) => did(place, ['click', '2016-03-01T08:10:00Z', ONE, null]))
    there.report = { ...there.report, emails_sent: recipients }
    let statements = 0
    const counting = db.withPlugin({
      transformQuery({ node }) {
        statements++
        return node
      },
      transformResult: async ({ result }) => result,
    })
    const pulled = await pullReport({ ...pulling, db: counting }, { campaign_id, language: 'en' })
    expect(pulled).toMatchObject({ hits: recipients, report: { is_complete: true } })
    counts.push(statements)
  }
  expect(counts[1]).toBe(counts[0])
})

test('pulled by two at once it is the same as by one', async () => {
  const whole = await openMuch()
  await whole.pull()
  const { db, pull } = await openMuch()
  await Promise.all([pull(), pull(), pull()])
  expect(await readLedger(db)).toEqual(await readLedger(whole.db))
})

test('nobody is called left out before everybody is told of', async () => {
  const { there, pull, findDelivery, campaign_id, deps } = await openMuch()
  there.sentTo = [mailed(1), mailed(2)]
  there.report = { ...there.report, emails_sent: 4 }
  expect(await pull()).toMatchObject({ skipped: 0, report: { is_complete: false } })
  expect(await findDelivery(campaign_id, 5)).toMatchObject({ state: 'held' })
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject({ recipients: 5, accepted: 2 })
  there.sentTo = [mailed(1), mailed(2), mailed(3), mailed(4)]
  expect(await pull()).toMatchObject({ skipped: 1, report: { is_complete: true } })
  expect(await findDelivery(campaign_id, 5)).toMatchObject({ state: 'skipped', skipped_reason: 'not_in_mailchimp' })
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject({ recipients: 4, accepted: 4, skipped: 1 })
})

test('after a day nothing is waited for any more, though its totals are still noughts', async () => {
  const { there, pull, deps } = await openMuch()
  there.sentTo = [mailed(1)]
  there.report = { ...there.report, emails_sent: 0 }
  deps.clock.set('2016-03-02T07:59:59Z')
  expect(await pull()).toMatchObject({ skipped: 0 })
  deps.clock.set('2016-03-02T08:00:00Z')
  expect(await pull()).toMatchObject({ skipped: 4, report: { is_complete: false } })
})

test('after a day whoever may be among those that it mailed and does not name is uncertain, until it names them', async () => {
  const { there, pull, deps, campaign_id } = await openMuch()
  there.sentTo = [mailed(1)]
  there.report = { ...there.report, emails_sent: 4 }
  deps.clock.set('2016-03-02T08:00:00Z')
  expect(await pull()).toMatchObject({ skipped: 0, report: { is_complete: false } })
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject({ accepted: 1, uncertain: 4, skipped: 0 })
  there.sentTo = [mailed(1), mailed(2), mailed(3), mailed(4)]
  expect(await pull()).toMatchObject({ skipped: 1, report: { is_complete: true } })
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject({ accepted: 4, uncertain: 0, skipped: 1 })
})

test('whoever is told of after having been called left out was mailed all the same, and kept figures follow', async () => {
  const { db, there, pull, deps, campaign_id } = await openMuch()
  there.sentTo = [mailed(1)]
  there.report = { ...there.report, emails_sent: 1 }
  deps.clock.set('2016-03-02T08:00:00Z')
  await pull()
  await db.updateTable('campaigns').set({ state: 'done' }).execute()
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject({ accepted: 1, skipped: 4, clicked: 1 })
  tellMuch(there)
  await pull()
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject(FIGURES)
})

test('a bounce that was soft and is hard by now counts once, as hard, in kept figures too', async () => {
  const { db, there, pull, deps, campaign_id } = await openMuch()
  await pull()
  await db.updateTable('campaigns').set({ state: 'done' }).execute()
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject({ bounced: 2, bounced_hard: 1 })
  there.sentTo = there.sentTo.map((one) => (one.status === 'soft' ? { ...one, status: 'hard' } : one))
  await pull()
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject({ bounced: 2, bounced_hard: 2 })
  // nor is a hard one softened
  tellMuch(there)
  await pull()
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject({ bounced: 2, bounced_hard: 2 })
})

test('contacts that were added there by hand are counted apart, and are nobody of ours', async () => {
  const { db, there, pull, deps, campaign_id } = await openMuch()
  there.sentTo = [...there.sentTo, mailed(77), mailed(78), mailed(77)]
  there.unsubscribed = [...there.unsubscribed, left(77)]
  there.activity = [...there.activity, did(78, ['click', '2016-03-01T08:10:00Z', ONE])]
  there.report = { ...there.report, emails_sent: 7 }
  expect(await pull()).toMatchObject({
    report: { is_complete: true, others: { recipients: 2, unsubscribed: 1 } },
    hits: 4,
  })
  expect(await readCampaignFigures(deps, { id: campaign_id })).toMatchObject(FIGURES)
  expect((await readLedger(db)).stops).toHaveLength(1)
})

test('the address that was frozen counts, and a contact that was renamed since is still that person', async () => {
  const { db, there, pull, findDelivery, campaign_id } = await openMuch()
  await sql`update addresses set address = 'new' || address`.execute(db)
  const { person_id } = await findDelivery(campaign_id, 3)
  const renamed = { email_id: hashOf('NEW@library.example'), email_address: 'NEW@library.example' }
  await sql`insert into mailchimp_members (hash, person_id, address, status, is_ours)
    values (${renamed.email_id}, ${person_id}, 'new@library.example', 'subscribed', true)`.execute(db)
  there.sentTo = there.sentTo.map((one, at) => (at === 2 ? { ...one, ...renamed } : one))
  expect(await pull()).toMatchObject({ skipped: 0, report: { others: { recipients: 0 } } })
  expect(await findDelivery(campaign_id, 3)).toMatchObject({ state: 'accepted' })
  expect((await readLedger(db)).stops).toMatchObject([{ address: 'newreader4@library.example' }])
})

test('of somebody who was erased nothing is taken over any more', async () => {
  const { db, there, pull, findDelivery, campaign_id } = await openMuch()
  await pull()
  const { id, person_id } = await findDelivery(campaign_id, 1)
  await sql`update people set erased_at = now() where id = ${person_id}`.execute(db)
  await sql`update deliveries set address = null where id = ${id}`.execute(db)
  await sql`delete from tracking_hits where delivery_id = ${id}`.execute(db)
  there.unsubscribed = [left(1)]
  const before = await readLedger(db)
  expect(await pull()).toMatchObject({ hits: 0, report: { is_complete: true, others: { recipients: 1 } } })
  expect(await readLedger(db)).toEqual(before)
})

test('of a round that was made anonymous nothing is pulled any more', async () => {
  const { db, pull, key } = await openMuch()
  await sql`update rounds set anonymised_at = now()`.execute(db)
  const before = await readLedger(db)
  expect(await pull()).toBeUndefined()
  const { deliveries, ...others } = await readLedger(db)
  expect({ ...others, deliveries: before.deliveries }).toEqual(before)
  // Nobody will tell of them any more.
  expect(new Set(deliveries.map((one) => (one as { state: string }).state))).toEqual(new Set(['uncertain']))
  const row = await db.selectFrom('mailchimp_campaigns').select(['look_at', 'report']).executeTakeFirst()
  expect(row).toEqual({ look_at: null, report: null })
  expect(key.language).toBe('en')
})

test('each language has its own report: nobody of another one is called left out', async () => {
  const { db, there, pull, findDelivery, campaign_id } = await openMuch()
  const { id } = await findDelivery(campaign_id, 5)
  await sql`update deliveries set language = 'fr' where id = ${id}`.execute(db)
  there.sentTo = [mailed(1), mailed(2), mailed(3), mailed(4)]
  there.report = { ...there.report, emails_sent: 4 }
  expect(await pull()).toMatchObject({ skipped: 0, report: { is_complete: true } })
  expect(await findDelivery(campaign_id, 5)).toMatchObject({ state: 'held' })
})

test('who left is stopped once: one who came back since is not stopped again', async () => {
  const { db, there, pull, findDelivery, campaign_id } = await openMuch()
  await pull()
  await sql`update suppressions set lifted_at = now()`.execute(db)
  await pull()
  expect((await sql`select from suppressions where lifted_at is null`.execute(db)).rows).toEqual([])
  // nor is one who had told us so before in a message, and who is in the figures once
  await sql`delete from delivery_events where kind = 'unsubscribe'`.execute(db)
  const { id } = await findDelivery(campaign_id, 1)
  await sql`
    with message as (
      insert into incoming_messages (source, octets, digest, received_at) values ('smtp', 1, '\\x01', now()) returning id
    ) insert into delivery_events (delivery_id, incoming_id, kind, at) select ${id}, id, 'unsubscribe', now() from message`.execute(
    db,
  )
  there.unsubscribed = [left(1)]
  await pull()
  const { events } = await readLedger(db)
  expect(events.filter((row) => (row as { kind: string }).kind === 'unsubscribe')).toHaveLength(1)
  expect((await sql`select from suppressions where lifted_at is null`.execute(db)).rows).toEqual([])
})

test('a campaign that was not sent there has no report, nor one that is not there', async () => {
  const { db, pull, pulling, key } = await openMuch()
  await expect(pullReport(pulling, { ...key, language: 'fr' })).rejects.toThrow('(fr) at Mailchimp was not found')
  await expect(pullReport({ ...pulling, mailchimp: undefined }, key)).rejects.toMatchObject({ code: 'mailchimp_off' })
  await sql`update mailchimp_campaigns set state = 'scheduled'`.execute(db)
  await expect(pull()).rejects.toThrow('is scheduled at Mailchimp')
})
