import { expect, test } from 'vitest'
import {
  cancelCampaign,
  getCampaign,
  listCampaignFindings,
  previewCampaign,
  sweepDeliveries,
  updateCampaign,
} from '../../../src/features/campaigns/index.ts'
import {
  ensureConfirmationDraft,
  remindSilent,
  requestConfirmations,
} from '../../../src/features/confirmations/index.ts'
import { ensureSender } from '../../../src/features/deliveries/index.ts'
import type { TestDeps } from '../../support/deps.ts'
import { statesOf } from '../../support/ledger.ts'
import { suppress } from '../campaigns/round.ts'
import { addConfirmingRound, askEverybody, OVER, openRound, takeAll } from './asked.ts'

const DAY = 86_400_000

async function sweep(deps: TestDeps) {
  const senderId = await ensureSender(deps.db, undefined)
  await sweepDeliveries({ ...deps, senderId, countWaiting: async () => 0 })
}

const ask = (deps: TestDeps, input: Omit<Parameters<typeof requestConfirmations>[1], 'code'> = {}) =>
  requestConfirmations(deps, { code: '2016A', ...input })

test('everybody who applied is asked, and told who is left out and when the reminders go', async () => {
  const { deps, idOf } = await openRound({
    ana: {},
    ben: {},
    cho: { code_of_conduct_agreed: false },
    dan: { state: 'waitlisted' },
    eva: { state: 'declined' },
  })
  await suppress(deps.db, 'ben@library.example', 'all')
  const asked = await ask(deps)
  expect(asked).toEqual({
    ...{ campaign_id: expect.any(Number), already: false, recipients: 1 },
    skipped: { unsubscribed: 1, no_code_of_conduct: 1 },
    ...{ starts_at: deps.clock.now(), last_leaves_at: expect.any(Date) },
    reminders: [
      { campaign_id: expect.any(Number), planned_at: new Date('2016-03-08T09:00:00Z') },
      { campaign_id: expect.any(Number), planned_at: new Date('2016-03-13T09:00:00Z') },
    ],
  })
  const { text, subject } = await previewCampaign(deps, {
    ...{ campaign_id: asked.campaign_id, person_id: idOf('ana'), part: 'text' as const },
  })
  expect(subject).toBe('Can you still take part? Please reply YES or NO')
  expect(text).toContain('/p/confirm/')
  expect(text).toContain('March 15, 2016')
})

test('the drafts of the request and of a reminder stand without a problem, and can be written before', async () => {
  const { deps } = await openRound()
  const id = await ensureConfirmationDraft(deps, { code: '2016A', by: 'staff 1' })
  expect(await ensureConfirmationDraft(deps, { code: '2016A' })).toBe(id)
  expect((await listCampaignFindings(deps, id)).map(({ code }) => code)).toEqual(['not_tested'])
  await updateCampaign(deps, { id, change: { subject: 'Are you with us?' } })
  const { campaign_id, reminders } = await ask(deps)
  expect(campaign_id).toBe(id)
  for (const reminder of reminders) {
    const campaign = await getCampaign(deps, { id: reminder.campaign_id })
    expect(campaign).toMatchObject({
      ...{ kind: 'reminder', state: 'draft', sends_itself: true, planned_at: reminder.planned_at },
      audience: { states: ['applied'], asked: true },
    })
    const problems = (await listCampaignFindings(deps, reminder.campaign_id)).filter(({ level }) => level === 'problem')
    expect(problems.map(({ code }) => code)).toEqual([])
  }
})

test('a round goes on from the texts of the last one, in all of its languages', async () => {
  const { deps } = await openRound()
  const id = await ensureConfirmationDraft(deps, { code: '2016A' })
  const fr = {
    subject: 'Toujours partant ?',
    preheader: 'Oui ou non',
    body_markdown: 'Répondez OUI ou NON : {{links.confirm}}',
  }
  await updateCampaign(deps, { id, change: { subject: 'Are you with us?', variants: { fr } } })
  await ask(deps, { remind_after_days: [7] })
  await addConfirmingRound(deps, '2016B')
  const next = await getCampaign(deps, { id: await ensureConfirmationDraft(deps, { code: '2016B' }) })
  expect(next).toMatchObject({ round: '2016B', subject: 'Are you with us?', variants: { fr } })
})

test('asked again, only those who were not asked yet are; then nobody is left, and it says so', async () => {
  const round = await openRound()
  const { deps, add } = round
  const { campaign_id } = await askEverybody(round)
  await add('late')
  await add('waits', { state: 'waitlisted' })
  deps.clock.advance(3 * DAY)
  const second = await ask(deps, { remind_after_days: [] })
  expect(second.campaign_id).not.toBe(campaign_id)
  expect(second).toMatchObject({ recipients: 1, skipped: {}, reminders: [] })
  await expect(ask(deps)).rejects.toMatchObject({
    code: 'nobody_to_ask',
    message: expect.stringMatching(/^Nobody .*\.$/),
  })
})

test('where nobody can be mailed nobody is asked, and it says so', async () => {
  const { deps } = await openRound({ ana: {}, ben: { code_of_conduct_agreed: false } })
  await suppress(deps.db, 'ana@library.example', 'all')
  await expect(ask(deps)).rejects.toMatchObject({
    code: 'nobody_to_ask',
    message: expect.stringContaining('none of those who were not asked yet can be mailed'),
  })
})

test('whom the request could not reach may be asked again', async () => {
  const round = await openRound()
  const { deps } = round
  const { deliveryOf } = await askEverybody(round)
  await deps.db
    .updateTable('deliveries')
    .set({ state: 'rejected' })
    .where('id', '=', await deliveryOf('ana'))
    .execute()
  expect(await ask(deps)).toMatchObject({ recipients: 1 })
})

test('ten clicks at once, in several processes, ask everybody once', async () => {
  const { deps } = await openRound()
  const all = await Promise.allSettled(Array.from({ length: 10 }, () => ask(deps)))
  const done = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(new Set(done.map(({ campaign_id }) => campaign_id)).size).toBe(1)
  expect(done.filter(({ already }) => !already)).toHaveLength(1)
  for (const one of all) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'nobody_to_ask' })
  expect(await statesOf(deps.db, done[0]?.campaign_id as number)).toEqual({ queued: 2 })
  const campaigns = await deps.db.selectFrom('campaigns').select('kind').orderBy('id').execute()
  expect(campaigns.map(({ kind }) => kind).sort()).toEqual(['confirmation', 'reminder', 'reminder'])
})

test('a crash after the drafts were made leaves drafts: the next click sends them, and no reminder is there twice', async () => {
  const { deps } = await openRound()
  const broken = { ...deps, config: undefined as unknown as TestDeps['config'] }
  await expect(ask(broken)).rejects.toThrow()
  deps.clock.advance(DAY)
  const { reminders, recipients } = await ask(deps)
  expect(recipients).toBe(2)
  expect(reminders.map(({ planned_at }) => planned_at.toISOString())).toEqual([
    '2016-03-09T09:00:00.000Z',
    '2016-03-14T09:00:00.000Z',
  ])
  const { length } = await deps.db.selectFrom('campaigns').select('id').execute()
  expect(length).toBe(3)
})

test('a reminder after the last day is refused by name; the usual ones are then fewer', async () => {
  const { deps } = await openRound()
  await expect(ask(deps, { remind_after_days: [7, 30] })).rejects.toMatchObject({
    faults: [
      {
        field: 'remind_after_days.1',
        message: '30 days after the request is 2016-03-31, and the last day to confirm is 2016-03-15.',
      },
    ],
  })
  expect(await deps.db.selectFrom('campaigns').select('id').execute()).toEqual([])
  deps.clock.set('2016-03-06T09:00:00Z')
  expect((await ask(deps)).reminders).toMatchObject([{ planned_at: new Date('2016-03-13T09:00:00Z') }])
})

test('without a last day, or when it is over, nobody is asked', async () => {
  const { deps } = await openRound()
  await expect(ask(deps, { at: '2016-03-20T09:00:00Z' })).rejects.toMatchObject({ faults: [{ field: 'at' }] })
  await expect(ask(deps, { at: 'soon' })).rejects.toMatchObject({ faults: [{ field: 'at' }] })
  deps.clock.set(OVER)
  await expect(ask(deps)).rejects.toMatchObject({ code: 'confirmation_over' })
  await deps.db.updateTable('rounds').set({ confirm_by: null }).execute()
  await expect(ask(deps)).rejects.toMatchObject({ faults: [{ field: 'confirm_by' }] })
  await expect(requestConfirmations(deps, { code: 'none' })).rejects.toMatchObject({ code: 'not_found' })
})

test('a request that was cancelled before it left may be made once more, at another time', async () => {
  const { deps } = await openRound()
  const { campaign_id } = await ask(deps, { hold_seconds: 900 })
  await cancelCampaign(deps, campaign_id)
  const again = await ask(deps, { at: '2016-03-02T06:00:00Z', remind_after_days: [5] })
  expect(again).toMatchObject({ recipients: 2, starts_at: new Date('2016-03-02T06:00:00Z') })
  expect(again.reminders).toEqual([{ campaign_id: expect.any(Number), planned_at: new Date('2016-03-07T06:00:00Z') }])
})

test('a planned reminder goes by itself to whoever is silent then, and to nobody else', async () => {
  const round = await openRound({ ana: {}, ben: {}, cho: {} })
  const { deps, setState, add, idOf } = round
  await askEverybody(round, [7])
  await setState('ben', 'confirmed')
  await add('never-asked')
  deps.clock.advance(7 * DAY)
  await sweep(deps)
  const reminded = await deps.db
    .selectFrom('deliveries')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select('person_id')
    .where('campaigns.kind', '=', 'reminder')
    .orderBy('person_id')
    .execute()
  expect(reminded.map(({ person_id }) => person_id)).toEqual([idOf('ana'), idOf('cho')])
})

test('a later request adds no reminder near one that is planned, which reaches its people too', async () => {
  const round = await openRound()
  const { deps, add } = round
  const { campaign_id, reminders } = await ask(deps, { remind_after_days: [4, 7] })
  await takeAll(deps, campaign_id)
  deps.clock.advance(2 * DAY)
  await add('late')
  const second = await ask(deps, { remind_after_days: [4, 10] })
  expect(second.reminders.slice(0, 2)).toEqual(reminders)
  expect(second.reminders.slice(2)).toMatchObject([{ planned_at: new Date('2016-03-13T09:00:00Z') }])
})

test('the silent are reminded now, by two clicks once, and again after a day at the earliest', async () => {
  const round = await openRound()
  const { deps, setState } = round
  await expect(remindSilent(deps, { code: '2016A' })).rejects.toMatchObject({ code: 'nobody_to_remind' })
  await askEverybody(round)
  await setState('ben', 'declined')
  deps.clock.advance(2 * DAY)
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => remindSilent(deps, { code: '2016A' })))
  const done = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(done.filter(({ already }) => !already)).toMatchObject([{ recipients: 1 }])
  expect(new Set(done.map(({ campaign_id }) => campaign_id)).size).toBe(1)
  await expect(remindSilent(deps, { code: '2016A' })).rejects.toMatchObject({
    code: 'reminded_lately',
    message: expect.stringContaining('2016-03-03 at 09:00 UTC'),
  })
  deps.clock.advance(DAY)
  expect(await remindSilent(deps, { code: '2016A' })).toMatchObject({ already: false, recipients: 1 })
  deps.clock.set(OVER)
  await expect(remindSilent(deps, { code: '2016A' })).rejects.toMatchObject({ code: 'confirmation_over' })
})

test('a reminder that would go tomorrow goes now instead', async () => {
  const round = await openRound()
  const { deps } = round
  const { reminders } = await ask(deps, { remind_after_days: [7] })
  deps.clock.advance(6 * DAY)
  expect(await remindSilent(deps, { code: '2016A' })).toMatchObject({ campaign_id: reminders[0]?.campaign_id })
  deps.clock.advance(DAY)
  await sweep(deps)
  const { length } = await deps.db.selectFrom('campaigns').select('id').where('kind', '=', 'reminder').execute()
  expect(length).toBe(1)
})
