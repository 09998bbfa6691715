import { expect, test } from 'vitest'
import { followMailchimpCampaigns } from '../../../../src/features/mailchimp/campaigns/follow.ts'
import { handOverAgain, listHandedOver } from '../../../../src/features/mailchimp/campaigns/service.ts'
import { Upstream } from '../../../../src/lib/errors.ts'
import { statesOf } from '../../../support/ledger.ts'
import { addApplicant, addPartnership } from '../../campaigns/round.ts'
import { openStage, rowsOf, type Stage, scheduleThere, stateOf } from './stage.ts'

/** Work and sweeps until nothing changes any more, as time passes. */
async function goOn(stage: Stage, times = 4) {
  for (let turn = 0; turn < times; turn++) {
    stage.clock.advance(150_000)
    await stage.work()
    await followMailchimpCampaigns(stage)
  }
}

test('a campaign is handed over: one there for each language, to exactly its recipients, scheduled on a quarter of an hour', async () => {
  const stage = await openStage([{}, {}, { language: 'fr' }])
  const { id, scheduled } = await scheduleThere(stage, '2016-03-01T10:07:00Z', {
    variants: { fr: { subject: 'Sujet 1', preheader: 'Bonjour', body_markdown: 'Bonjour {{participant.given_name}}' } },
  })
  expect(scheduled.starts_at).toEqual(new Date('2016-03-01T10:15:00Z'))
  expect(scheduled.last_leaves_at).toBeNull()
  expect(stage.rung).toEqual(['run-long-work'])
  await stage.work()
  expect(await listHandedOver(stage, { campaign_id: id })).toMatchObject([
    { language: 'en', state: 'scheduled', recipients: 2, send_at: scheduled.starts_at, words: null },
    { language: 'fr', state: 'scheduled', recipients: 1, send_at: scheduled.starts_at, words: null },
  ])
  expect(stage.there.campaigns.map(({ status, settings }) => [status, settings.subject_line])).toEqual([
    ['schedule', 'Topic 1'],
    ['schedule', 'Sujet 1'],
  ])
  expect(stage.there.tags.map((tag) => tag.members.size)).toEqual([2, 1])
  expect(stage.there.campaigns[0]?.content.html).toContain('Hello <bdi>*|FNAME|*</bdi>')
  expect(await statesOf(stage.db, id)).toEqual({ held: 3 })
  expect(await stateOf(stage, id)).toBe('scheduled')
})

test('“now” is sent at once, and the campaign is under way here until Mailchimp has told of everybody', async () => {
  const stage = await openStage()
  const { id, scheduled } = await scheduleThere(stage, 'now')
  expect(scheduled.starts_at).toEqual(stage.clock.now())
  await stage.work()
  expect(stage.there.campaigns[0]?.status).toBe('sending')
  expect(await stateOf(stage, id)).toBe('sending')
  stage.there.send(stage.clock.now())
  await goOn(stage, 1)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent', sent_at: expect.any(Date) }])
  await stage.sweep()
  expect(await stateOf(stage, id)).toBe('sending')
  await stage.db.updateTable('deliveries').set({ state: 'accepted', held_reason: null }).execute()
  await stage.sweep()
  expect(await stateOf(stage, id)).toBe('done')
})

test('who is not subscribed there is left out, with the reason, and an address that changed is the one that counts', async () => {
  const stage = await openStage([{}, { address: 'old@library.example' }, { address: 'gone@library.example' }])
  const { id } = await scheduleThere(stage)
  await stage.db
    .insertInto('suppressions')
    .values({ address: 'gone@library.example', scope: 'campaigns', reason: 'unsubscribed', source: 'test' })
    .execute()
  await stage.db
    .updateTable('addresses')
    .set({ address: 'new@office.example' })
    .where('address', '=', 'old@library.example')
    .execute()
  await stage.work()
  const rows = await stage.db
    .selectFrom('deliveries')
    .select(['address', 'domain', 'state', 'skipped_reason'])
    .orderBy('id')
    .execute()
  expect(rows.slice(1)).toEqual([
    { address: 'new@office.example', domain: 'office.example', state: 'held', skipped_reason: null },
    {
      address: 'gone@library.example',
      domain: 'library.example',
      state: 'skipped',
      skipped_reason: 'not_in_mailchimp',
    },
  ])
  expect([...(stage.there.tags[0]?.members ?? [])]).toContain('new@office.example')
  expect(stage.there.tags[0]?.members.size).toBe(2)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled', recipients: 2 }])
})

test('killed after any call, and run again, there is one campaign there, whole and scheduled once', async () => {
  // As many calls as a whole hand-over of two languages makes.
  const whole = await openStage([{}, { language: 'fr' }])
  const variants = {
    fr: { subject: 'Sujet', preheader: 'Bonjour', body_markdown: 'Bonjour {{participant.given_name}}' },
  }
  await scheduleThere(whole, undefined, { variants })
  await whole.work()
  const calls = whole.there.calls.length
  expect(calls).toBeGreaterThan(10)
  for (let last = 1; last <= calls; last++) {
    const stage = await openStage([{}, { language: 'fr' }])
    const { id } = await scheduleThere(stage, undefined, { variants })
    let made = 0
    stage.there.trouble.after = () => {
      if (++made === last) throw new Error('killed')
    }
    await stage.work().catch(() => undefined)
    stage.there.trouble.after = undefined
    await goOn(stage, 2)
    const name = `killed after call ${last}, ${stage.there.calls[last - 1]}`
    expect(
      stage.there.campaigns.map((one) => one.status),
      name,
    ).toEqual(['schedule', 'schedule'])
    expect(
      stage.there.tags.map((tag) => tag.members.size),
      name,
    ).toEqual([1, 1])
    expect((await rowsOf(stage, id)).map((row) => [row.state, row.mailchimp_id]).sort(), name).toEqual(
      stage.there.campaigns.map((one) => ['scheduled', one.id]).sort(),
    )
  }
})

test('busy for a while after any call, it is handed over all the same, once', async () => {
  for (const call of ['createTag', 'listTags', 'createCampaign', 'putContent', 'readChecklist', 'scheduleCampaign']) {
    const stage = await openStage()
    const { id } = await scheduleThere(stage)
    let left = 2
    stage.there.trouble.after = (made) => {
      if (made === call && left-- > 0)
        throw new Upstream('mailchimp_unreachable', 'It did not answer.', { retryable: true })
    }
    await stage.work()
    await goOn(stage)
    expect(
      stage.there.campaigns.map((one) => one.status),
      call,
    ).toEqual(['schedule'])
    expect(await rowsOf(stage, id), call).toMatchObject([{ state: 'scheduled', words: null }])
  }
})

test('two at once hand it over once', async () => {
  const stage = await openStage()
  await scheduleThere(stage)
  stage.clock.advance(150_000)
  await Promise.all([stage.work(), followMailchimpCampaigns(stage), followMailchimpCampaigns(stage)])
  await goOn(stage, 1)
  expect(stage.there.campaigns).toHaveLength(1)
  expect(stage.there.calls.filter((call) => call === 'createCampaign')).toHaveLength(1)
})

test('a tag that Mailchimp does not show whole is waited for, and nothing is sent to fewer', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage)
  stage.there.trouble.before = (call) => {
    if (call === 'listTags') for (const tag of stage.there.tags) tag.shown = 1
  }
  await stage.work()
  await goOn(stage, 2)
  expect(stage.there.campaigns).toEqual([])
  expect(await rowsOf(stage, id)).toMatchObject([
    { state: 'making', words: expect.stringMatching(/at 1 of its contacts, and 3 are/) },
  ])
  stage.there.trouble.before = undefined
  for (const tag of stage.there.tags) tag.shown = undefined
  await goOn(stage, 1)
  expect(stage.there.campaigns).toHaveLength(1)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled', words: null }])
})

test('who was given the tag and is suppressed before it is handed over loses it again', async () => {
  const stage = await openStage([{}, { address: 'gone@library.example' }])
  const { id } = await scheduleThere(stage)
  stage.there.trouble.after = (call) => {
    if (call === 'createTag') throw new Error('killed')
  }
  await stage.work().catch(() => undefined)
  stage.there.trouble.after = undefined
  await stage.db
    .insertInto('suppressions')
    .values({ address: 'gone@library.example', scope: 'all', reason: 'hard_bounce', source: 'test' })
    .execute()
  await goOn(stage)
  expect([...(stage.there.tags[0]?.members ?? [])]).toHaveLength(1)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled', recipients: 1 }])
})

test('suppressed here between handing over and sending, they are archived there, and get nothing', async () => {
  const stage = await openStage([{}, { address: 'left@library.example' }])
  const { id, scheduled } = await scheduleThere(stage)
  await stage.work()
  const { person_id } = await stage.db
    .selectFrom('addresses')
    .select('person_id')
    .where('address', '=', 'left@library.example')
    .executeTakeFirstOrThrow()
  await stage.db
    .insertInto('suppressions')
    .values({ address: 'left@library.example', scope: 'campaigns', reason: 'unsubscribed', source: 'test' })
    .execute()
  await stage.syncPeople([person_id])
  stage.clock.set('2016-03-01T10:20:00Z')
  stage.there.send(scheduled.starts_at)
  await followMailchimpCampaigns(stage)
  expect(stage.there.campaigns[0]?.got).toHaveLength(1)
  expect(stage.there.campaigns[0]?.got).not.toContain('left@library.example')
  // What became of each is the report's to say; until then nobody's row says anything else.
  expect(await statesOf(stage.db, id)).toEqual({ held: 2 })
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent' }])
})

test('what Mailchimp does not call ready is told in its words, and handed over again once it is mended', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage)
  stage.there.checklist.push({ type: 'error', heading: 'From address', details: 'The domain is not verified' })
  await stage.work()
  expect(await rowsOf(stage, id)).toMatchObject([
    { state: 'failed', words: expect.stringContaining('From address: The domain is not verified. Mend that') },
  ])
  expect(await statesOf(stage.db, id)).toEqual({ held: 3 })
  stage.there.checklist.length = 0
  await handOverAgain(stage, { campaign_id: id })
  await stage.work()
  expect(stage.there.campaigns.map((one) => one.status)).toEqual(['schedule'])
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled', words: null }])
  await expect(handOverAgain(stage, { campaign_id: id })).rejects.toMatchObject({ code: 'nothing_to_hand_over' })
})

test('content that comes back cut off is not sent', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, 'now')
  const read = stage.there.methods.readContent
  stage.there.methods.readContent = async (one) => {
    const content = await read(one)
    return { ...content, html: content.html.slice(0, content.html.length / 2) }
  }
  await stage.work()
  expect(stage.there.campaigns.map((one) => one.status)).toEqual(['save'])
  expect(await rowsOf(stage, id)).toMatchObject([
    { state: 'failed', words: expect.stringContaining('is not what it was given') },
  ])
})

test('hours late it waits for a person, who may send it all the same', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, 'now')
  stage.clock.advance(3 * 3600_000)
  await stage.work()
  expect(stage.there.campaigns).toEqual([])
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'failed', words: expect.stringContaining('two hours late') }])
  await handOverAgain(stage, { campaign_id: id })
  await stage.work()
  expect(stage.there.campaigns.map((one) => one.status)).toEqual(['sending'])
})

test('without a key or an audience the hand-over fails with what to do, and is gone on with after', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage)
  const { mailchimp } = stage
  stage.mailchimp = undefined
  await stage.work()
  expect(await rowsOf(stage, id)).toMatchObject([
    { state: 'failed', words: expect.stringContaining('Set MAILCHIMP_API_KEY') },
  ])
  stage.mailchimp = mailchimp
  await handOverAgain(stage, { campaign_id: id })
  await stage.work()
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled' }])
})

test('of somebody in a later round the audience knows another partner: that is told, not sent', async () => {
  const stage = await openStage([{}, {}])
  const { id } = await scheduleThere(stage)
  await stage.syncPeople((await stage.db.selectFrom('people').select('id').execute()).map((row) => row.id))
  await stage.db
    .updateTable('mailchimp_members')
    .set({ fields: JSON.stringify({ round: '2016B' }) })
    .execute()
  await stage.work()
  expect(stage.there.campaigns).toEqual([])
  expect(await rowsOf(stage, id)).toMatchObject([
    { state: 'failed', words: expect.stringMatching(/^2 people are in another round/) },
  ])
})

test('with nobody subscribed nothing is made there, and the campaign ends', async () => {
  const stage = await openStage([{ address: 'gone@library.example' }])
  const { id } = await scheduleThere(stage)
  await stage.db
    .insertInto('suppressions')
    .values({ address: 'gone@library.example', scope: 'all', reason: 'complaint', source: 'test' })
    .execute()
  await stage.work()
  expect(stage.there.campaigns).toEqual([])
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'cancelled', words: expect.stringContaining('Nobody') }])
  await stage.sweep()
  expect(await stateOf(stage, id)).toBe('done')
})

test('1,162 recipients get the tag 500 at a time', async () => {
  const stage = await openStage([])
  for (let made = 0; made < 1162; made++) await addApplicant(stage.db, stage.round)
  const { id } = await scheduleThere(stage)
  await stage.work()
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled', recipients: 1162 }])
  expect(stage.there.calls.filter((call) => call === 'createTag')).toHaveLength(1)
  expect(stage.there.calls.filter((call) => call === 'changeTag')).toHaveLength(3)
})

test('the partner is asked of the audience where the text shows one', async () => {
  const stage = await openStage([{}, {}])
  const people = await stage.db.selectFrom('people').select('id').execute()
  await addPartnership(
    stage.db,
    stage.round,
    people.map((row) => row.id),
    { introduced_at: new Date('2016-02-01T00:00:00Z') },
  )
  await scheduleThere(stage)
  await stage.work()
  expect(stage.there.campaigns[0]?.content.plain_text).toContain(
    '*|IF:PARTNER|**|PARTNER|**|ELSE:|*your partner*|END:IF|*',
  )
})
