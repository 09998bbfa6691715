import { expect, test } from 'vitest'
import { cancelCampaign } from '../../../../src/features/campaigns/index.ts'
import { lookAtCampaign } from '../../../../src/features/mailchimp/back/event-queries.ts'
import { followMailchimpCampaigns } from '../../../../src/features/mailchimp/campaigns/follow.ts'
import { handOverAgain } from '../../../../src/features/mailchimp/campaigns/service.ts'
import { Upstream } from '../../../../src/lib/errors.ts'
import { statesOf } from '../../../support/ledger.ts'
import { openStage, rowsOf, scheduleThere, stateOf } from './stage.ts'

test('what is scheduled there is followed until it is sent, and not asked about every moment', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, '2016-03-05T10:00:00Z')
  await stage.work()
  const before = stage.there.calls.length
  for (let turn = 0; turn < 10; turn++) {
    stage.clock.advance(30_000)
    await followMailchimpCampaigns(stage)
  }
  expect(stage.there.calls.length).toBe(before)
  stage.clock.set('2016-03-05T10:00:00Z')
  Object.assign(stage.there.campaigns[0] as object, { status: 'sending' })
  await followMailchimpCampaigns(stage)
  expect(await stateOf(stage, id)).toBe('sending')
  stage.there.send(stage.clock.now())
  stage.clock.advance(60_000)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent', sent_at: new Date('2016-03-05T10:00:00Z') }])
})

test('Mailchimp tells that it was sent: it is looked at now', async () => {
  const stage = await openStage()
  const { id, scheduled } = await scheduleThere(stage)
  await stage.work()
  stage.there.send(scheduled.starts_at)
  expect(await lookAtCampaign(stage.db, stage.there.campaigns[0]?.id as string, stage.clock.now())).toBe(true)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent' }])
})

test('unscheduled or deleted there, it waits for a person here', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, '2016-03-05T10:00:00Z')
  await stage.work()
  Object.assign(stage.there.campaigns[0] as object, { status: 'save' })
  stage.clock.advance(3600_000)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([
    { state: 'failed', words: expect.stringContaining('unscheduled in Mailchimp') },
  ])
  await handOverAgain(stage, { campaign_id: id })
  await stage.work()
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled' }])
  stage.there.campaigns.length = 0
  stage.clock.advance(3600_000)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([
    { state: 'failed', words: expect.stringContaining('deleted in Mailchimp') },
  ])
  await handOverAgain(stage, { campaign_id: id })
  await stage.work()
  expect(stage.there.campaigns.map((one) => one.status)).toEqual(['schedule'])
})

test('mended and sent there by hand, a failed one is found to be sent', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage)
  stage.there.checklist.push({ type: 'error', heading: 'Subject', details: 'Too long' })
  await stage.work()
  Object.assign(stage.there.campaigns[0] as object, { status: 'sending' })
  stage.there.send(stage.clock.now())
  stage.clock.advance(3600_000)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent', words: null }])
  expect(stage.there.campaigns).toHaveLength(1)
})

test('a hand-over whose work was lost before it began is begun by the sweep', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, '2016-03-05T10:00:00Z')
  await stage.db.deleteFrom('jobs').execute()
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toEqual([])
  stage.clock.advance(150_000)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled' }])
})

test('cancelled while it waits there, it is deleted there, and then cancelled here', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage)
  await stage.work()
  const { state, counts } = await cancelCampaign(stage, id)
  expect({ state, held: counts.held, cancelled: counts.cancelled }).toEqual({
    state: 'cancelled',
    held: 3,
    cancelled: 0,
  })
  await stage.work()
  expect(stage.there.campaigns).toEqual([])
  expect(await statesOf(stage.db, id)).toEqual({ cancelled: 3 })
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'cancelled' }])
})

test('cancelled before it was handed over, it never is', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage)
  await cancelCampaign(stage, id)
  await stage.work()
  expect(stage.there.calls).toEqual([])
  expect(await statesOf(stage.db, id)).toEqual({ cancelled: 3 })
})

test('cancelled at any step of its hand-over, it is taken back whole', async () => {
  for (const call of ['createTag', 'changeTag', 'createCampaign', 'putContent', 'readChecklist', 'scheduleCampaign']) {
    const stage = await openStage()
    const { id } = await scheduleThere(stage)
    let pending: Promise<unknown> | undefined
    const own = stage.there.methods[call as 'createTag'].bind(stage.there.methods)
    stage.there.methods[call as 'createTag'] = async (...args) => {
      pending ??= cancelCampaign(stage, id)
      await pending
      return own(...args)
    }
    await stage.work()
    await stage.work()
    await followMailchimpCampaigns(stage)
    expect(stage.there.campaigns, call).toEqual([])
    expect(await statesOf(stage.db, id), call).toEqual({ cancelled: 3 })
  }
})

test('what is being sent and cannot be stopped is not called cancelled: its report tells', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, 'now')
  await stage.work()
  await cancelCampaign(stage, id)
  await stage.work()
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sending' }])
  expect(await statesOf(stage.db, id)).toEqual({ held: 3 })
  stage.there.send(stage.clock.now())
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent' }])
  expect(await statesOf(stage.db, id)).toEqual({ held: 3 })
  await stage.sweep()
  expect(await stateOf(stage, id)).toBe('cancelled')
})

test('stopped midway, it counts as sent as far as it was', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, 'now')
  await stage.work()
  stage.there.methods.cancelCampaign = async () => {
    Object.assign(stage.there.campaigns[0] as object, { status: 'canceled' })
  }
  await cancelCampaign(stage, id)
  await stage.work()
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent', words: expect.stringContaining('stopped there') }])
  expect(await statesOf(stage.db, id)).toEqual({ held: 3 })
})

test('while Mailchimp is away nothing is called cancelled, and every sweep tries again', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, '2016-03-05T10:00:00Z')
  await stage.work()
  await cancelCampaign(stage, id)
  stage.there.trouble.before = () => {
    throw new Upstream('mailchimp_unreachable', 'It did not answer.', { retryable: true })
  }
  await stage.work().catch(() => undefined)
  await followMailchimpCampaigns(stage)
  expect(await statesOf(stage.db, id)).toEqual({ held: 3 })
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'scheduled', words: 'It did not answer.' }])
  stage.there.trouble.before = undefined
  await followMailchimpCampaigns(stage)
  expect(await statesOf(stage.db, id)).toEqual({ cancelled: 3 })
  expect(stage.there.campaigns).toEqual([])
})

test('killed after any call of taking it back, the sweep ends it', async () => {
  for (let last = 1; last <= 4; last++) {
    const stage = await openStage()
    const { id } = await scheduleThere(stage)
    await stage.work()
    await cancelCampaign(stage, id)
    let made = 0
    stage.there.trouble.after = () => {
      if (++made === last) throw new Error('killed')
    }
    await stage.work().catch(() => undefined)
    stage.there.trouble.after = undefined
    await followMailchimpCampaigns(stage)
    expect(stage.there.campaigns, `call ${last}`).toEqual([])
    expect(await statesOf(stage.db, id), `call ${last}`).toEqual({ cancelled: 3 })
  }
})

test('deleted there while it was sent, it is neither sent again nor called cancelled', async () => {
  for (const isCancelled of [false, true]) {
    const stage = await openStage()
    const { id } = await scheduleThere(stage, 'now')
    await stage.work()
    if (isCancelled) await cancelCampaign(stage, id)
    stage.there.campaigns.length = 0
    stage.clock.advance(60_000)
    await followMailchimpCampaigns(stage)
    expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent', words: expect.stringContaining('not known') }])
    expect(await statesOf(stage.db, id)).toEqual({ held: 3 })
    await expect(handOverAgain(stage, { campaign_id: id })).rejects.toMatchObject({ code: 'nothing_to_hand_over' })
  }
})

test('sent a moment ago and still seen as a draft, it is looked at again', async () => {
  const stage = await openStage()
  const { id } = await scheduleThere(stage, 'now')
  await stage.work()
  const [campaign] = stage.there.campaigns
  Object.assign(campaign as object, { status: 'save' })
  stage.clock.advance(60_000)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sending' }])
  Object.assign(campaign as object, { status: 'sending' })
  stage.there.send(stage.clock.now())
  stage.clock.advance(60_000)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, id)).toMatchObject([{ state: 'sent' }])
})

test('one that cannot be followed holds up none of the others', async () => {
  const stage = await openStage()
  const first = await scheduleThere(stage, 'now')
  const second = await scheduleThere(stage, 'now')
  await stage.work()
  stage.there.send(stage.clock.now())
  const broken = stage.there.campaigns[0]?.id
  const own = stage.there.methods.getCampaign
  stage.there.methods.getCampaign = async (id) => {
    if (id === broken) throw new Error('unexpected')
    return own(id)
  }
  stage.clock.advance(60_000)
  await followMailchimpCampaigns(stage)
  expect(await rowsOf(stage, first.id)).toMatchObject([{ state: 'sending' }])
  expect(await rowsOf(stage, second.id)).toMatchObject([{ state: 'sent' }])
})

test('what Mailchimp does not let go says why, and holds up none of the other languages', async () => {
  const stage = await openStage([{}, { language: 'fr' }])
  const { id } = await scheduleThere(stage, '2016-03-05T10:00:00Z', {
    variants: { fr: { subject: 'Sujet 1', preheader: 'Bonjour', body_markdown: 'Bonjour {{participant.given_name}}' } },
  })
  await stage.work()
  const [first] = stage.there.campaigns
  const own = stage.there.methods.unscheduleCampaign
  stage.there.methods.unscheduleCampaign = async (one) => {
    if (one === first?.id) throw new Upstream('mailchimp_refused', 'Your plan has no such thing.', { retryable: false })
    return own(one)
  }
  await cancelCampaign(stage, id)
  await stage.work().catch(() => undefined)
  expect(await rowsOf(stage, id)).toMatchObject([
    { language: 'en', state: 'scheduled', words: 'Your plan has no such thing.' },
    { language: 'fr', state: 'cancelled', words: null },
  ])
  await followMailchimpCampaigns(stage)
  expect(stage.there.campaigns.map((one) => one.id)).toEqual([first?.id])
  expect(await statesOf(stage.db, id)).toEqual({ held: 1, cancelled: 1 })
  stage.there.methods.unscheduleCampaign = own
  await followMailchimpCampaigns(stage)
  expect(await statesOf(stage.db, id)).toEqual({ cancelled: 2 })
})
