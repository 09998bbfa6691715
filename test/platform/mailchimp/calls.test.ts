import { expect, test } from 'vitest'
import type { FakeOptions } from '../../../src/platform/mailchimp/fake/index.ts'
import {
  type Mailchimp,
  type MailchimpOptions,
  memberHash,
  openMailchimp,
} from '../../../src/platform/mailchimp/index.ts'
import { testClock } from '../../support/clock.ts'
import { silentLog } from '../../support/log.ts'
import { openTestMailchimp } from '../../support/mailchimp.ts'
import { failureOf, openServer, openTestDatabase } from './server.ts'

// The fake validates each request by the vendor's own description, and ends the test with what it found.
async function openAccount(options: FakeOptions = {}, ours: MailchimpOptions = {}) {
  const fake = await openTestMailchimp(options)
  const { db } = await openTestDatabase()
  const account = { apiKey: fake.key, baseUrl: fake.baseUrl }
  const mailchimp = openMailchimp({ db, log: silentLog }, account, { wait: async () => undefined, ...ours })
  return { fake, mailchimp, list: fake.list_id }
}

async function allOf<T>(pages: AsyncGenerator<T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}

const ADA = { email_address: 'Ada@iln.example', merge_fields: { FNAME: 'Ada' } }
const BEA = { email_address: 'bea@iln.example', merge_fields: { FNAME: 'Bea' } }

test('the account, its audiences and their fields', async () => {
  const { mailchimp, list } = await openAccount({ account_name: 'ILN' })
  await mailchimp.ping()
  expect(await mailchimp.readAccount()).toMatchObject({ account_name: 'ILN' })
  expect(await mailchimp.listLists()).toEqual([{ id: list, name: 'Programme', member_count: 0 }])
  expect(await mailchimp.getList(list)).toEqual({ id: list, name: 'Programme', member_count: 0 })
  await mailchimp.createMergeField(list, { tag: 'ROUND', name: 'Round' })
  await mailchimp.createMergeField(list, { tag: 'ROUND', name: 'Round' })
  const fields = await mailchimp.listMergeFields(list)
  expect(fields.filter(({ tag }) => tag === 'ROUND')).toMatchObject([{ name: 'Round', type: 'text', required: false }])
  const error = await failureOf(mailchimp.createMergeField(list, { tag: 'ADDRESS', name: 'Where' }))
  expect(error).toMatchObject({ code: 'mailchimp_refused', retryable: false })
  expect(error.message).toContain('holds a address and no text')
})

test('contacts are added once, changed, and told apart when they are refused', async () => {
  const { fake, mailchimp, list } = await openAccount()
  fake.staffAdds('carl@iln.example', 'unsubscribed')
  fake.staffAdds('dora@iln.example', 'subscribed')
  const written = await mailchimp.addMembers(list, [
    ADA,
    BEA,
    { email_address: 'dora@iln.example', merge_fields: {} },
    { email_address: 'no address', merge_fields: {} },
  ])
  expect(written.taken).toEqual([memberHash('ada@iln.example'), memberHash('bea@iln.example')])
  expect(written.refused).toMatchObject([
    { email_address: 'dora@iln.example', code: 'exists' },
    { email_address: 'no address', code: 'refused' },
  ])
  expect(JSON.stringify(written.refused.map(({ words }) => words))).not.toContain('@iln')

  const changed = await mailchimp.changeMembers(list, [
    { ...ADA, merge_fields: { FNAME: 'Augusta' } },
    { email_address: 'carl@iln.example', merge_fields: { FNAME: 'Carl' } },
  ])
  expect(changed.taken).toHaveLength(2)
  expect(fake.member('ada@iln.example')).toMatchObject({ merge_fields: { FNAME: 'Augusta' }, status: 'subscribed' })
  expect(fake.member('carl@iln.example')?.status).toBe('unsubscribed')
})

test('an empty field that others require is no reason to refuse a contact', async () => {
  const { mailchimp, list } = await openAccount()
  const { taken } = await mailchimp.addMembers(list, [{ email_address: 'e@iln.example', merge_fields: {} }])
  expect(taken).toHaveLength(1)
})

test('more than 500 contacts or addresses in a call is a fault of the program', async () => {
  const { mailchimp, list } = await openAccount()
  const many = Array.from({ length: 501 }, (_, index) => ({ email_address: `${index}@iln.example`, merge_fields: {} }))
  const addresses = many.map(({ email_address }) => email_address)
  await expect(mailchimp.addMembers(list, many)).rejects.toThrow(RangeError)
  await expect(mailchimp.changeMembers(list, many)).rejects.toThrow(RangeError)
  await expect(mailchimp.createTag(list, 'x', addresses)).rejects.toThrow(RangeError)
  await expect(mailchimp.changeTag(list, 1, { remove: addresses })).rejects.toThrow(RangeError)
  expect(() => mailchimp.operations.addMembers(list, many)).toThrow(RangeError)
  expect(() => mailchimp.operations.changeTag(list, 1, { add: addresses })).toThrow(RangeError)
  const operation = { operation_id: '1', ...mailchimp.operations.archiveMember(list, 'abc') }
  await expect(mailchimp.submitBatch(Array.from({ length: 1001 }, () => operation))).rejects.toThrow(RangeError)
  expect(mailchimp.calls.count).toBe(0)
})

test('one contact: found, moved to another address, archived, brought back, deleted for good', async () => {
  const { fake, mailchimp, list } = await openAccount()
  const [old, fresh] = [memberHash('ada@iln.example'), memberHash('ada@new.example')]
  expect(await mailchimp.findMember(list, old)).toBeUndefined()
  await mailchimp.addMembers(list, [ADA, BEA])
  expect(await mailchimp.findMember(list, old)).toMatchObject({
    id: old,
    email_address: 'Ada@iln.example',
    status: 'subscribed',
    merge_fields: { FNAME: 'Ada' },
    tags: [],
    last_changed: expect.any(Date),
  })
  const moved = { email_address: 'ada@new.example', merge_fields: { FNAME: 'Ada' }, subscribe: false }
  expect(await mailchimp.putMember(list, old, moved)).toMatchObject({ id: fresh, status: 'subscribed' })
  const taken = await failureOf(mailchimp.putMember(list, fresh, { ...moved, email_address: 'bea@iln.example' }))
  expect(taken.code).toBe('mailchimp_refused')
  await mailchimp.archiveMember(list, fresh)
  await mailchimp.archiveMember(list, fresh)
  expect((await mailchimp.findMember(list, fresh))?.status).toBe('archived')
  expect((await mailchimp.putMember(list, fresh, { ...moved, subscribe: true })).status).toBe('subscribed')
  await mailchimp.deleteMember(list, fresh)
  await mailchimp.deleteMember(list, fresh)
  await mailchimp.archiveMember(list, fresh)
  expect(fake.member('ada@new.example')).toBeUndefined()
  const again = await mailchimp.addMembers(list, [{ email_address: 'ada@new.example', merge_fields: {} }])
  expect(again.refused).toMatchObject([{ code: 'compliance' }])
})

test('who left is not taken back', async () => {
  const { fake, mailchimp, list } = await openAccount()
  await mailchimp.addMembers(list, [BEA])
  fake.memberUnsubscribes('bea@iln.example')
  const back = mailchimp.putMember(list, memberHash('bea@iln.example'), { ...BEA, subscribe: true })
  expect((await failureOf(back)).code).toBe('mailchimp_compliance')
  expect(fake.member('bea@iln.example')?.status).toBe('unsubscribed')
})

test.each(['asked', 'always'] as const)('everybody is read, archived ones too (%s)', async (archivedListed) => {
  const { fake, mailchimp, list } = await openAccount({ archivedListed })
  for (let at = 0; at < 2300; at++) fake.staffAdds(`p${at}@iln.example`, 'subscribed')
  fake.staffAdds('left@iln.example', 'unsubscribed')
  for (let at = 0; at < 2300; at += 100) fake.staffArchives(`p${at}@iln.example`)
  const seen = new Map((await allOf(mailchimp.eachMember(list))).map((member) => [member.id, member.status]))
  expect(seen.size).toBe(2301)
  expect(seen.get(memberHash('p100@iln.example'))).toBe('archived')
  expect(seen.get(memberHash('p101@iln.example'))).toBe('subscribed')
})

test('an empty audience is read with two calls', async () => {
  const { mailchimp, list } = await openAccount()
  expect(await allOf(mailchimp.eachMember(list))).toEqual([])
  expect(mailchimp.calls.count).toBe(2)
})

test('whoever is there all the time is read while others leave and join between the pages', async () => {
  const { fake, mailchimp, list } = await openAccount()
  for (let at = 0; at < 4000; at++) fake.staffAdds(`p${at}@iln.example`, 'subscribed')
  const seen = new Set<string>()
  let pages = 0
  for await (const page of mailchimp.eachMember(list)) {
    for (const { id } of page) seen.add(id)
    // From the first ones: more than two pages share, so that a step back is needed too.
    if (pages < 3) for (let at = 0; at < 60; at++) fake.staffArchives(`p${pages * 60 + at}@iln.example`)
    fake.signsUp(`late${pages++}@iln.example`)
  }
  for (let at = 0; at < 4000; at++) expect(seen, `p${at}`).toContain(memberHash(`p${at}@iln.example`))
})

test('whoever changed since a moment, to the second', async () => {
  const clock = testClock('2026-03-01T12:00:00.900Z')
  const { fake, mailchimp, list } = await openAccount({ clock })
  fake.staffAdds('old@iln.example', 'subscribed')
  clock.advance(60_000)
  const since = clock.now()
  fake.staffAdds('new@iln.example', 'subscribed')
  const found = await allOf(mailchimp.eachMember(list, { since }))
  expect(found.map(({ email_address }) => email_address)).toEqual(['new@iln.example'])
})

test('tags are made once, filled, emptied, and found on contacts', async () => {
  const { fake, mailchimp, list } = await openAccount()
  await mailchimp.addMembers(list, [ADA, BEA])
  const tag = await mailchimp.createTag(list, '2026A confirmed', ['ada@iln.example', 'nobody@iln.example'])
  expect(tag).toMatchObject({ name: '2026A confirmed' })
  expect((await mailchimp.createTag(list, '2026A confirmed', ['bea@iln.example'])).id).toBe(tag.id)
  expect(fake.tags()).toEqual({ '2026A confirmed': ['Ada@iln.example', 'bea@iln.example'] })
  expect(await mailchimp.listTags(list)).toMatchObject([{ id: tag.id, member_count: 2 }])
  await mailchimp.changeTag(list, tag.id, { add: ['nobody@iln.example'], remove: ['ada@iln.example'] })
  expect((await mailchimp.findMember(list, memberHash('bea@iln.example')))?.tags).toEqual(['2026A confirmed'])
  expect((await mailchimp.findMember(list, memberHash('ada@iln.example')))?.tags).toEqual([])
  const before = mailchimp.calls.count
  await mailchimp.changeTag(list, tag.id, {})
  expect(mailchimp.calls.count).toBe(before)
  expect((await failureOf(mailchimp.changeTag(list, 99_999_999, { add: ['a@b.example'] }))).code).toBe(
    'mailchimp_missing',
  )
})

test('more than 50 tags of a contact are all read', async () => {
  const { fake, mailchimp, list } = await openAccount()
  const tags = Array.from({ length: 61 }, (_, index) => `tag ${index}`)
  fake.staffAdds('many@iln.example', 'subscribed', {}, tags)
  const [member] = await allOf(mailchimp.eachMember(list))
  expect(member?.tags.toSorted()).toEqual(tags.toSorted())
})

test('a batch does the same as single calls, and its results are read one by one', async () => {
  const { fake, mailchimp, list } = await openAccount()
  fake.staffAdds('carl@iln.example', 'subscribed')
  const tag = await mailchimp.createTag(list, 'x', [])
  const { operations } = mailchimp
  const batch = await mailchimp.submitBatch([
    { operation_id: 'add', ...operations.addMembers(list, [ADA, { ...ADA, email_address: 'carl@iln.example' }]) },
    {
      operation_id: 'change',
      ...operations.changeMembers(list, [{ email_address: 'carl@iln.example', merge_fields: { FNAME: 'C' } }]),
    },
    { operation_id: 'tag', ...operations.changeTag(list, tag.id, { add: ['carl@iln.example'] }) },
    { operation_id: 'archive', ...operations.archiveMember(list, memberHash('carl@iln.example')) },
    { operation_id: 'nobody', ...operations.archiveMember(list, memberHash('nobody@iln.example')) },
  ])
  await fake.batchesDone()
  const done = await mailchimp.getBatch(batch.id)
  expect(done).toMatchObject({ status: 'finished', total_operations: 5, finished_operations: 5, errored_operations: 1 })
  const results = new Map<string, { status_code: number; response: unknown }>()
  for await (const { operation_id, ...result } of mailchimp.eachResult(done)) results.set(operation_id, result)
  expect([...results].map(([id, { status_code }]) => [id, status_code])).toEqual([
    ['add', 200],
    ['change', 200],
    ['tag', 200],
    ['archive', 204],
    ['nobody', 404],
  ])
  expect(operations.readMembersWritten(results.get('add')?.response)).toMatchObject({
    taken: [memberHash('ada@iln.example')],
    refused: [{ email_address: 'carl@iln.example', code: 'exists' }],
  })
  expect(fake.member('carl@iln.example')).toMatchObject({ status: 'archived', merge_fields: { FNAME: 'C' } })
})

test('webhooks are made once and taken away', async () => {
  const { fake, mailchimp, list } = await openAccount()
  const { origin } = await openServer((response) => void response.end())
  const made = await mailchimp.createWebhook(list, `${origin}/webhooks/secret`)
  expect(await mailchimp.createWebhook(list, `${origin}/webhooks/secret`)).toEqual(made)
  expect(await mailchimp.listWebhooks(list)).toEqual([made])
  expect(fake.webhooks()).toMatchObject([{ sources: { user: true, admin: true, api: false } }])
  await mailchimp.removeWebhook(list, made.id)
  await mailchimp.removeWebhook(list, made.id)
  expect(await mailchimp.listWebhooks(list)).toEqual([])
})

async function makeCampaign(mailchimp: Mailchimp, list: string) {
  await mailchimp.addMembers(list, [ADA, BEA])
  const tag = await mailchimp.createTag(list, 'Pairpost 1 en', ['ada@iln.example', 'bea@iln.example'])
  const campaign = await mailchimp.createCampaign({
    list_id: list,
    segment_id: tag.id,
    title: 'Pairpost 1 en',
    subject_line: 'Topic of the month',
    preview_text: 'Water',
    from_name: 'ILN',
    reply_to: 'programme@iln.example',
    count_clicks: true,
    count_opens: false,
  })
  const html = '<p>Hello *|FNAME|*, <a href="https://iln.example/topic">the topic</a> *|UNSUB|* *|LIST:ADDRESS|*</p>'
  await mailchimp.putContent(campaign.id, { html, plain_text: 'Hello *|FNAME|* *|UNSUB|*' })
  return campaign
}

test('a campaign: made, filled, looked at, scheduled, taken back, deleted', async () => {
  const { mailchimp, list } = await openAccount({ clock: testClock('2026-03-01T12:00:00Z') })
  const { id, ...campaign } = await makeCampaign(mailchimp, list)
  expect(campaign).toMatchObject({ title: 'Pairpost 1 en', status: 'save', emails_sent: 0, send_time: null })
  expect((await mailchimp.readContent(id)).html).toContain('*|FNAME|*')
  expect(await mailchimp.readChecklist(id)).toMatchObject({ is_ready: true })
  expect((await mailchimp.findCampaign(list, 'Pairpost 1 en'))?.id).toBe(id)
  expect(await mailchimp.findCampaign(list, 'Pairpost 1 fr')).toBeUndefined()
  const at = new Date('2026-03-02T09:15:00Z')
  await mailchimp.scheduleCampaign(id, at)
  await mailchimp.scheduleCampaign(id, at)
  expect(await mailchimp.getCampaign(id)).toMatchObject({ status: 'schedule', send_time: at })
  const other = await failureOf(mailchimp.scheduleCampaign(id, new Date('2026-03-02T09:30:00Z')))
  expect(other.code).toBe('mailchimp_refused')
  await mailchimp.unscheduleCampaign(id)
  await mailchimp.unscheduleCampaign(id)
  await mailchimp.deleteCampaign(id)
  await mailchimp.deleteCampaign(id)
  expect((await failureOf(mailchimp.getCampaign(id))).code).toBe('mailchimp_missing')
})

test('a campaign is sent once, and its report is read', async () => {
  const { fake, mailchimp, list } = await openAccount()
  const { id } = await makeCampaign(mailchimp, list)
  fake.bounces('bea@iln.example', 'hard')
  await mailchimp.sendCampaign(id)
  fake.runCampaigns()
  await mailchimp.sendCampaign(id)
  fake.clicks(id, 'ada@iln.example', 'https://iln.example/topic', { ip: '192.0.2.7' })
  fake.memberUnsubscribes('ada@iln.example', { campaign_id: id, reason: 'abuse' })
  const hash = memberHash('ada@iln.example')
  expect(await mailchimp.readReport(id)).toMatchObject({
    emails_sent: 2,
    bounces: { hard_bounces: 1, soft_bounces: 0 },
    clicks: { unique_subscriber_clicks: 1 },
    send_time: expect.any(Date),
  })
  const sent = await allOf(mailchimp.eachSentTo(id))
  expect(sent.map(({ status }) => status).toSorted()).toEqual(['hard', 'sent'])
  const activity = await allOf(mailchimp.eachActivity(id))
  expect(activity.find(({ email_id }) => email_id === hash)?.activity).toMatchObject([
    { action: 'click', url: 'https://iln.example/topic', ip: '192.0.2.7', timestamp: expect.any(Date) },
  ])
  expect(await allOf(mailchimp.eachUnsubscribed(id))).toMatchObject([{ email_id: hash, timestamp: expect.any(Date) }])
  expect((await failureOf(mailchimp.cancelCampaign(id))).code).toBe('mailchimp_refused')
})

test('a deleted audience is told so', async () => {
  const { fake, mailchimp, list } = await openAccount()
  fake.deleteList()
  const gone = { code: 'mailchimp_missing', retryable: false }
  expect(await failureOf(mailchimp.getList(list))).toMatchObject(gone)
  expect(await failureOf(allOf(mailchimp.eachMember(list)))).toMatchObject(gone)
  expect(await failureOf(mailchimp.addMembers(list, [ADA]))).toMatchObject(gone)
})

test('a wrong key, and one of another data centre', async () => {
  const { fake } = await openAccount({ key: 'right-us1' })
  const { db } = await openTestDatabase()
  for (const apiKey of ['wrong-us1', 'right-us2']) {
    const mailchimp = openMailchimp({ db, log: silentLog }, { apiKey, baseUrl: fake.baseUrl })
    const error = await failureOf(mailchimp.ping())
    expect(error).toMatchObject({ code: 'mailchimp_key_refused', retryable: false })
    expect(error.message).not.toContain(apiKey)
    expect(mailchimp.calls.count).toBe(1)
  }
})

test.each([
  'busy',
  'forbidden',
  'html',
  'cut-before',
  'cut-after',
  'reset-before',
  'reset-after',
  'hang',
  'hang-after',
] as const)('every call that may be repeated ends well after: %s', async (fault) => {
  const { fake, mailchimp: patient, list } = await openAccount()
  const { origin } = await openServer((response) => void response.end())
  const { id } = await makeCampaign(patient, list)
  const { db } = await openTestDatabase()
  const hasty = { wait: async () => undefined, timeoutMs: fault.startsWith('hang') ? 200 : 10_000 }
  const mailchimp = openMailchimp({ db, log: silentLog }, { apiKey: fake.key, baseUrl: fake.baseUrl }, hasty)
  const hash = memberHash('bea@iln.example')
  const at = new Date(Date.now() + 86_400_000)
  at.setUTCMinutes(15, 0, 0)
  const under = async <T>(call: () => Promise<T>) => {
    fake.faults.next('*', fault)
    return await call()
  }
  await under(() => mailchimp.createMergeField(list, { tag: 'STATE', name: 'State' }))
  await under(() => mailchimp.addMembers(list, [{ email_address: 'new@iln.example', merge_fields: {} }]))
  await under(() => mailchimp.changeMembers(list, [{ ...BEA, merge_fields: { FNAME: 'B' } }]))
  const tag = await under(() => mailchimp.createTag(list, 'fresh', ['bea@iln.example']))
  await under(() => mailchimp.changeTag(list, tag.id, { add: ['ada@iln.example'], remove: ['bea@iln.example'] }))
  await under(() => mailchimp.putMember(list, hash, { ...BEA, email_address: 'bea@new.example', subscribe: false }))
  await under(() => mailchimp.archiveMember(list, memberHash('bea@new.example')))
  await under(() => mailchimp.deleteMember(list, memberHash('bea@new.example')))
  const webhook = await under(() => mailchimp.createWebhook(list, `${origin}/hook`))
  await under(() => mailchimp.removeWebhook(list, webhook.id))
  await under(() => mailchimp.scheduleCampaign(id, at))
  await under(() => mailchimp.unscheduleCampaign(id))
  await under(() => mailchimp.sendCampaign(id))
  expect(fake.faults.happened[fault]).toBe(13)
  expect(fake.mergeFields().filter((field) => field.tag === 'STATE')).toHaveLength(1)
  expect(fake.tags().fresh).toEqual(['Ada@iln.example'])
  expect(fake.member('new@iln.example')?.status).toBe('subscribed')
  expect(fake.member('bea@iln.example')).toBeUndefined()
  expect(fake.member('bea@new.example')).toBeUndefined()
  expect(fake.webhooks()).toEqual([])
  fake.runCampaigns()
  expect(fake.copies(id)).toHaveLength(1)
})
