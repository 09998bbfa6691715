import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { selectAudience } from '../../../src/features/campaigns/audience/audience-queries.ts'
import {
  addReviewRoutes,
  listAudienceChoices,
  listAudiencePeople,
  reviewAudience,
  reviewPlan,
  scheduleCampaign,
} from '../../../src/features/campaigns/index.ts'
import { getScheduledCampaign } from '../../../src/features/campaigns/schedule/schedule-queries.ts'
import { ensureSender } from '../../../src/features/deliveries/index.ts'
import type { Conflict } from '../../../src/lib/errors.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { statesOf } from '../../support/ledger.ts'
import { serveRoutes } from '../../support/routes.ts'
import { addApplicant, addDraft, addRound, suppress } from './round.ts'

async function openWithRound() {
  const deps = await openTestDeps()
  return { ...deps, round: await addRound(deps.db) }
}

async function reviewOf(deps: TestDeps, id: number) {
  const campaign = await getScheduledCampaign(deps.db, id)
  return { campaign, audience: await reviewAudience(deps.db, campaign) }
}

test('a review tells who gets it, who is left out and why, the languages and the zones', async () => {
  const deps = await openWithRound()
  const { db, round } = deps
  await addApplicant(db, round, { language: 'fr-CA', country_code: 'CA' })
  await addApplicant(db, round, { language: 'fr', country_code: 'FR' })
  for (let made = 0; made < 3; made++) await addApplicant(db, round, { country_code: 'NZ', language: 'mi' })
  await addApplicant(db, round, { country_code: 'US', time_zone: 'America/Denver' })
  await addApplicant(db, round, { address: null })
  const gone = await addApplicant(db, round)
  await suppress(db, `reader${gone}@library.example`, 'all')
  const id = await addDraft(db, { variants: { fr: { subject: 'Sujet', body_markdown: 'Bonjour' } } })
  const { campaign, audience } = await reviewOf(deps, id)
  expect(audience).toMatchObject({
    recipients: 6,
    skipped: { no_address: 1, unsubscribed: 1 },
    languages: [
      { language: 'mi', variant: 'en', people: 3 },
      { language: 'en', variant: 'en', people: 1 },
      { language: 'fr', variant: 'fr', people: 1 },
      { language: 'fr-CA', variant: 'fr', people: 1 },
    ],
    zones: [
      { zone: 'Pacific/Auckland', people: 3 },
      { zone: 'America/Denver', people: 1 },
      { zone: 'America/Toronto', people: 1 },
      { zone: 'Europe/Paris', people: 1 },
    ],
  })
  // Each figure leads to its people, a page at a time.
  const read = (skipped_reason: string | null, after = 0) =>
    listAudiencePeople(db, campaign, { skipped_reason, after, limit: 4 })
  const first = await read(null)
  const second = await read(null, first.next ?? 0)
  expect([...first.items, ...second.items].map((one) => one.person_id)).toEqual([1, 2, 3, 4, 5, 6])
  expect(second.next).toBeNull()
  expect((await read('unsubscribed')).items.map((one) => one.person_id)).toEqual([gone])
})

test('the forecast of a draft is what scheduling it then says, under limits and behind what waits', async () => {
  const deps = await openWithRound()
  await ensureSender(deps.db, '2/1m')
  for (let made = 0; made < 5; made++) await addApplicant(deps.db, deps.round)
  await scheduleCampaign(deps, await addDraft(deps.db), { at: '2016-03-03T09:00:00Z' })
  const id = await addDraft(deps.db, { subject: 'Topic 2' })
  const { campaign, audience } = await reviewOf(deps, id)
  const schedule = { at: '2016-03-03T09:01:00Z' }
  const plan = await reviewPlan(deps, { lane: campaign.lane, audience, schedule })
  // Ten in all, two a minute.
  expect(plan.last_leaves_at).toEqual(new Date('2016-03-03T09:04:00.050Z'))
  const scheduled = await scheduleCampaign(deps, id, schedule)
  expect(scheduled.last_leaves_at).toEqual(plan.last_leaves_at)
})

test('a local hour tells for each clock when it is, and the forecast waits for the last of them', async () => {
  const deps = await openWithRound()
  await addApplicant(deps.db, deps.round, { country_code: 'IN' })
  await addApplicant(deps.db, deps.round, { country_code: 'US' })
  await addApplicant(deps.db, deps.round, { country_code: 'US' })
  const { campaign, audience } = await reviewOf(deps, await addDraft(deps.db))
  const schedule = { at: '2016-03-03T00:00:00Z', local_time: '09:00' }
  const plan = await reviewPlan(deps, { lane: campaign.lane, audience, schedule })
  expect(plan.zones).toEqual([
    { zone: 'Asia/Kolkata', due_at: new Date('2016-03-03T03:30:00Z'), people: 1 },
    { zone: 'America/New_York', due_at: new Date('2016-03-03T14:00:00Z'), people: 2 },
  ])
  expect(plan.starts_at).toEqual(new Date('2016-03-03T03:30:00Z'))
  expect(plan.last_leaves_at).toEqual(new Date('2016-03-03T14:00:00.050Z'))
})

test('a hold moves the forecast, and nobody in the audience has none', async () => {
  const deps = await openWithRound()
  const empty = await reviewOf(deps, await addDraft(deps.db))
  const now = { at: 'now', hold_seconds: 120 }
  const none = await reviewPlan(deps, { lane: 'campaign', audience: empty.audience, schedule: now })
  expect(none).toMatchObject({ last_leaves_at: null, starts_at: new Date('2016-03-01T09:02:00Z') })
  await addApplicant(deps.db, deps.round)
  const { audience } = await reviewOf(deps, await addDraft(deps.db))
  const plan = await reviewPlan(deps, { lane: 'campaign', audience, schedule: now })
  expect(plan.last_leaves_at).toEqual(new Date('2016-03-01T09:02:00Z'))
})

test('the number that was told is the list and what is queued; after an import in between nothing is', async () => {
  const deps = await openWithRound()
  for (let made = 0; made < 3; made++) await addApplicant(deps.db, deps.round)
  const id = await addDraft(deps.db)
  const told = (await reviewOf(deps, id)).audience.recipients
  await addApplicant(deps.db, deps.round)
  const failed = await scheduleCampaign(deps, id, { at: 'now', expected_recipients: told }).catch((error) => error)
  expect(failed).toMatchObject({ code: 'audience_changed', message: expect.stringContaining('3 then, 4 now') })
  expect(await statesOf(deps.db, id)).toEqual({})
  const again = await reviewOf(deps, id)
  const list = await listAudiencePeople(deps.db, again.campaign, { skipped_reason: null, after: 0, limit: 50 })
  const scheduled = await scheduleCampaign(deps, id, { at: 'now', expected_recipients: again.audience.recipients })
  expect([again.audience.recipients, list.items.length, scheduled.recipients]).toEqual([4, 4, 4])
  expect(await statesOf(deps.db, id)).toEqual({ queued: 4 })
})

test('a text that was changed since it was looked at is not scheduled', async () => {
  const deps = await openWithRound()
  await addApplicant(deps.db, deps.round)
  const id = await addDraft(deps.db)
  const failed = await scheduleCampaign(deps, id, { at: 'now', expected_version: 2 }).catch((error) => error)
  expect((failed as Conflict).code).toBe('text_changed')
  expect(await statesOf(deps.db, id)).toEqual({})
})

test('what an audience can be narrowed by is counted from the round itself', async () => {
  const deps = await openWithRound()
  await addApplicant(deps.db, deps.round, { country_code: 'SE', sector: 'public', state: 'confirmed' })
  await addApplicant(deps.db, deps.round, { country_code: 'SE', pathway: 'ALIA' })
  await addApplicant(deps.db, await addRound(deps.db, '2015B'), { country_code: 'NO' })
  expect(await listAudienceChoices(deps.db, deps.round)).toEqual({
    states: { applied: 1, confirmed: 1 },
    countries: { SE: 2 },
    sectors: { public: 1 },
    pathways: { ALIA: 1, direct: 1 },
  })
})

test('the API reviews a draft as the page does', async () => {
  const deps = await openWithRound()
  await addApplicant(deps.db, deps.round)
  const id = await addDraft(deps.db)
  const app = await serveRoutes((app) => addReviewRoutes(app, deps))
  const answer = await app.inject({ url: `/campaigns/${id}/review?at=2016-03-03T09:00:00Z` })
  expect(answer.json()).toMatchObject({
    version: 1,
    audience: { recipients: 1, skipped: {} },
    plan: { last_leaves_at: '2016-03-03T09:00:00.000Z' },
    second_person: { over: null, given: false },
  })
  expect((await app.inject({ url: `/campaigns/${id}/review?at=soon` })).statusCode).toBe(422)
  expect((await app.inject({ url: '/campaigns/99999/review' })).statusCode).toBe(404)
})

test('whoever has a reason is no recipient, and whoever has none is one, whatever stands against them together', async () => {
  const deps = await openWithRound()
  const { db, round } = deps
  let made = 0
  for (const state of ['applied', 'withdrawn'])
    for (const code_of_conduct_agreed of [true, false])
      for (const stop of [undefined, 'all', 'campaigns', 'lifted', 'no address'] as const) {
        const address = stop === 'no address' ? null : `reader-${++made}@library.example`
        await addApplicant(db, round, { state, code_of_conduct_agreed, address })
        if (address === null || stop === undefined) continue
        await suppress(db, address, stop === 'campaigns' ? 'campaigns' : 'all')
        if (stop === 'lifted')
          await db.updateTable('suppressions').set({ lifted_at: new Date() }).where('address', '=', address).execute()
      }
  for (const kind of ['topic', 'confirmation'] as const) {
    const { campaign } = await reviewOf(deps, await addDraft(db, { kind, audience: { states: ['applied'] } }))
    const { rows } = await sql<{ is_recipient: boolean; skipped_reason: string | null }>`
      select is_recipient, skipped_reason from (${selectAudience(campaign)}) picked`.execute(db)
    expect(rows).toHaveLength(10)
    for (const { is_recipient, skipped_reason } of rows) expect(is_recipient).toBe(skipped_reason === null)
    // Automatic email reaches those who stopped campaigns.
    expect(rows.filter((row) => row.is_recipient)).toHaveLength(kind === 'topic' ? 2 : 3)
  }
})
