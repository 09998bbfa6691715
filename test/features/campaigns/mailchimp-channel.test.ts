import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  addScheduleRoutes,
  cancelCampaign,
  copyCampaign,
  explainDelivery,
  listCampaignFindings,
  listDecisionNeeds,
  moveRound,
  pauseCampaign,
  resumeCampaign,
  reviewAudience,
  reviewPlan,
  scheduleCampaign,
  sweepDeliveries,
} from '../../../src/features/campaigns/index.ts'
import { planMailchimpSchedule } from '../../../src/features/campaigns/schedule/schedule-rules.ts'
import { updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import { ensureSender, holdRestored, releaseHeld } from '../../../src/features/deliveries/index.ts'
import { claimDue } from '../../../src/features/deliveries/ledger-queries.ts'
import { resolveDelivery } from '../../../src/features/deliveries/resolve.ts'
import { registerWorker } from '../../../src/features/deliveries/run-queries.ts'
import { countDue } from '../../../src/features/deliveries/sweep-queries.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { statesOf } from '../../support/ledger.ts'
import { serveRoutes } from '../../support/routes.ts'
import { addApplicant, addDraft, addRound } from './round.ts'

async function openConnected(readers = 3): Promise<TestDeps & { senderId: number; worker_id: number }> {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  for (let made = 0; made < readers; made++) await addApplicant(deps.db, round)
  await deps.db
    .insertInto('mailchimp_audience')
    .values({
      ...{
        list_id: 'l1',
        list_name: 'Readers',
        account_name: 'Programme',
        states: ['applied'],
        connected_by: 'staff 1',
      },
      fields: JSON.stringify({ given_name: 'FNAME', family_name: 'LNAME', country: 'COUNTRY', partner: 'PARTNER' }),
      connected_at: deps.clock.now(),
      begun_at: deps.clock.now(),
    })
    .execute()
  const senderId = await ensureSender(deps.db, undefined)
  return { ...deps, senderId, worker_id: await registerWorker(deps.db, 'host', 1) }
}

const throughMailchimp = ({ db }: TestDeps) => addDraft(db, { channel: 'mailchimp' })
const caught = (act: Promise<unknown>) =>
  act.then(
    () => undefined,
    (error) => error,
  )
const sweep = (deps: TestDeps & { senderId: number }) => sweepDeliveries({ ...deps, countWaiting: async () => 0 })
/** What a run of ours would take of everything that is due by the end of time. */
const claim = ({ db, senderId, worker_id }: TestDeps & { senderId: number; worker_id: number }) =>
  claimDue(db, {
    ...{ worker_id, sender_id: senderId, now: new Date('2099-01-01T00:00:00Z'), count: 100 },
    ...{ lanes: ['automatic', 'campaign'], except: [] },
  })

test('topics and announcements may go through Mailchimp, and nothing that a person must get', async () => {
  const deps = await openConnected()
  const id = await throughMailchimp(deps)
  expect(await updateCampaign(deps, { id, change: {} })).toMatchObject({ channel: 'mailchimp', version: 1 })
  const error = await caught(addDraft(deps.db, { kind: 'confirmation', channel: 'mailchimp' }))
  expect(error).toMatchObject({ faults: [{ field: 'channel', message: expect.stringContaining('Only topics') }] })
  const confirmation = await addDraft(deps.db, { kind: 'confirmation' })
  const change = caught(updateCampaign(deps, { id: confirmation, change: { channel: 'mailchimp' } }))
  expect(await change).toMatchObject({ faults: [{ field: 'channel' }] })
})

test('the channel keeps the version and its test, goes with a copy, and stays once the recipients are frozen', async () => {
  const deps = await openConnected()
  const id = await addDraft(deps.db)
  await deps.db.updateTable('campaigns').set({ tested_version: 1 }).execute()
  expect(await updateCampaign(deps, { id, change: { channel: 'mailchimp' } })).toMatchObject({
    version: 1,
    tested_version: 1,
  })
  expect(await updateCampaign(deps, { id, change: { subject: 'Another' } })).toMatchObject({ channel: 'mailchimp' })
  expect(await copyCampaign(deps, { id, written_by: null })).toMatchObject({ channel: 'mailchimp' })
  await scheduleCampaign(deps, id, { at: 'now' })
  const error = await caught(updateCampaign(deps, { id, change: { channel: 'email' } }))
  expect(error).toMatchObject({ code: 'campaign_not_editable' })
})

test('without a connected audience, or with a field that it cannot fill, nothing is scheduled, and each is named', async () => {
  const deps = await openConnected()
  const id = await addDraft(deps.db, {
    channel: 'mailchimp',
    body_markdown: 'Confirm: {{links.confirm}} in {{participant.country}}',
  })
  const unfillable = await caught(scheduleCampaign(deps, id, { at: 'now' }))
  expect(unfillable).toMatchObject({
    faults: [{ field: 'body_markdown', message: expect.stringContaining('{{links.confirm}}') }],
  })
  await updateCampaign(deps, { id, change: { body_markdown: 'Hello' } })
  expect((await listCampaignFindings(deps, id)).map(({ code }) => code)).toContain('mailchimp_replies')
  await deps.db.deleteFrom('mailchimp_audience').execute()
  const unconnected = await caught(scheduleCampaign(deps, id, { at: 'now' }))
  expect(unconnected).toMatchObject({ faults: [{ field: 'channel', message: expect.stringContaining('no audience') }] })
  expect(await statesOf(deps.db, id)).toEqual({})
  expect(await deps.db.selectFrom('jobs').selectAll().execute()).toEqual([])
})

test('a subject that Mailchimp would not take with its merge tags is found before', async () => {
  const deps = await openConnected()
  const subject = `For {{partner.given_name}} and {{partner.given_name}}${' and so on'.repeat(3)}`
  const id = await addDraft(deps.db, { channel: 'mailchimp', subject })
  const error = await caught(scheduleCampaign(deps, id, { at: 'now' }))
  expect(error).toMatchObject({
    faults: [{ field: 'subject', message: expect.stringContaining('Mailchimp takes 150') }],
  })
})

test('a local time is refused, by scheduling and by the look before it', async () => {
  const deps = await openConnected()
  const id = await throughMailchimp(deps)
  const when = { at: '2016-03-05T00:00:00Z', local_time: '09:00' }
  expect(await caught(scheduleCampaign(deps, id, when))).toMatchObject({ faults: [{ field: 'local_time' }] })
  const { rows } = await sql<{ round_id: number }>`select round_id from campaigns where id = ${id}`.execute(deps.db)
  const rule = {
    id,
    version: 1,
    language: 'en',
    kind: 'topic',
    lane: 'campaign',
    audience: {},
    round_id: rows[0]?.round_id as number,
  }
  const audience = await reviewAudience(deps.db, rule)
  const review = { lane: 'campaign', channel: 'mailchimp', audience } as const
  expect(await caught(reviewPlan(deps, { ...review, schedule: when }))).toMatchObject({
    faults: [{ field: 'local_time' }],
  })
  expect(await reviewPlan(deps, { ...review, schedule: { at: '2016-03-05T09:01:00Z' } })).toMatchObject({
    ...{ starts_at: new Date('2016-03-05T09:15:00Z'), last_leaves_at: null, zones: [] },
  })
})

test('it leaves on a quarter of an hour, never early, and with time enough to hand it over; or at once', () => {
  const now = new Date('2016-03-01T09:00:00Z')
  expect(planMailchimpSchedule({ at: 'now' }, now).starts_at).toEqual(now)
  const minute = 60_000
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 * 24 * 60 * 60 }),
      fc.option(fc.integer({ min: 1, max: 86_400 })),
      (seconds, hold) => {
        const at = new Date(now.getTime() + seconds * 1000)
        const { starts_at } = planMailchimpSchedule(
          { at: at.toISOString(), ...(hold === null ? {} : { hold_seconds: hold }) },
          now,
        )
        const wished = Math.max(at.getTime(), now.getTime() + Math.max((hold ?? 0) * 1000, 5 * minute))
        expect(starts_at.getTime() % (15 * minute)).toBe(0)
        expect(starts_at.getTime() - wished).toBeGreaterThanOrEqual(0)
        expect(starts_at.getTime() - wished).toBeLessThan(15 * minute)
      },
    ),
  )
})

test('the API tells the time that it was moved to, and notes the hand-over with the schedule', async () => {
  const deps = await openConnected()
  const api = await serveRoutes((app) => addScheduleRoutes(app, deps))
  const id = await throughMailchimp(deps)
  const reply = await api.inject({
    method: 'POST',
    url: `/campaigns/${id}/schedule`,
    payload: { at: '2016-03-03T09:01:00Z' },
  })
  expect(reply.json()).toMatchObject({
    state: 'scheduled',
    recipients: 3,
    starts_at: '2016-03-03T09:15:00.000Z',
    last_leaves_at: null,
  })
  expect(reply.json()).not.toHaveProperty('hand_over')
  expect(await deps.db.selectFrom('jobs').select(['kind', 'input']).execute()).toEqual([
    { kind: 'mailchimp-hand-over', input: { campaign_id: id } },
  ])
})

test('its deliveries are held for Mailchimp from the first moment, and nothing of ours starts, ends or counts them', async () => {
  const deps = await openConnected()
  const id = await throughMailchimp(deps)
  await scheduleCampaign(deps, id, { at: 'now' })
  deps.clock.advance(5 * 3600_000)
  await sweep(deps)
  expect(await statesOf(deps.db, id)).toEqual({ held: 3 })
  expect(await deps.db.selectFrom('campaigns').select('state').execute()).toEqual([{ state: 'scheduled' }])
  expect(await listDecisionNeeds(deps.db, { since: new Date(0), rejectedSince: new Date(0), limit: 10 })).toEqual([])
})

test('a row that should never be queued would still not be ours to send', async () => {
  const deps = await openConnected()
  await scheduleCampaign(deps, await throughMailchimp(deps), { at: 'now' })
  await deps.db.updateTable('campaigns').set({ state: 'sending', started_at: deps.clock.now() }).execute()
  await deps.db.updateTable('deliveries').set({ state: 'queued', held_reason: null }).execute()
  expect(await claim(deps)).toEqual([])
  expect(await countDue(deps.db, { lanes: ['campaign'], now: new Date('2099-01-01'), most: 10 })).toBe(0)
})

test('pausing, resuming and deciding about one are refused with a sentence', async () => {
  const deps = await openConnected()
  const id = await throughMailchimp(deps)
  await scheduleCampaign(deps, id, { at: 'now' })
  const refused = { code: 'through_mailchimp', message: expect.stringContaining('Mailchimp') }
  expect(await caught(pauseCampaign(deps, id))).toMatchObject(refused)
  expect(await caught(resumeCampaign(deps, id))).toMatchObject(refused)
  const delivery = await deps.db.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
  for (const as of ['accepted', 'resend'] as const)
    expect(await caught(resolveDelivery(deps.db, { id: delivery.id, as, now: deps.clock.now() }))).toMatchObject(
      refused,
    )
})

test('whatever is tried with it, in whatever order, no run of ours ever gets one of its deliveries', async () => {
  const deps = await openConnected(1)
  const id = await throughMailchimp(deps)
  await scheduleCampaign(deps, id, { at: 'now' })
  const { id: delivery } = await deps.db.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
  const now = () => deps.clock.now()
  const tries: (() => Promise<unknown>)[] = [
    () => pauseCampaign(deps, id),
    () => resumeCampaign(deps, id),
    () => cancelCampaign(deps, id),
    () => updateCampaign(deps, { id, change: { channel: 'email' } }),
    () => scheduleCampaign(deps, id, { at: 'now' }),
    () => resolveDelivery(deps.db, { id: delivery, as: 'resend', now: now() }),
    () => releaseHeld(deps.db, id, now()),
    () => holdRestored(deps.db),
    () => sweep(deps),
    () => moveRound(deps, { code: '2016A', starts_on: '2016-03-08' }),
    () => deps.db.updateTable('campaigns').set({ state: 'sending' }).where('state', '=', 'scheduled').execute(),
    async () => deps.clock.advance(3 * 3600_000),
    async () => {
      const copy = await copyCampaign(deps, { id, states: ['held', 'cancelled', 'accepted'], written_by: null })
      await updateCampaign(deps, { id: copy.id, change: { channel: 'email' } })
      await scheduleCampaign(deps, copy.id, { at: 'now' })
    },
  ]
  let seed = 7
  for (let turn = 0; turn < 80; turn++) {
    seed = (seed * 48_271) % 2_147_483_647
    await tries[seed % tries.length]?.().catch(() => undefined)
    expect(await claim(deps), `turn ${turn}`).toEqual([])
  }
  expect(await statesOf(deps.db, id)).toEqual({ held: 1 })
})

test('the round does not move while Mailchimp has one of its campaigns', async () => {
  const deps = await openConnected()
  const id = await throughMailchimp(deps)
  await scheduleCampaign(deps, id, { at: '2016-03-10T09:00:00Z' })
  deps.clock.set('2016-02-20T09:00:00Z')
  const error = await caught(moveRound(deps, { code: '2016A', starts_on: '2016-03-08' }))
  expect(error).toMatchObject({
    faults: [{ field: 'starts_on', message: expect.stringContaining('“Topic 1” is handed over to Mailchimp') }],
  })
})

test('cancelled, nothing of it is called so before it was taken back; a draft is as ever', async () => {
  const deps = await openConnected()
  const id = await throughMailchimp(deps)
  await scheduleCampaign(deps, id, { at: '2016-03-10T09:00:00Z' })
  expect(await cancelCampaign(deps, id)).toMatchObject({ state: 'cancelled', counts: { held: 3, cancelled: 0 } })
  await sweep(deps)
  expect(await statesOf(deps.db, id)).toEqual({ held: 3 })
  await cancelCampaign(deps, await throughMailchimp(deps))
  const jobs = await deps.db.selectFrom('jobs').select('kind').orderBy('id').execute()
  expect(jobs.map(({ kind }) => kind)).toEqual(['mailchimp-hand-over', 'mailchimp-take-back'])
})

test('“send to these only” never picks who Mailchimp has, and may pick who it never had', async () => {
  const deps = await openConnected()
  const id = await throughMailchimp(deps)
  await scheduleCampaign(deps, id, { at: 'now' })
  const [first] = await deps.db.selectFrom('deliveries').select('id').orderBy('id').execute()
  await deps.db
    .updateTable('deliveries')
    .set({ state: 'skipped', skipped_reason: 'not_in_mailchimp', held_reason: null })
    .where('id', '=', first?.id as number)
    .execute()
  const copy = await copyCampaign(deps, { id, states: ['held', 'skipped'], written_by: null })
  await updateCampaign(deps, { id: copy.id, change: { channel: 'email' } })
  expect(await scheduleCampaign(deps, copy.id, { at: 'now' })).toMatchObject({ recipients: 1 })
})

test('why did they (not) get it is answered in words', async () => {
  const deps = await openConnected()
  const id = await throughMailchimp(deps)
  await scheduleCampaign(deps, id, { at: '2016-03-10T09:00:00Z' })
  const [person] = await deps.db.selectFrom('people').select('id').orderBy('id').execute()
  const why = async () =>
    (await explainDelivery(deps.db, { person_id: person?.id as number, campaign_id: id })).sentence
  expect(await why()).toBe('It goes through Mailchimp, at 2016-03-10 09:00 UTC.')
  const handed = { campaign_id: id, language: 'en', title: 'Pairpost 1 en' }
  await deps.db
    .insertInto('mailchimp_campaigns')
    .values({ ...handed, state: 'failed', words: 'No content.' })
    .execute()
  expect(await why()).toBe('Mailchimp does not send it as things are: No content.')
  const later = { state: 'scheduled', send_at: new Date('2016-03-11T09:00:00Z') }
  await deps.db.updateTable('mailchimp_campaigns').set(later).execute()
  expect(await why()).toBe('It goes through Mailchimp, at 2016-03-11 09:00 UTC.')
  await cancelCampaign(deps, id)
  expect(await why()).toContain('being taken back from Mailchimp')
  await deps.db
    .updateTable('deliveries')
    .set({ state: 'skipped', skipped_reason: 'not_in_mailchimp', held_reason: null })
    .execute()
  expect(await why()).toContain('not subscribed in the Mailchimp audience')
  await deps.db
    .updateTable('deliveries')
    .set({ state: 'accepted', skipped_reason: null, accepted_at: deps.clock.now() })
    .execute()
  expect(await why()).toBe('Sent by Mailchimp at 2016-03-01 09:00 UTC.')
})
