import { expect, test } from 'vitest'
import { scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { createRound, getRound } from '../../src/features/rounds/index.ts'
import { addApplicant, addDraft } from '../features/campaigns/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'

const DATES = {
  applications_open_on: '2016-01-18',
  applications_close_on: '2016-02-14',
  confirm_by: '2016-02-26',
  starts_on: '2016-03-21',
  ends_on: '2016-07-20',
}
const ROUND = { code: '2016A', name: 'Round 2016A', ...DATES }
const FORM = { name: 'Round 2016A', ...DATES, country_cap_percent: '20' }
const seenAs = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`seen_${name}`, value]))

async function openRound(): Promise<TestDeps & { round_id: number }> {
  const deps = await openTestDeps()
  const { id } = await createRound(deps, ROUND)
  return { ...deps, round_id: id }
}

test('a round is made from a form, shown, and listed beside the others', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  expect((await visit.get('/console/rounds')).body).toContain('There is no round yet')
  expect((await visit.get('/console/rounds/new')).statusCode).toBe(200)
  const made = await visit.post('/console/rounds', { code: ' 2016A ', ...FORM })
  expect([made.statusCode, made.headers.location]).toEqual([303, '/console/rounds/2016A?notice=created'])
  const page = await visit.get('/console/rounds/2016A?notice=created')
  expect(page.body).toContain('The round is there.')
  expect(page.body).toContain('Matching <span class="nowrap">(now)</span>')
  expect(page.body).toContain('21 March 2016')
  await createRound(deps, { code: '2016B', name: 'Next <b>round</b>' })
  const list = (await visit.get('/console/rounds')).body
  expect(list).toContain('Next &lt;b&gt;round&lt;/b&gt;')
  expect(list.indexOf('2016B')).toBeLessThan(list.indexOf('applications from 18 January 2016'))
})

test('what is wrong with a new round is said beside what was typed', async () => {
  const deps = await openRound()
  const visit = await openConsole(deps)
  const wrong = await visit.post('/console/rounds', { code: 'a b', ...FORM, ends_on: '2016-01-01', name: '"><script>' })
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).toContain('href="#ends_on"')
  expect(wrong.body).toContain('href="#code"')
  expect(wrong.body).toContain('value="&quot;&gt;&lt;script&gt;"')
  const cap = await visit.post('/console/rounds', { code: '2017A', ...FORM, country_cap_percent: 'many' })
  expect([cap.statusCode, cap.body]).toEqual([422, expect.stringContaining('a whole number from 1 to 100')])
  const again = await visit.post('/console/rounds', { code: '2016A', ...FORM })
  expect([again.statusCode, again.body]).toEqual([409, expect.stringContaining('There is a round 2016A already.')])
})

test('figures lead to their people, those of another round too', async () => {
  const deps = await openRound()
  for (const state of ['confirmed', 'applied', 'applied']) await addApplicant(deps.db, deps.round_id, { state })
  const other = await createRound(deps, {
    code: '2015B',
    name: 'Before',
    starts_on: '2015-09-01',
    ends_on: '2015-12-31',
  })
  await addApplicant(deps.db, other.id, { state: 'confirmed' })
  const visit = await openConsole(deps)
  const page = (await visit.get('/console/rounds/2016A')).body
  expect(page).toContain(
    '<a href="/console/participants?state&#x3D;confirmed">1</a> <span class="hint">of 3 (33.3 %)</span>',
  )
  expect((await visit.get('/console/rounds')).body).toContain('action="/console/rounds/2015B/people"')
  const looked = await visit.post('/console/rounds/2015B/people', { state: 'confirmed' })
  expect([looked.statusCode, looked.headers.location]).toEqual([303, '/console/participants?state=confirmed'])
  const viewer = await openConsole(deps, 'viewer', { app: visit.app })
  const plain = (await viewer.get('/console/rounds/2016A')).body
  expect(plain).toContain('33.3 %')
  expect(plain).not.toContain('href="/console/participants?')
  expect(plain).not.toContain('Move the start')
})

test('a country over the cap is shown with its share and its base', async () => {
  const deps = await openRound()
  for (const country_code of ['AU', 'AU', 'AU', 'KE', 'BR'])
    await addApplicant(deps.db, deps.round_id, { country_code })
  await deps.db.updateTable('rounds').set({ country_cap_percent: 40 }).execute()
  const page = (await (await openConsole(deps)).get('/console/rounds/2016A')).body
  expect(page).toContain('3 of 5 applicants (60 %), 1 more than the cap allows.')
  expect(page).not.toContain('Kenya')
})

test('campaigns stand between the dates, with their figures', async () => {
  const deps = await openRound()
  await addApplicant(deps.db, deps.round_id)
  const id = await addDraft(deps.db, { subject: 'Topic 1: Welcome', planned_at: '2016-03-22T09:00:00Z' })
  await addDraft(deps.db, { subject: 'Some day' })
  await scheduleCampaign(deps, id, { at: '2016-03-22T09:00:00Z' })
  const page = (await (await openConsole(deps)).get('/console/rounds/2016A')).body
  const order = ['The round starts', 'Topic 1: Welcome', '0 accepted of 1', 'Last day of the round', 'Some day']
  const at = order.map((words) => page.indexOf(words))
  expect(at).toEqual([...at].sort((a, b) => a - b))
  expect(at).not.toContain(-1)
})

test('an edit changes only what was typed; two who edit different fields lose nothing', async () => {
  const deps = await openRound()
  const visit = await openConsole(deps)
  const other = await openConsole(deps, 'data_officer', { app: visit.app })
  expect((await visit.get('/console/rounds/2016A/edit')).body).toContain('name="seen_ends_on" value="2016-07-20"')
  const one = await visit.post('/console/rounds/2016A/edit', { ...FORM, ...seenAs(FORM), name: 'A new name' })
  const two = await other.post('/console/rounds/2016A/edit', { ...FORM, ...seenAs(FORM), ends_on: '2016-08-01' })
  expect([one.statusCode, two.statusCode]).toEqual([303, 303])
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ name: 'A new name', ends_on: '2016-08-01' })
})

test('an edit of what somebody else has changed since is kept on the page, and saved only when said again', async () => {
  const deps = await openRound()
  const visit = await openConsole(deps)
  await visit.post('/console/rounds/2016A/edit', { ...FORM, ...seenAs(FORM), ends_on: '2016-08-01', name: 'Theirs' })
  const mine = { ...FORM, ends_on: '2016-08-15' }
  const late = await visit.post('/console/rounds/2016A/edit', { ...mine, ...seenAs(FORM) })
  expect(late.statusCode).toBe(409)
  expect(late.body).toContain('the end is now 2016-08-01')
  expect(late.body).toContain('value="2016-08-15"')
  expect(late.body).toContain('name="seen_ends_on" value="2016-08-01"')
  expect(late.body).toContain('value="Theirs"')
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ ends_on: '2016-08-01' })
  const now = { ...mine, name: 'Theirs' }
  const again = await visit.post('/console/rounds/2016A/edit', { ...now, ...seenAs({ ...now, ends_on: '2016-08-01' }) })
  expect(again.statusCode).toBe(303)
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ ends_on: '2016-08-15', name: 'Theirs' })
})

test('a fault of an edit does not make the form forget what it was opened from', async () => {
  const deps = await openRound()
  const visit = await openConsole(deps)
  await visit.post('/console/rounds/2016A/edit', { ...FORM, ...seenAs(FORM), name: 'Theirs' })
  const wrong = await visit.post('/console/rounds/2016A/edit', { ...FORM, ...seenAs(FORM), confirm_by: '2017-01-01' })
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).toContain('name="seen_name" value="Round 2016A"')
})

test('a start that is set is not edited away, whatever the form says', async () => {
  const deps = await openRound()
  const visit = await openConsole(deps)
  expect((await visit.get('/console/rounds/2016A/edit')).body).not.toContain('id="starts_on"')
  await visit.post('/console/rounds/2016A/edit', { ...FORM, ...seenAs(FORM), starts_on: '2016-04-01' })
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ starts_on: '2016-03-21' })
})

test('moving the start shows what moves, in the zone of who looks, and then moves it', async () => {
  const deps = await openRound()
  await addApplicant(deps.db, deps.round_id)
  const id = await addDraft(deps.db, { subject: 'Topic 1', planned_at: '2016-03-22T09:00:00Z' })
  const visit = await openConsole(deps, 'director', { time_zone: 'Europe/London' })
  expect((await visit.get('/console/rounds/2016A/move')).body).not.toContain('This moves')
  const look = await visit.get('/console/rounds/2016A/move?starts_on=2016-04-04')
  expect(look.body).toContain('This moves, 14 days later')
  expect(look.body).toContain('5 April 2016, 09:00')
  expect(look.body).toContain('it comes before the start')
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ starts_on: '2016-03-21' })
  const fingerprint = /name="fingerprint" value="(\w+)"/.exec(look.body)?.[1] ?? ''
  const moved = await visit.post('/console/rounds/2016A/move', { starts_on: '2016-04-04', fingerprint })
  expect([moved.statusCode, moved.headers.location]).toEqual([303, '/console/rounds/2016A?notice=moved'])
  const row = await deps.db.selectFrom('campaigns').select('planned_at').where('id', '=', id).executeTakeFirstOrThrow()
  expect(row.planned_at?.toISOString()).toBe('2016-04-05T08:00:00.000Z')
  // The button pressed twice: said, and nothing moves again.
  const twice = await visit.post('/console/rounds/2016A/move', { starts_on: '2016-04-04', fingerprint })
  expect([twice.statusCode, twice.body]).toEqual([409, expect.stringContaining('starts on 2016-04-04 already')])
  expect(await getRound(deps, { code: '2016A' })).toMatchObject({ starts_on: '2016-04-04' })
})

test('what changed since the look is shown again instead of moved', async () => {
  const deps = await openRound()
  await addApplicant(deps.db, deps.round_id)
  const visit = await openConsole(deps)
  const look = await visit.get('/console/rounds/2016A/move?starts_on=2016-04-04')
  const fingerprint = /name="fingerprint" value="(\w+)"/.exec(look.body)?.[1] ?? ''
  await addDraft(deps.db, { subject: 'A late plan', planned_at: '2016-03-25T09:00:00Z' })
  const late = await visit.post('/console/rounds/2016A/move', { starts_on: '2016-04-04', fingerprint })
  expect(late.statusCode).toBe(409)
  expect(late.body).toContain('Nothing was moved: look again.')
  expect(late.body).toContain('A late plan')
  const fresh = /name="fingerprint" value="(\w+)"/.exec(late.body)?.[1] ?? ''
  expect(
    (await visit.post('/console/rounds/2016A/move', { starts_on: '2016-04-04', fingerprint: fresh })).statusCode,
  ).toBe(303)
})

test('a day that cannot be is said beside the field', async () => {
  const deps = await openRound()
  const visit = await openConsole(deps)
  const early = await visit.get('/console/rounds/2016A/move?starts_on=2016-02-01')
  expect([early.statusCode, early.body]).toEqual([
    422,
    expect.stringContaining('cannot be before the confirmation deadline'),
  ])
  const none = await visit.get('/console/rounds/2016A/move?starts_on=next+week')
  expect([none.statusCode, none.body]).toEqual([422, expect.stringContaining('value="next week"')])
  expect((await visit.get('/console/rounds/1999Z')).statusCode).toBe(404)
})

test('who may not change rounds does not', async () => {
  const deps = await openRound()
  const visit = await openConsole(deps, 'communications_officer')
  expect((await visit.get('/console/rounds/2016A')).statusCode).toBe(200)
  for (const url of ['/console/rounds', '/console/rounds/2016A/edit', '/console/rounds/2016A/move'])
    expect((await visit.post(url, { code: '2017A', ...FORM, fingerprint: 'x' })).statusCode, url).toBe(403)
  expect((await visit.get('/console/rounds/2016A/move')).statusCode).toBe(403)
})
