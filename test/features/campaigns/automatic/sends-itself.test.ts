import { expect, test } from 'vitest'
import { sweepDeliveries } from '../../../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../../../src/features/campaigns/schema.ts'
import { updateCampaign } from '../../../../src/features/campaigns/writing/service.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { sendDeps } from '../../../support/ledger.ts'
import { addApplicant, addDraft, addRound } from '../round.ts'

async function openWithReminder(planned_at: string) {
  const deps = await openTestDeps()
  deps.clock.set('2016-02-10T09:00:00Z')
  const round_id = await addRound(deps.db)
  const reminder: Partial<CampaignInput> = {
    kind: 'reminder',
    audience: { states: ['applied'] },
    body_markdown: 'Answer.',
  }
  const id = await addDraft(deps.db, { ...reminder, planned_at })
  await deps.db.updateTable('campaigns').set({ sends_itself: true }).where('id', '=', id).execute()
  const { senderId } = await sendDeps(deps, 'smtp://127.0.0.1:9')
  const sweep = () => sweepDeliveries({ ...deps, senderId, countWaiting: async () => 0, ring: async () => undefined })
  const read = () =>
    deps.db.selectFrom('campaigns').select(['state', 'sends_itself']).where('id', '=', id).executeTakeFirstOrThrow()
  return { deps, round_id, id, sweep, read }
}

test('a draft that sends itself goes when its time has come, to whoever its audience picks then', async () => {
  const { deps, round_id, id, sweep, read } = await openWithReminder('2016-02-10T12:00:00Z')
  const early = await addApplicant(deps.db, round_id)
  await sweep()
  expect(await read()).toMatchObject({ state: 'draft' })
  const late = await addApplicant(deps.db, round_id)
  await deps.db.updateTable('applications').set({ state: 'confirmed' }).where('person_id', '=', early).execute()
  deps.clock.set('2016-02-10T12:00:30Z')
  await Promise.all([sweep(), sweep()])
  expect((await read()).state).toBe('sending')
  const rows = await deps.db.selectFrom('deliveries').select('person_id').where('campaign_id', '=', id).execute()
  expect(rows).toEqual([{ person_id: late }])
})

test('with nobody to remind it stays a draft, and does not try again', async () => {
  const { deps, sweep, read } = await openWithReminder('2016-02-10T12:00:00Z')
  deps.clock.set('2016-02-10T12:00:30Z')
  await sweep()
  expect(await read()).toEqual({ state: 'draft', sends_itself: false })
})

test('hours late, after an outage, it is left to a person', async () => {
  const { deps, round_id, sweep, read } = await openWithReminder('2016-02-10T12:00:00Z')
  await addApplicant(deps.db, round_id)
  deps.clock.set('2016-02-10T14:00:01Z')
  await sweep()
  expect(await read()).toEqual({ state: 'draft', sends_itself: false })
})

test('it may be moved, but not lose its time while it sends itself', async () => {
  const { deps, id } = await openWithReminder('2016-02-10T12:00:00Z')
  await expect(updateCampaign(deps, { id, change: { planned_at: null } })).rejects.toMatchObject({
    faults: [{ field: 'planned_at' }],
  })
  const moved = await updateCampaign(deps, { id, change: { planned_at: '2016-02-11T12:00:00Z' } })
  expect(moved).toMatchObject({ sends_itself: true, planned_at: new Date('2016-02-11T12:00:00Z') })
})
