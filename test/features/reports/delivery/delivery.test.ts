import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { reportOnDelivery } from '../../../../src/features/reports/delivery/index.ts'
import { listReportPeople, writeReportCsv } from '../../../../src/features/reports/index.ts'
import { type Mail, openMail } from '../engagement/made-up-mail.ts'

async function readSections(mail: Mail, as_of?: string) {
  const report = await reportOnDelivery(mail.deps, { code: '2016A', as_of })
  const [domains, reasons, suppressed, stops] = report.sections
  if (!domains || !reasons || !suppressed || !stops) throw new Error('a section is missing')
  return { report, sentences: report.sentences, domains, reasons, suppressed, stops }
}

const behind = async (mail: Mail, section: string, row: string, column: string, as_of?: string) =>
  listReportPeople(mail.deps, { kind: 'delivery', code: '2016A', section, row, column, as_of })

const stop = ({ deps }: Mail, domain: string, words: string) =>
  sql`insert into domain_stops (sender_id, domain, refusals_in_row, stopped_at, words)
    select id, ${domain}, 5, '2016-02-20T09:00:00Z', ${words} from senders`.execute(deps.db)

const suppress = ({ deps }: Mail, person_id: number, reason: string, more: { scope?: string; ends_at?: string } = {}) =>
  sql`insert into suppressions (address, scope, reason, source, ends_at)
    select address, ${more.scope ?? 'all'}, ${reason}, 'test', ${more.ends_at ?? null}
    from addresses where person_id = ${person_id}`.execute(deps.db)

test('an empty round says in every part that there is nothing, and what to do', async () => {
  const mail = await openMail()
  await mail.addRound()
  const { report, sentences } = await readSections(mail)
  expect(sentences).toEqual([
    'No email of 2016A has begun to leave: write one under Campaigns, and its domains are here.',
  ])
  for (const { rows, total, empty } of report.sections) {
    expect([rows, total]).toEqual([[], null])
    expect(empty).toMatch(/\.$/)
  }
  expect(writeReportCsv(report).trim().split('\r\n')).toHaveLength(1)
})

test('domains of fewer than five people are put together, with those that are not known any more', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topics = [await mail.addCampaign(round), await mail.addCampaign(round)]
  for (const [domain, count] of [
    ['five.example', 5],
    ['four.example', 4],
    ['constructor', 5],
    [null, 2],
  ] as const) {
    for (let n = 0; n < count; n++) {
      const person_id = await mail.addPerson('Reader', round)
      for (const topic of topics)
        await mail.addEmail(topic, { person_id, domain, state: domain === 'constructor' ? 'deferred' : 'accepted' })
    }
  }
  const { domains, sentences } = await readSections(mail)
  expect(domains.rows.map(({ key, name, counts }) => [key, name, counts.people, counts.recipients])).toEqual([
    ['constructor', 'constructor', 5, 10],
    ['five.example', 'five.example', 5, 10],
    ['~other', 'Other domains', 6, 12],
  ])
  expect(domains.total?.counts).toMatchObject({ people: 16, recipients: 32, accepted: 22, deferred: 10 })
  expect(sentences).toContain('constructor has accepted the smallest part of what it was asked: 0 of 10 emails (0 %).')
  expect((await behind(mail, 'domains', '~other', 'people')).items).toHaveLength(6)
  expect((await behind(mail, 'domains', 'constructor', 'deferred')).items).toHaveLength(5)
  expect((await behind(mail, 'domains', '~total', 'accepted')).items).toHaveLength(11)
})

test('a domain is not blamed for what was cancelled or waits, and one of anything is one', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round, { state: 'cancelled' })
  for (const state of ['accepted', 'cancelled', 'cancelled', 'queued', 'held'])
    await mail.addEmail(topic, { person_id: await mail.addPerson('Reader', round), state, domain: 'big.example' })
  const { sentences } = await readSections(mail)
  expect(sentences).toEqual([
    '1 of 5 emails (20 %) was accepted and 0 rejected; of the accepted 0 (0 %) came back, 0 since the address does not exist.',
  ])
})

test('why emails did not arrive is told by class and status, with words that name nobody', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  const add = async (of: Parameters<Mail['addEmail']>[1]) =>
    mail.addEmail(topic, { person_id: await mail.addPerson('Reader', round), ...of })
  await add({ state: 'skipped', skipped_reason: 'no_address' })
  await add({
    ...{ state: 'rejected' },
    said: { enhanced_code: '5.1.1', words: '550 <Somebody@X.example>: user somebody unknown,\r\n ask admin@x.example' },
  })
  await add({ state: 'rejected', said: { enhanced_code: '5.1.1', words: 'another' } })
  await add({ state: 'rejected', said: { enhanced_code: null, words: 'no' } })
  const bounced = await add({})
  await mail.addEvent(bounced, 'bounce', { class: 'full', status: '5.2.2', words: 'over quota' })
  await mail.addEvent(bounced, 'bounce', {
    class: 'hard',
    status: '5.1.1',
    words: 'gone',
    address: 'somebody@x.example',
  })
  const { reasons } = await readSections(mail)
  expect(reasons.rows).toEqual([
    { key: 'skipped:no_address:', name: 'Skipped, no address', counts: { base: 5, emails: 1, people: 1 } },
    {
      key: 'rejected::5.1.1',
      name: 'Rejected (5.1.1): “550 <…>: user … unknown, ask …”',
      counts: { base: 4, emails: 2, people: 2 },
    },
    { key: 'rejected::550', name: 'Rejected (550): “no”', counts: { base: 4, emails: 1, people: 1 } },
    {
      key: 'bounced:hard:5.1.1',
      name: 'Bounced (5.1.1), the address does not exist: “gone”',
      counts: { base: 1, emails: 1, people: 1 },
    },
  ])
  for (const { key, counts } of reasons.rows)
    for (const column of ['base', 'emails', 'people'])
      expect((await behind(mail, 'reasons', key, column)).items).toHaveLength(counts[column] as number)
})

test('who is not mailed counts once, whatever stands against them', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  await mail.addEmail(await mail.addCampaign(round), { person_id: await mail.addPerson('Fine', round) })
  const both = await mail.addPerson('Both', round)
  await suppress(mail, both, 'unsubscribed', { scope: 'campaigns' })
  await suppress(mail, both, 'hard_bounce')
  await suppress(mail, await mail.addPerson('Hard', round), 'hard_bounce')
  await suppress(mail, await mail.addPerson('Rested', round), 'paused', { ends_at: '2016-02-01T00:00:00Z' })
  await suppress(mail, await mail.addPerson('Elsewhere'), 'complaint')
  const { suppressed, sentences } = await readSections(mail)
  expect(suppressed.rows.map(({ key, name, counts }) => [key, name, counts])).toEqual([
    ['hard_bounce:all', 'Mail to the address came back for good: every email', { base: 4, people: 2 }],
    ['unsubscribed:campaigns', 'Asked us to stop: topics and announcements', { base: 4, people: 1 }],
  ])
  expect(suppressed.total?.counts).toEqual({ base: 4, people: 2 })
  expect(sentences).toContain(
    '2 of 4 people (50 %) of the round are not mailed at present, or not everything. Most often: Mail to the address came back for good: every email (2).',
  )
  const names = async (row: string, column: string) =>
    (await behind(mail, 'suppressed', row, column)).items.map(({ given_name }) => given_name)
  expect(await names('hard_bounce:all', 'people')).toEqual(['Both', 'Hard'])
  expect(await names('total', 'people')).toEqual(['Both', 'Hard'])
  expect(await names('total', 'base')).toEqual(['Fine', 'Both', 'Hard', 'Rested'])
})

test('a domain that refuses us comes first, with its words and what waits for it', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round, { state: 'sending' })
  for (const state of ['held', 'deferred', 'accepted'])
    await mail.addEmail(topic, { person_id: await mail.addPerson('Reader', round), state, domain: 'uni.example' })
  await stop(mail, 'uni.example', '554 5.7.1 blocked, write to postmaster@uni.example')
  await stop(mail, 'elsewhere.example', 'no')
  const { stops, sentences } = await readSections(mail)
  expect(stops.rows).toEqual([
    {
      key: 'uni.example',
      name: 'uni.example, stopped since 20 February 2016: “554 5.7.1 blocked, write to …”',
      counts: { waiting: 2, people: 2 },
    },
  ])
  expect(sentences[0]).toBe(
    'uni.example refuses us: 2 emails of this round wait. Ask its postmaster why, then let it go under Settings, Sending.',
  )
  expect((await behind(mail, 'stops', 'uni.example', 'waiting')).items).toHaveLength(2)
})

test('a past day knows what was accepted, rejected and came back, and tells the rest as unknown', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round, { finished_at: '2016-02-10T20:00:00Z' })
  for (let n = 0; n < 5; n++) {
    const person_id = await mail.addPerson('Reader', round)
    const id = await mail.addEmail(topic, { person_id, accepted_at: `2016-02-1${n}T10:00:00Z` })
    await mail.addEvent(id, 'bounce', { class: 'hard', status: '5.1.1', at: `2016-02-1${n}T11:00:00Z` })
  }
  await mail.addEmail(topic, { person_id: await mail.addPerson('Reader', round), state: 'skipped' })
  const { domains, reasons, suppressed, stops } = await readSections(mail, '2016-02-12')
  expect(domains.total?.counts).toEqual({
    ...{ people: 5, recipients: 5, accepted: 3, deferred: 'unknown', rejected: 0, uncertain: 'unknown' },
    ...{ bounced_hard: 3, bounced_other: 0, complained: 0 },
  })
  expect(reasons.rows.map(({ key, counts }) => [key, counts])).toEqual([
    ['bounced:hard:5.1.1', { base: 3, emails: 3, people: 3 }],
  ])
  expect([suppressed.rows, stops.rows]).toEqual([[], []])
  expect(suppressed.empty).toContain('not for a past day')
  expect((await behind(mail, 'domains', 'x.example', 'accepted', '2016-02-12')).items).toHaveLength(3)
  await expect(behind(mail, 'domains', 'x.example', 'deferred', '2016-02-12')).rejects.toThrow(
    'not known for a past day',
  )
  await expect(behind(mail, 'stops', 'x.example', 'waiting', '2016-02-12')).rejects.toThrow('not known for a past day')
  const automatic = await mail.addCampaign(round, { kind: 'automatic', state: 'sending' })
  await mail.addEmail(automatic, { person_id: await mail.addPerson('Reader', round) })
  const now = await readSections(mail, '2016-02-12')
  expect(now.domains.total?.counts).toMatchObject({ people: 'unknown', recipients: 'unknown', accepted: 4 })
})

test('what the report does not have is refused; a row that is not there has nobody', async () => {
  const mail = await openMail()
  await mail.addRound()
  await expect(behind(mail, 'nonsense', 'x', 'people')).rejects.toThrow('no section "nonsense"')
  for (const section of ['domains', 'reasons', 'suppressed', 'stops'])
    await expect(behind(mail, section, 'x', 'toString')).rejects.toThrow('no column "toString"')
  for (const row of ["'; drop table people; --", '~total', 'x.example'])
    expect(await behind(mail, 'domains', row, 'people')).toEqual({ items: [], next: null, unnamed: 0 })
})

test('what Mailchimp sent counts as it tells of it, says so, and has its reasons', async () => {
  const mail = await openMail()
  const round = await mail.addRound()
  const topic = await mail.addCampaign(round)
  const plain = await readSections(mail)
  expect(plain.domains.note).not.toContain('Mailchimp')
  await sql`update campaigns set channel = 'mailchimp' where id = ${topic}`.execute(mail.deps.db)
  const [mailed, left] = await Promise.all([mail.addPerson('Ada', round), mail.addPerson('Ben', round)])
  const id = await mail.addEmail(topic, { person_id: mailed })
  await mail.addEmail(topic, { person_id: left, state: 'skipped', skipped_reason: 'not_in_mailchimp' })
  await mail.deps.db
    .insertInto('delivery_events')
    .values({
      delivery_id: id,
      kind: 'bounce',
      class: 'hard',
      words: 'Mailchimp: hard bounce',
      at: '2016-02-11T09:00:00Z',
    })
    .execute()
  const held = await mail.addEmail(topic, { person_id: await mail.addPerson('Cem', round), state: 'queued' })
  await sql`update deliveries set state = 'held', held_reason = 'mailchimp' where id = ${held}`.execute(mail.deps.db)
  const { rows } = await sql<{ domain: string }>`select domain from deliveries where id = ${held}`.execute(mail.deps.db)
  await stop(mail, rows[0]?.domain ?? '', 'no')
  const { domains, reasons, stops } = await readSections(mail)
  expect(stops.rows.map(({ counts }) => counts)).toEqual([expect.objectContaining({ waiting: 0 })])
  await sql`delete from deliveries where id = ${held}`.execute(mail.deps.db)
  expect(domains.note).toContain('Emails that went through Mailchimp count as it tells of them')
  expect(domains.total?.counts).toMatchObject({ recipients: 2, accepted: 1, bounced_hard: 1, rejected: 0 })
  expect(reasons.rows.map(({ name }) => name)).toEqual([
    'Skipped, not subscribed in Mailchimp, or it did not mail them',
    'Bounced, the address does not exist: “Mailchimp: hard bounce”',
  ])
})
