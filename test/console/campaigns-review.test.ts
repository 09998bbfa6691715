import { expect, test } from 'vitest'
import { scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { createCampaign, updateCampaign } from '../../src/features/campaigns/writing/service.ts'
import { addApplicant, addDraft, addRound, suppress, TOPIC } from '../features/campaigns/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { statesOf } from '../support/ledger.ts'

/** A prepared topic email for three people, planned for 3 March. */
async function openPrepared(change: object = {}) {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  for (let made = 0; made < 3; made++) await addApplicant(deps.db, round, { country_code: 'NZ' })
  const id = await addDraft(deps.db, { planned_at: '2016-03-03T09:00:00Z', ...change })
  return { ...deps, round, id, own: `/console/campaigns/${id}` }
}

/** The button of the page and what it carries, as a browser would post it. */
function buttonOf(html: string): { text: string; fields: Record<string, string> } {
  const text = /<button class="button primary" id="schedule">([^<]+)</.exec(html)?.[1] ?? ''
  const hidden = [...html.matchAll(/<input type="hidden" name="(expected|version|said)" value="([^"]*)"/g)]
  const chosen = /name="when" value="(\w+)" checked/.exec(html)?.[1] ?? ''
  const field = (name: string) => new RegExp(`name="${name}" type="\\w+" value="([^"]*)"`).exec(html)?.[1] ?? ''
  const fields = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]))
  return { text, fields: { when: chosen, day: field('day'), time: field('time'), ...fields } }
}

const campaignOf = ({ db }: TestDeps, id: number) =>
  db
    .selectFrom('campaigns')
    .select(['state', 'send_at', 'local_time', 'hold_until', 'audience'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

test('one press schedules what the button says, at the planned time, and leads to the report', async () => {
  const deps = await openPrepared()
  const visit = await openConsole(deps, 'communications_officer')
  const page = await visit.get(`${deps.own}/review`)
  const button = buttonOf(page.body)
  expect(button.text).toBe('Schedule for 3 people on 3 March, 09:00 UTC')
  const pressed = await visit.post(`${deps.own}/schedule`, button.fields)
  expect([pressed.statusCode, pressed.headers.location]).toEqual([303, `${deps.own}/report?notice=scheduled`])
  expect(await campaignOf(deps, deps.id)).toMatchObject({
    state: 'scheduled',
    send_at: new Date('2016-03-03T09:00:00Z'),
  })
  expect(await statesOf(deps.db, deps.id)).toEqual({ queued: 3 })
})

test('the page tells who is left out and why, the languages, and the time on every clock that matters', async () => {
  const deps = await openPrepared()
  await addApplicant(deps.db, deps.round, { address: null })
  const gone = await addApplicant(deps.db, deps.round)
  await suppress(deps.db, `reader${gone}@library.example`, 'campaigns')
  await addApplicant(deps.db, deps.round, { country_code: 'FR', language: 'fr' })
  const visit = await openConsole(deps, 'director', { time_zone: 'Australia/Sydney' })
  const { body } = await visit.get(`${deps.own}/review`)
  expect(body).toContain('<strong>4 people</strong>')
  expect(body).toContain('1 person has no address')
  expect(body).toContain('1 person asked us to stop these emails')
  expect(body).toContain('French: 1 <span class="muted">(who get the text in English)')
  for (const clock of ['Sydney (UTC+11)', 'UTC', 'Auckland (UTC+13)', 'Paris (UTC+1)']) expect(body).toContain(clock)
  expect(body).toContain('3 March 2016, 20:00')
  expect(body).toContain('3 March 2016, 22:00')
  expect(body).toContain('for 3 people')
  expect(buttonOf(body).text).toBe('Schedule for 4 people on 3 March, 20:00 Sydney (UTC+11)')
  // Each figure leads to its people.
  const left = await visit.get(`${deps.own}/audience/people?reason=unsubscribed`)
  expect(left.body).toContain(`reader${gone}@library.example`)
  expect(left.body).toContain('They asked us to stop these emails.')
  expect((await visit.get(`${deps.own}/audience/people`)).body).toContain('4 people.')
})

test('the number on the button is the people on the pages of the list, each once, and they are who is queued', async () => {
  const deps = await openPrepared()
  for (let made = 0; made < 55; made++) {
    const id = await addApplicant(deps.db, deps.round)
    if (made % 6 === 0) await suppress(deps.db, `reader${id}@library.example`, 'campaigns')
  }
  const visit = await openConsole(deps)
  const button = buttonOf((await visit.get(`${deps.own}/review`)).body)
  const listed: number[] = []
  for (let query: string | undefined = ''; query !== undefined; ) {
    const { body } = await visit.get(`${deps.own}/audience/people${query}`)
    listed.push(...[...body.matchAll(/\/console\/participants\/(\d+)"/g)].map(([, id]) => Number(id)))
    query = /href="(\?[^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
  }
  expect(button.text).toContain(`Schedule for ${listed.length} people`)
  expect(listed).toHaveLength(3 + 55 - 10)
  expect((await visit.post(`${deps.own}/schedule`, button.fields)).statusCode).toBe(303)
  const queued = await deps.db
    .selectFrom('deliveries')
    .select('person_id')
    .where('campaign_id', '=', deps.id)
    .where('state', '=', 'queued')
    .execute()
  expect(listed.toSorted((a, b) => a - b)).toEqual(queued.map((row) => Number(row.person_id)).sort((a, b) => a - b))
})

test('an import between looking and pressing schedules nothing: the page comes back with the new number', async () => {
  const deps = await openPrepared()
  const visit = await openConsole(deps)
  const told = buttonOf((await visit.get(`${deps.own}/review`)).body)
  await addApplicant(deps.db, deps.round)
  const pressed = await visit.post(`${deps.own}/schedule`, told.fields)
  expect(pressed.statusCode).toBe(409)
  expect(pressed.body).toContain('The audience has changed since you looked: 3 then, 4 now. Nothing was scheduled.')
  expect(await statesOf(deps.db, deps.id)).toEqual({})
  const again = buttonOf(pressed.body)
  expect(again.text).toBe('Schedule for 4 people on 3 March, 09:00 UTC')
  expect((await visit.post(`${deps.own}/schedule`, again.fields)).statusCode).toBe(303)
  expect(await statesOf(deps.db, deps.id)).toEqual({ queued: 4 })
})

test('a double press, a second tab and the back button schedule once, and are shown the report', async () => {
  const deps = await openPrepared()
  const visit = await openConsole(deps)
  const { fields } = buttonOf((await visit.get(`${deps.own}/review`)).body)
  const both = await Promise.all([1, 2].map(() => visit.post(`${deps.own}/schedule`, fields)))
  expect(both.map((answer) => answer.statusCode)).toEqual([303, 303])
  const locations = both.map((answer) => answer.headers.location).sort()
  expect(locations).toEqual([`${deps.own}/report?notice=already`, `${deps.own}/report?notice=scheduled`])
  const back = await visit.get(`${deps.own}/review`)
  expect(back.headers.location).toBe(`${deps.own}/report?notice=already`)
  const late = await visit.post(`${deps.own}/schedule`, fields)
  expect(late.headers.location).toBe(`${deps.own}/report?notice=already`)
  expect((await visit.get(`${deps.own}/report?notice=already`)).body).toContain('It was scheduled already, once.')
  expect(await statesOf(deps.db, deps.id)).toEqual({ queued: 3 })
})

test('“now” leaves after two minutes, in which one press takes it back', async () => {
  const deps = await openPrepared()
  const visit = await openConsole(deps)
  const shown = await visit.get(`${deps.own}/review?when=now`)
  const button = buttonOf(shown.body)
  expect(button.text).toBe('Schedule for 3 people now')
  await visit.post(`${deps.own}/schedule`, button.fields)
  expect(await campaignOf(deps, deps.id)).toMatchObject({ hold_until: new Date('2016-03-01T09:02:00Z') })
  const report = (await visit.get(`${deps.own}/report`)).body
  expect(report).toContain('It leaves at 09:02:00 UTC.')
  expect(report).toContain('id="take-back"')
  expect((await visit.post(`${deps.own}/cancel`)).headers.location).toBe(`${deps.own}/report?notice=cancelled`)
  expect(await statesOf(deps.db, deps.id)).toEqual({ cancelled: 3 })
})

test('another time is on the clock of who chooses it, and shown before it is believed', async () => {
  const deps = await openPrepared()
  const visit = await openConsole(deps, 'director', { time_zone: 'Pacific/Auckland' })
  const { fields } = buttonOf((await visit.get(`${deps.own}/review`)).body)
  const other = { ...fields, when: 'at', day: '2016-03-10', time: '08:30' }
  // The button still says 3 March: without JavaScript it could not change.
  const stale = await visit.post(`${deps.own}/schedule`, other)
  expect(stale.statusCode).toBe(409)
  expect(stale.body).toContain('You chose another time')
  expect(await statesOf(deps.db, deps.id)).toEqual({})
  const button = buttonOf(stale.body)
  expect(button.text).toBe('Schedule for 3 people on 10 March, 08:30 Auckland (UTC+13)')
  await visit.post(`${deps.own}/schedule`, button.fields)
  expect((await campaignOf(deps, deps.id)).send_at).toEqual(new Date('2016-03-09T19:30:00Z'))
})

test('the button that shows times without JavaScript keeps what was chosen, and schedules nothing', async () => {
  const deps = await openPrepared()
  const visit = await openConsole(deps)
  const fields = { when: 'local', day: '2016-03-10', time: '07:45', expected: '3', version: '1', said: 'now' }
  const shown = await visit.post(`${deps.own}/review/times`, fields)
  expect(shown.statusCode).toBe(303)
  const page = (await visit.get(String(shown.headers.location).replace('#when', ''))).body
  expect(buttonOf(page).text).toBe('Schedule for 3 people on 10 March, 07:45 where they live')
  expect(page).toContain('When it leaves on each clock')
  expect(page).toContain('Auckland (UTC+13)')
  expect(await statesOf(deps.db, deps.id)).toEqual({})
  await visit.post(`${deps.own}/schedule`, buttonOf(page).fields)
  expect(await campaignOf(deps, deps.id)).toMatchObject({ state: 'scheduled', local_time: '07:45' })
  const due = await deps.db.selectFrom('deliveries').select('due_at').distinct().execute()
  expect(due).toEqual([{ due_at: new Date('2016-03-09T18:45:00Z') }])
})

test('htmx gets the times and the button alone', async () => {
  const deps = await openPrepared()
  const visit = await openConsole(deps)
  const part = (await visit.get(`${deps.own}/review/plan?when=at&day=2016-03-04&time=10:00`)).body
  expect(part).not.toContain('<html')
  expect(buttonOf(part).text).toBe('Schedule for 3 people on 4 March, 10:00 UTC')
  // A time that is not whole yet is no fault while it is typed.
  expect((await visit.get(`${deps.own}/review/plan?when=at&day=2016-03-&time=10:00`)).statusCode).toBe(200)
})

test.each([
  [{ when: 'at', day: '2016-02-30', time: '09:00' }, 'Write the day as in 2016-03-31.'],
  [{ when: 'at', day: '2016-03-04', time: '25:00' }, 'Write the time as in 09:00.'],
  [{ when: 'at', day: '2016-02-20', time: '09:00' }, 'This time is past.'],
  [{ when: 'at', day: '2018-02-20', time: '09:00' }, 'more than a year away'],
  [{ when: 'local', day: '2016-02-20', time: '09:00' }, 'This time is past.'],
])('a time that cannot be (%j) is told at its field, with what was typed', async (typed, words) => {
  const deps = await openPrepared()
  const visit = await openConsole(deps)
  const pressed = await visit.post(`${deps.own}/schedule`, {
    ...typed,
    expected: '3',
    version: '1',
    said: saidOf(typed),
  })
  expect(pressed.statusCode).toBe(422)
  expect(pressed.body).toContain(words)
  expect(pressed.body).toContain(`value="${typed.day}"`)
  expect(pressed.body).toContain('id="faults"')
  expect(await statesOf(deps.db, deps.id)).toEqual({})
})

const saidOf = ({ when, day, time }: { when: string; day: string; time: string }) =>
  when === 'local' ? `${day} ${time}` : `${day}T${time}:00.000Z`

test('a problem does not disable the button: pressing it leads to each problem', async () => {
  const deps = await openPrepared({ subject: '', body_markdown: 'Hello {{participant.shoe_size}}' })
  const visit = await openConsole(deps)
  const page = (await visit.get(`${deps.own}/review`)).body
  expect(page).toContain('This keeps it from going out')
  expect(page).toContain('<button class="button primary" id="schedule">')
  const pressed = await visit.post(`${deps.own}/schedule`, buttonOf(page).fields)
  expect(pressed.statusCode).toBe(422)
  const links = [...pressed.body.matchAll(/<li><a href="#(finding-\d+)">/g)].map((found) => found[1])
  expect(links.length).toBeGreaterThanOrEqual(2)
  for (const link of links) expect(pressed.body).toContain(`id="${link}"`)
  expect(await statesOf(deps.db, deps.id)).toEqual({})
})

test('a text that a colleague changed meanwhile is not scheduled unseen', async () => {
  const deps = await openPrepared()
  const visit = await openConsole(deps)
  const { fields } = buttonOf((await visit.get(`${deps.own}/review`)).body)
  await updateCampaign(deps, { id: deps.id, change: { subject: 'Quite another' } })
  const pressed = await visit.post(`${deps.own}/schedule`, fields)
  expect(pressed.statusCode).toBe(409)
  expect(pressed.body).toContain('The text was changed since you looked at it.')
  expect(pressed.body).toContain('Quite another')
  expect(await statesOf(deps.db, deps.id)).toEqual({})
})

test('a second person reads it: the writer cannot, a colleague can, and only then it leaves', async () => {
  const deps = await openPrepared()
  await deps.db.updateTable('programme').set({ second_person_over: 2 }).execute()
  const writer = await openConsole(deps, 'communications_officer')
  const reader = await openConsole(deps, 'communications_officer', { app: writer.app, name: 'Noor' })
  const { id } = await createCampaign(deps, { ...TOPIC, subject: 'To many' }, `staff ${writer.staff.id}`)
  const own = `/console/campaigns/${id}`
  const page = (await writer.get(`${own}/review`)).body
  expect(page).toContain('You wrote this text.')
  expect(page).not.toContain('I have read it</button>')
  expect((await writer.post(`${own}/approve`, { version: '1' })).statusCode).toBe(403)
  const blocked = await writer.post(`${own}/schedule`, buttonOf(page).fields)
  expect(blocked.statusCode).toBe(422)
  expect((await reader.get(`${own}/review`)).body).toContain('I have read it</button>')
  expect((await reader.post(`${own}/approve`, { version: '1' })).headers.location).toBe(`${own}/review?notice=read`)
  const open = (await writer.get(`${own}/review?notice=read`)).body
  expect(open).toContain('<bdi>Noor</bdi> has read this text.')
  expect((await writer.post(`${own}/schedule`, buttonOf(open).fields)).statusCode).toBe(303)
})

test('who gets it is chosen, counted and saved, also without JavaScript', async () => {
  const deps = await openPrepared()
  await addApplicant(deps.db, deps.round, { country_code: 'SE', state: 'confirmed' })
  const visit = await openConsole(deps)
  const fields = { states: ['applied', 'confirmed'], countries: ['SE'], matched: '' }
  const form = await visit.get(`${deps.own}/audience`)
  expect(form.body).toContain('<strong>4 people</strong> get it.')
  const part = await visit.get(`${deps.own}/audience/count?states=confirmed&countries=SE`)
  expect(part.body).toContain('<strong>1 person</strong> gets it.')
  const counted = await visit.post(`${deps.own}/audience/count`, fields)
  const page = await visit.get(String(counted.headers.location))
  expect(page.body).toContain('<strong>1 person</strong>')
  expect(page.body).toMatch(/name="countries" value="SE" checked/)
  expect((await campaignOf(deps, deps.id)).audience).toEqual({})
  const saved = await visit.post(`${deps.own}/audience`, fields)
  expect(saved.headers.location).toBe(`${deps.own}/review?notice=audience`)
  expect((await campaignOf(deps, deps.id)).audience).toEqual({ states: ['applied', 'confirmed'], countries: ['SE'] })
  const review = (await visit.get(`${deps.own}/review?notice=audience`)).body
  expect(buttonOf(review).text).toContain('Schedule for 1 person')
  const none = await visit.post(`${deps.own}/audience`, { countries: ['SE'] })
  expect(none.statusCode).toBe(422)
  expect(none.body).toContain('Tick at least one state')
})

test('what was chosen cannot be changed once it is scheduled', async () => {
  const deps = await openPrepared()
  await scheduleCampaign(deps, deps.id, { at: 'now' })
  const visit = await openConsole(deps)
  const refused = await visit.post(`${deps.own}/audience`, { states: 'confirmed' })
  expect(refused.statusCode).toBe(409)
  expect((await visit.get(`${deps.own}/audience`)).headers.location).toBe(`${deps.own}/report?notice=already`)
})

test('who may not write campaigns can neither review nor schedule', async () => {
  const deps = await openPrepared()
  for (const role of ['data_officer', 'viewer'] as const) {
    const visit = await openConsole(deps, role)
    expect((await visit.get(`${deps.own}/review`)).statusCode).toBe(403)
    expect((await visit.post(`${deps.own}/schedule`, { expected: '3', version: '1', said: 'now' })).statusCode).toBe(
      403,
    )
    expect((await visit.post(`${deps.own}/approve`, { version: '1' })).statusCode).toBe(403)
    expect((await visit.post(`${deps.own}/audience`, { states: 'applied' })).statusCode).toBe(403)
  }
  expect(await statesOf(deps.db, deps.id)).toEqual({})
})

test('a hostile text is text on the review too', async () => {
  const deps = await openPrepared({ subject: '<img src=x onerror=alert(1)>', preheader: '\u202e"><b>' })
  const visit = await openConsole(deps)
  const { body } = await visit.get(`${deps.own}/review`)
  expect(body).not.toContain('<img src=x')
  expect(body).toContain('&lt;img src')
})
