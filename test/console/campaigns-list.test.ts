import { expect, test } from 'vitest'
import { scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { addApplicant, addDraft, addRound } from '../features/campaigns/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'

async function openWithRound() {
  const deps = await openTestDeps()
  return { ...deps, round: await addRound(deps.db) }
}

const plan = ({ db }: TestDeps, id: number, planned_at: string) =>
  db.updateTable('campaigns').set({ planned_at }).where('id', '=', id).execute()

test('the list tells of each campaign its state, its time, its figures and what to do next', async () => {
  const deps = await openWithRound()
  for (let made = 0; made < 3; made++) await addApplicant(deps.db, deps.round)
  await addApplicant(deps.db, deps.round, { address: null })
  await plan(deps, await addDraft(deps.db, { subject: 'Topic 2' }), '2016-03-15T09:00:00Z')
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: '2016-03-03T09:00:00Z' })
  await addDraft(deps.db, { subject: '' })
  const visit = await openConsole(deps, 'communications_officer', { time_zone: 'Australia/Sydney' })
  const { body } = await visit.get('/console/campaigns')
  expect(body).toContain('Sydney (UTC+11)')
  expect(body).toContain('3 March 2016, 20:00')
  expect(body).toContain('15 March 2016, 20:00')
  // Whoever is left out is not among the recipients.
  expect(body).toContain('0 accepted of 3')
  const order = ['Topic 1', 'Topic 2', '(no subject yet)'].map((subject) => body.indexOf(`>${subject}<`))
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect(body).toContain(`href="/console/campaigns/${id}/report"`)
  expect(body).toMatch(/Review<span class="visually-hidden">: <bdi>Topic 2/)
  expect(body).toContain('New topic email')
})

test('the list is narrowed by state and kind, and says so when nothing is like that', async () => {
  const deps = await openWithRound()
  await addDraft(deps.db, { subject: 'Topic 1' })
  await addDraft(deps.db, { subject: 'News', kind: 'announcement' })
  const visit = await openConsole(deps)
  expect((await visit.get('/console/campaigns?kind=announcement')).body).not.toContain('Topic 1')
  expect((await visit.get('/console/campaigns?state=sending')).body).toContain('No campaign is like that')
  // What is no state of ours asks for nothing.
  expect((await visit.get("/console/campaigns?state=x'--&after=zzz")).body).toContain('Topic 1')
})

test('fifty campaigns a page, each once', async () => {
  const deps = await openWithRound()
  for (let made = 0; made < 53; made++) await addDraft(deps.db, { subject: `Topic ${made}.` })
  const visit = await openConsole(deps)
  const first = (await visit.get('/console/campaigns')).body
  const next = /href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
  const second = (await visit.get(next ?? '')).body
  const subjects = [...`${first}${second}`.matchAll(/dir="auto" lang="en">(Topic \d+\.)/g)].map((found) => found[1])
  expect(subjects).toHaveLength(53)
  expect(new Set(subjects).size).toBe(53)
  expect(second).not.toContain('rel="next"')
})

test('a round without campaigns, and no round at all, say what belongs here', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  expect((await visit.get('/console/campaigns')).body).toContain('No round yet')
  expect((await visit.get('/console/campaigns?view=calendar')).statusCode).toBe(200)
  await addRound(deps.db)
  expect((await visit.get('/console/campaigns')).body).toContain('No campaign yet')
})

test('a viewer sees the campaigns, and nothing to change them with', async () => {
  const deps = await openWithRound()
  const id = await addDraft(deps.db)
  const visit = await openConsole(deps, 'viewer')
  const { body } = await visit.get('/console/campaigns')
  expect(body).toContain(`/console/campaigns/${id}/report`)
  expect(body).not.toContain('New topic email')
  expect(body).not.toContain('/review')
})

test('hostile subjects are text, and keep their own direction', async () => {
  const deps = await openWithRound()
  const id = await addDraft(deps.db, { subject: '<script>alert(1)</script> \u202eمرحبا' })
  await plan(deps, id, '2016-03-15T09:00:00Z')
  const visit = await openConsole(deps)
  for (const url of ['/console/campaigns', '/console/campaigns?view=calendar&month=2016-03']) {
    const { body } = await visit.get(url)
    expect(body).toContain('&lt;script&gt;')
    expect(body).not.toContain('<script>alert')
    expect(body).toMatch(/dir="auto"[^>]*>&lt;script/)
  }
})

test('the month has whole weeks from Monday, on the clock of who looks, with the dates of the round', async () => {
  const deps = await openWithRound()
  // In Auckland it is the first of April already.
  await plan(deps, await addDraft(deps.db, { subject: 'Late topic' }), '2016-03-31T11:30:00Z')
  const visit = await openConsole(deps, 'director', { time_zone: 'Pacific/Auckland' })
  const march = (await visit.get('/console/campaigns?view=calendar&month=2016-03')).body
  expect(march).toContain('in March 2016')
  expect(march).toContain('The round starts')
  expect([...march.matchAll(/<td /g)].length % 7).toBe(0)
  expect(march).toMatch(/<tr><td class="outside"><time class="day" datetime="2016-02-29">29/)
  expect(march).toMatch(/<td class=" today" aria-current="date"><time class="day" datetime="2016-03-01"/)
  // Shown in the last week of March, which reaches into April, but not in March's own list of days.
  const april = (await visit.get('/console/campaigns?view=calendar&month=2016-04')).body
  expect(april.match(/Late topic/g)).toHaveLength(2)
  expect(march.match(/Late topic/g)).toHaveLength(1)
  expect(april).toContain('00:30 <span')
  expect(april).toContain('month&#x3D;2016-03')
  // What is no month is this one.
  expect((await visit.get('/console/campaigns?view=calendar&month=2016-13')).body).toContain('in March 2016')
})
