import { expect, test } from 'vitest'
import { countAudience, listRecipientIds } from '../../../src/features/campaigns/audience/audience-queries.ts'
import { addReviewRoutes, copyCampaign, scheduleCampaign } from '../../../src/features/campaigns/index.ts'
import { getScheduledCampaign } from '../../../src/features/campaigns/schedule/schedule-queries.ts'
import { InvalidInput } from '../../../src/lib/errors.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { statesOf } from '../../support/ledger.ts'
import { serveRoutes } from '../../support/routes.ts'
import { addApplicant, addDraft, addRound, suppress } from './round.ts'

const FRENCH = { fr: { subject: 'Thème 1', body_markdown: 'Bonjour {{participant.given_name}}' } }
const BODY = 'Hello {{participant.given_name}}'

/** A frozen campaign to five people of whom two were rejected, one skipped, one uncertain, one accepted. */
async function openWithOutcomes() {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  const people: number[] = []
  for (let made = 0; made < 4; made++) people.push(await addApplicant(deps.db, round, { state: 'confirmed' }))
  people.push(await addApplicant(deps.db, round, { state: 'confirmed', address: null }))
  const id = await addDraft(deps.db, {
    body_markdown: BODY,
    variants: FRENCH,
    fallbacks: { 'partner.given_name': 'your partner' },
    audience: { states: ['confirmed'], countries: ['KE'] },
  })
  await scheduleCampaign(deps, id, { at: 'now' })
  const states = ['rejected', 'rejected', 'uncertain', 'accepted']
  for (const [at, state] of states.entries()) await setState(deps, id, people[at] as number, state)
  await deps.db.updateTable('campaigns').set({ state: 'done' }).where('id', '=', id).execute()
  return { ...deps, round, id, people }
}

const setState = ({ db }: TestDeps, campaign: number, person: number, state: string) =>
  db
    .updateTable('deliveries')
    .set({ state })
    .where('campaign_id', '=', campaign)
    .where('person_id', '=', person)
    .execute()

const audienceOf = async ({ db }: TestDeps, id: number) => {
  const rule = await getScheduledCampaign(db, id)
  return { ids: await listRecipientIds(db, rule), ...(await countAudience(db, rule)) }
}

test('a copy keeps the text, the languages and the sender, and is a new draft that nobody has tested', async () => {
  const deps = await openWithOutcomes()
  const copy = await copyCampaign(deps, { id: deps.id, written_by: 'staff 7' })
  expect(copy).toMatchObject({
    state: 'draft',
    version: 1,
    tested_version: null,
    planned_at: null,
    subject: 'Topic 1',
    body_markdown: BODY,
    from_name: 'The programme team',
    fallbacks: { 'partner.given_name': 'your partner' },
    audience: { states: ['confirmed'], countries: ['KE'] },
  })
  expect(copy.variants).toMatchObject(FRENCH)
  expect(copy.id).not.toBe(deps.id)
})

test('a copy for the rejected reaches exactly them, and the web copy stays the first one', async () => {
  const deps = await openWithOutcomes()
  const copy = await copyCampaign(deps, { id: deps.id, states: ['rejected'], written_by: null })
  expect(copy.web_copy).toBe(false)
  expect(await audienceOf(deps, copy.id)).toEqual({ ids: deps.people.slice(0, 2), recipients: 2, skipped: {} })
  await scheduleCampaign(deps, copy.id, { at: 'now', expected_recipients: 2 })
  expect(await statesOf(deps.db, copy.id)).toEqual({ queued: 2 })
})

test('whoever may not be mailed any more is left out of the copy, each with the reason', async () => {
  const deps = await openWithOutcomes()
  const [first, second] = deps.people as [number, number]
  const copy = await copyCampaign(deps, { id: deps.id, states: ['rejected'], written_by: null })
  await suppress(deps.db, `reader${first}@library.example`, 'all', 'hard_bounce')
  await deps.db.updateTable('applications').set({ state: 'withdrawn' }).where('person_id', '=', second).execute()
  expect(await audienceOf(deps, copy.id)).toEqual({
    ids: [],
    recipients: 0,
    skipped: { hard_bounce: 1, state_changed: 1 },
  })
})

test('those who were skipped for one reason are chosen by it', async () => {
  const deps = await openWithOutcomes()
  const last = deps.people[4] as number
  const chosen = { id: deps.id, states: ['skipped'], written_by: null }
  const none = await copyCampaign(deps, { ...chosen, skipped_reasons: ['unsubscribed'] })
  expect(await audienceOf(deps, none.id)).toMatchObject({ recipients: 0, skipped: {} })
  const copy = await copyCampaign(deps, { ...chosen, skipped_reasons: ['no_address'] })
  expect(await audienceOf(deps, copy.id)).toMatchObject({ recipients: 0, skipped: { no_address: 1 } })
  await deps.db.insertInto('addresses').values({ person_id: last, address: 'found@library.example' }).execute()
  expect(await audienceOf(deps, copy.id)).toMatchObject({ ids: [last], recipients: 1 })
})

test('the uncertain are never sent to again by a copy, nor is a state that there is not', async () => {
  const deps = await openWithOutcomes()
  for (const [states, message] of [
    [['uncertain'], /Decide about them first/],
    [['rejected', 'uncertain'], /Decide about them first/],
    [['sent'], /rejected/],
    [[], /rejected/],
  ] as const) {
    const failed = await copyCampaign(deps, { id: deps.id, states: [...states], written_by: null }).catch((e) => e)
    expect(failed).toBeInstanceOf(InvalidInput)
    expect((failed as InvalidInput).faults[0]).toEqual({ field: 'states', message: expect.stringMatching(message) })
  }
  const { count } = await deps.db
    .selectFrom('campaigns')
    .select((is) => is.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  expect(count).toBe(1)
})

test('the API copies a campaign and refuses one that there is not', async () => {
  const deps = await openWithOutcomes()
  const app = await serveRoutes((app) => addReviewRoutes(app, deps))
  const post = (id: number, payload: object) => app.inject({ method: 'POST', url: `/campaigns/${id}/copy`, payload })
  const made = await post(deps.id, { states: ['rejected'] })
  expect(made.statusCode).toBe(201)
  expect(made.json().audience).toEqual({
    states: ['confirmed'],
    deliveries: { campaign: deps.id, states: ['rejected'] },
  })
  expect((await post(99_999, {})).statusCode).toBe(404)
  expect((await post(deps.id, { states: ['uncertain'] })).statusCode).toBe(422)
})
