import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addCampaignRoutes, addScheduleRoutes, scheduleCampaign } from '../../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../../src/features/campaigns/schema.ts'
import { updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import { ensureSender } from '../../../src/features/deliveries/index.ts'
import { type Conflict, InvalidInput } from '../../../src/lib/errors.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { statesOf } from '../../support/ledger.ts'
import { serveRoutes } from '../../support/routes.ts'
import { addApplicant, addDraft, addRound, TOPIC } from './round.ts'

async function openWithReaders(count = 3): Promise<TestDeps & { round: number }> {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  for (let made = 0; made < count; made++) await addApplicant(deps.db, round)
  return { ...deps, round }
}

const stateOf = async ({ db }: TestDeps, id: number) =>
  (await db.selectFrom('campaigns').select(['state', 'frozen_at']).where('id', '=', id).executeTakeFirstOrThrow()) as {
    state: string
    frozen_at: Date | null
  }

test('scheduling freezes the audience and says who gets it, when it starts and when the last leaves', async () => {
  const deps = await openWithReaders()
  await ensureSender(deps.db, '1/1m')
  const id = await addDraft(deps.db)
  const scheduled = await scheduleCampaign(deps, id, { at: '2016-03-03T09:00:00Z' })
  expect(scheduled).toEqual({
    state: 'scheduled',
    recipients: 3,
    skipped: {},
    starts_at: new Date('2016-03-03T09:00:00Z'),
    last_leaves_at: new Date('2016-03-03T09:02:00Z'),
  })
  expect(await statesOf(deps.db, id)).toEqual({ queued: 3 })
  expect(await stateOf(deps, id)).toEqual({ state: 'scheduled', frozen_at: deps.clock.now() })
})

test('the hold counts in the forecast: nothing leaves before it is over', async () => {
  const deps = await openWithReaders(1)
  const scheduled = await scheduleCampaign(deps, await addDraft(deps.db), { at: 'now', hold_seconds: 900 })
  expect(scheduled.starts_at).toEqual(new Date('2016-03-01T09:15:00Z'))
  expect(scheduled.last_leaves_at).toEqual(new Date('2016-03-01T09:15:00Z'))
})

test('with a local time each person is due on their own clock, and the assumed clocks are told', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  await addApplicant(deps.db, round, { country_code: 'IN' })
  await addApplicant(deps.db, round, { country_code: 'US' })
  await addApplicant(deps.db, round, { country_code: 'US', time_zone: 'America/Los_Angeles' })
  await addApplicant(deps.db, round, { country_code: 'NZ', address: null })
  const scheduled = await scheduleCampaign(deps, await addDraft(deps.db), {
    at: '2016-03-03T00:00:00Z',
    local_time: '09:00',
  })
  const rows = await deps.db.selectFrom('deliveries').select(['due_at', 'state']).orderBy('person_id').execute()
  expect(rows.slice(0, 3).map((row) => row.due_at.toISOString())).toEqual([
    '2016-03-03T03:30:00.000Z',
    '2016-03-03T14:00:00.000Z',
    '2016-03-03T17:00:00.000Z',
  ])
  // The one without an address keeps nobody waiting.
  expect(scheduled.starts_at.toISOString()).toBe('2016-03-03T03:30:00.000Z')
  expect(scheduled.places?.map(({ country_code, zone }) => `${country_code} ${zone}`).sort()).toEqual([
    'IN Asia/Kolkata',
    'US America/Los_Angeles',
    'US America/New_York',
  ])
})

test.each<[string, Partial<CampaignInput>, string, RegExp]>([
  ['an unknown merge field', { body_markdown: 'Hello {{participant.shoe_size}}' }, 'body_markdown', /shoe_size/],
  ['broken Handlebars', { body_markdown: 'Hello {{#if participant.given_name}}' }, 'body_markdown', /Line 1/],
  ['an unclosed field', { body_markdown: 'Hello\n\n{{participant.given_name' }, 'body_markdown', /Line 3/],
  ['an empty text', { body_markdown: ' ' }, 'body_markdown', /no text/],
  ['an empty subject', { subject: '' }, 'subject', /subject is empty/],
  ['an empty audience', { audience: { countries: ['SE'] } }, 'audience', /Nobody/],
  ['a field that is empty for somebody', { body_markdown: 'Ask {{partner.email}}' }, 'fallbacks', /partner.email/],
  [
    'a fault in a translation',
    { variants: { fr: { subject: 'Sujet', body_markdown: 'Bonjour {{nom}}' } } },
    'variants.fr.body_markdown',
    /nom/,
  ],
])(
  '%s keeps a campaign from being scheduled, is named, and nothing is frozen',
  async (_what, change, field, message) => {
    const deps = await openWithReaders(1)
    const id = await addDraft(deps.db, change)
    const failed = await scheduleCampaign(deps, id, { at: 'now' }).then(
      () => undefined,
      (error) => error as InvalidInput,
    )
    expect(failed).toBeInstanceOf(InvalidInput)
    expect(failed?.faults).toContainEqual({ field, message: expect.stringMatching(message) })
    expect(await stateOf(deps, id)).toEqual({ state: 'draft', frozen_at: null })
    expect(await statesOf(deps.db, id)).toEqual({})
  },
)

test('every problem is told at once, also several of one language', async () => {
  const deps = await openWithReaders(1)
  const id = await addDraft(deps.db, {
    subject: '',
    body_markdown: '{{one}}\n\n{{two}}',
    audience: { countries: ['SE'] },
  })
  const failed = await scheduleCampaign(deps, id, { at: 'now' }).catch((error) => error as InvalidInput)
  expect((failed as InvalidInput).faults.length).toBeGreaterThanOrEqual(4)
})

test('of two who schedule at once, one freezes the audience and the other is told', async () => {
  const deps = await openWithReaders(40)
  const id = await addDraft(deps.db)
  const both = await Promise.allSettled([
    scheduleCampaign(deps, id, { at: 'now' }),
    scheduleCampaign(deps, id, { at: 'now' }),
    scheduleCampaign(deps, id, { at: '2016-03-03T09:00:00Z' }),
  ])
  expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  const codes = both.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Conflict).code] : []))
  expect(codes).toEqual(['not_a_draft', 'not_a_draft'])
  expect(await statesOf(deps.db, id)).toEqual({ queued: 40 })
})

test('a change of text at the same moment is either scheduled or refused, never half', async () => {
  const deps = await openWithReaders(5)
  for (let round = 0; round < 5; round++) {
    const id = await addDraft(deps.db)
    const [scheduled, changed] = await Promise.allSettled([
      scheduleCampaign(deps, id, { at: 'now' }),
      updateCampaign(deps, { id, change: { subject: 'Changed' } }),
    ])
    expect(scheduled.status).toBe('fulfilled')
    const { version } = await deps.db
      .selectFrom('campaigns')
      .select('version')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(version).toBe(changed.status === 'fulfilled' ? 2 : 1)
    const frozen = await deps.db
      .selectFrom('deliveries')
      .select('version')
      .where('campaign_id', '=', id)
      .distinct()
      .execute()
    expect(frozen).toEqual([{ version }])
  }
})

test('an import that commits in the middle changes neither the count nor the list', async () => {
  const deps = await openWithReaders(3)
  const id = await addDraft(deps.db)
  // The first time that the forecast of the audience is asked for languages, somebody new has applied.
  let added = false
  const db = deps.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      const picked = result.rows.some((row) => 'recipients' in (row as object) || 'count' in (row as object))
      if (picked && !added) {
        added = true
        await addApplicant(deps.db, deps.round, { country_code: 'NZ', language: 'fr' })
      }
      return result
    },
  })
  const scheduled = await scheduleCampaign({ ...deps, db }, id, { at: 'now' })
  expect(added).toBe(true)
  expect(scheduled.recipients).toBe(3)
  expect(await statesOf(deps.db, id)).toEqual({ queued: 3 })
})

test('a crash while the audience is frozen leaves a draft', async () => {
  const deps = await openWithReaders(5)
  const id = await addDraft(deps.db)
  await sql`create function fail() returns trigger language plpgsql as $$ begin
    if (select count(*) from deliveries) >= 3 then raise exception 'lost'; end if; return new; end $$`.execute(deps.db)
  await sql`create trigger fail before insert on deliveries for each row execute function fail()`.execute(deps.db)
  await expect(scheduleCampaign(deps, id, { at: 'now' })).rejects.toThrow('lost')
  expect(await stateOf(deps, id)).toEqual({ state: 'draft', frozen_at: null })
  expect(await statesOf(deps.db, id)).toEqual({})
  await sql`drop trigger fail on deliveries`.execute(deps.db)
  expect((await scheduleCampaign(deps, id, { at: 'now' })).recipients).toBe(5)
})

test('the API refuses bad times and texts by field, and a body beyond reason with 413', async () => {
  const deps = await openWithReaders(1)
  const app = await serveRoutes((app) => {
    addCampaignRoutes(app, deps, { listFindings: async () => [] })
    addScheduleRoutes(app, deps)
  })
  const id = await addDraft(deps.db)
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload })
  for (const [body, field] of [
    [{ at: '2016-01-01T00:00:00Z' }, 'at'],
    [{ at: 'soon' }, 'at'],
    [{ at: 'now', local_time: '9:00' }, 'local_time'],
    [{ at: 'now', local_time: '25:00' }, 'local_time'],
    [{ at: 'now', hold_seconds: -1 }, 'hold_seconds'],
    [{ at: 'now', hold_seconds: 100_000 }, 'hold_seconds'],
    [{ at: 'now', holdSeconds: 1 }, 'holdSeconds'],
    [{}, 'at'],
  ] as const) {
    const answer = await post(`/campaigns/${id}/schedule`, body)
    expect(answer.statusCode, JSON.stringify(body)).toBe(422)
    expect(answer.json().errors[0].field).toBe(field)
  }
  expect((await post('/campaigns/99999/schedule', { at: 'now' })).statusCode).toBe(404)
  const large = await app.inject({
    method: 'PATCH',
    url: `/campaigns/${id}`,
    payload: { body_markdown: 'x'.repeat(900_000) },
  })
  expect(large.statusCode).toBe(422)
  expect(large.json().errors[0]).toEqual({
    field: 'body_markdown',
    message: expect.stringContaining('the limit is 200 KB'),
  })
  const larger = await post('/campaigns', { ...TOPIC, body_markdown: 'x'.repeat(2 * 1024 * 1024) })
  expect(larger.statusCode).toBe(413)
  expect(larger.headers['content-type']).toContain('application/problem+json')
  expect(await stateOf(deps, id)).toEqual({ state: 'draft', frozen_at: null })
  const scheduled = await post(`/campaigns/${id}/schedule`, { at: 'now' })
  expect(scheduled.statusCode).toBe(200)
  expect(scheduled.json()).toMatchObject({ recipients: 1, skipped: {}, last_leaves_at: '2016-03-01T09:00:00.000Z' })
  expect((await post(`/campaigns/${id}/schedule`, { at: 'now' })).statusCode).toBe(409)
})
