import { expect, test } from 'vitest'
import { summariseConfirmations } from '../../src/features/confirmations/index.ts'
import { updateProgramme } from '../../src/features/programme/index.ts'
import {
  addInboxItem,
  askEverybody,
  LAST_SECOND,
  OVER,
  openRound,
  type People,
} from '../features/confirmations/asked.ts'
import { openConsole, openConsoleApp } from '../support/console.ts'
import { fieldsOf, textOf } from './matching-round.ts'

const PATH = '/console/rounds/2016A/confirmations'

async function openPage(people?: People) {
  const round = await openRound(people)
  await updateProgramme(round.deps, { name: 'Network', contact_address: 'hello@iln.example', footer: 'PO Box 1' })
  const app = await openConsoleApp(round.deps)
  const visit = await openConsole(round.deps, 'communications_officer', { app })
  // After days a session has ended.
  const comeBack = () => openConsole(round.deps, 'communications_officer', { app })
  const summary = () => summariseConfirmations(round.deps.db, { code: '2016A' })
  return { ...round, app, visit, comeBack, summary }
}

test('before anybody is asked: how many would be, who is left out, and what they get; asked by one button', async () => {
  const { visit, summary, deps } = await openPage({
    ana: {},
    ben: {},
    cem: { address: null },
    dan: { code_of_conduct_agreed: false },
  })
  const html = (await visit.get(PATH)).body
  const page = textOf(html)
  expect(page).toContain('0 of 4 applicants have confirmed (0 %). Nobody has been asked yet.')
  expect(page).toContain('Ask 2 applicants to confirm')
  expect(page).toContain('1 person has no address')
  expect(page).toContain(
    'The last day to confirm is 15 March 2016. Answers count until it has ended everywhere: 16 March 2016, 12:00, UTC, in 15 days.',
  )
  expect(html).toContain('value="7, 12"')
  const asked = await visit.post(`${PATH}/ask`, { ...fieldsOf(html, `${PATH}/ask`), remind_after_days: '5 9' })
  expect(asked.statusCode).toBe(303)
  expect(asked.headers.location).toMatch(/^\/console\/campaigns\/\d+\/report\?notice=scheduled$/)
  const { counts, reminders } = await summary()
  expect(counts).toMatchObject({ asked: 2, silent: 2, to_ask: 1 })
  expect(reminders.map(({ planned_at }) => planned_at?.toISOString())).toEqual([
    '2016-03-06T09:02:00.000Z',
    '2016-03-10T09:02:00.000Z',
  ])
  const report = (await visit.get(String(asked.headers.location))).body
  expect(report).toContain('Cancel')
  const after = textOf((await visit.get(PATH)).body)
  expect(after).toContain('2 of 2 who were asked are silent (100 %)')
  expect(after).not.toContain('Ask 0')
  expect(after).toMatch(
    /6 March 2016, 09:02 Reminder[^✂]*? planned Reminder\. It leaves by itself then, to whoever is silent\./,
  )
  // Pressed again on the page that was left open: others would be asked by now.
  const again = await visit.post(`${PATH}/ask`, { ...fieldsOf(html, `${PATH}/ask`) })
  expect(again.statusCode).toBe(409)
  expect(
    await deps.db
      .selectFrom('campaigns')
      .select('id')
      .where('kind', '=', 'confirmation')
      .where('frozen_at', 'is not', null)
      .execute(),
  ).toHaveLength(1)
})

test('days and a time that cannot be are said at their fields, with what was typed', async () => {
  const { visit, summary } = await openPage()
  const fields = fieldsOf((await visit.get(PATH)).body, `${PATH}/ask`)
  const press = (change: Record<string, string>) => visit.post(`${PATH}/ask`, { ...fields, ...change })
  const late = await press({ remind_after_days: '7, 30' })
  expect(late.statusCode).toBe(422)
  expect(late.body).toContain('href="#remind_after_days"')
  expect(late.body).toContain('value="7, 30"')
  expect((await press({ remind_after_days: 'soon' })).body).toContain('Write days from 1 to 120')
  const past = await press({ when: 'at', day: '2016-02-01', time: '09:00', remind_after_days: '' })
  expect([past.statusCode, past.body.includes('href="#day"'), past.body.includes('value="2016-02-01"')]).toEqual([
    422,
    true,
    true,
  ])
  const odd = await press({ when: 'at', day: '"><b>', time: '25:00' })
  expect(odd.body).toContain('value="&quot;&gt;&lt;b&gt;"')
  expect((await press({ when: 'at', day: '2016-03-20', time: '09:00', remind_after_days: '' })).statusCode).toBe(422)
  expect((await summary()).counts.asked).toBe(0)
})

test('a reminder that is planned is taken out, or moved; without a time it is refused', async () => {
  const round = await openPage()
  const { visit, summary } = round
  await askEverybody(round, [5, 9])
  const [first, second] = (await summary()).reminders.map(({ campaign_id }) => campaign_id)
  const taken = await visit.post(`${PATH}/reminders/${first}/cancel`)
  expect(taken.headers.location).toBe(`${PATH}?notice=taken-out`)
  expect((await visit.post(`${PATH}/reminders/${first}/cancel`)).headers.location).toBe(`${PATH}?notice=unchanged`)
  expect((await summary()).reminders.map(({ campaign_id }) => campaign_id)).toEqual([second])
  const url = `/console/campaigns/${second}`
  const html = (await visit.get(url)).body
  expect(textOf(html)).toContain('it leaves by itself at its planned time')
  const body_markdown = 'Please answer {{links.confirm}}'
  const empty = await visit.post(url, { ...fieldsOf(html, url), body_markdown, planned_at: '' })
  expect([empty.statusCode, empty.body.includes('href="#planned_at"')]).toEqual([422, true])
  const moved = await visit.post(url, { ...fieldsOf(html, url), body_markdown, planned_at: '2016-03-11T10:00' })
  expect(moved.statusCode).toBe(303)
  expect((await summary()).reminders[0]?.planned_at?.toISOString()).toBe('2016-03-11T10:00:00.000Z')
})

test('the text can be looked at first; it is a draft like any other', async () => {
  const { visit, summary } = await openPage()
  const made = await visit.post(`${PATH}/text`)
  const { draft_id } = await summary()
  expect(made.headers.location).toBe(`/console/campaigns/${draft_id}`)
  const html = (await visit.get(PATH)).body
  expect(html).toContain(`href="/console/campaigns/${draft_id}">write on it</a>`)
  expect(html).toContain(`/console/campaigns/${draft_id}/review`)
})

test('every figure says its base and leads to its people, and they to a file', async () => {
  const round = await openPage({ ana: {}, ben: {}, cem: {}, dan: {} })
  const { visit, setState } = round
  await askEverybody(round)
  await setState('ben', 'confirmed')
  await setState('cem', 'declined')
  await addInboxItem(round, 'dan')
  const html = (await visit.get(PATH)).body
  const page = textOf(html)
  expect(page).toContain('1 of 4 applicants have confirmed (25 %)'.replace('have', 'has'))
  expect(page).toContain('Silent 2 of 4 asked (50 %)')
  expect(page).toContain('Waiting in the Inbox 1 of 4 applicants (25 %)')
  expect(html).toContain(`href="${PATH}/people?group&#x3D;silent"`)
  const people = await visit.get(`${PATH}/people?group=silent`)
  expect(textOf(people.body)).toContain('Silent: 2 people')
  expect(people.body).toContain('<bdi>ana Okafor</bdi>')
  expect(people.body).not.toContain('<bdi>ben Okafor</bdi>')
  const file = await visit.get(`${PATH}/people.csv?group=silent`)
  expect(file.headers['content-type']).toContain('text/csv')
  expect(file.body.trim().split('\r\n')).toHaveLength(3)
  expect((await visit.get(`${PATH}/people?group=nobody`)).statusCode).toBe(404)
})

test('the silent are reminded by one button, those it named; twice within a day is refused in words', async () => {
  const round = await openPage({ ana: {}, ben: {}, cem: {} })
  const { visit, setState, deps } = round
  await askEverybody(round)
  deps.clock.advance(2 * 86_400_000)
  const html = (await visit.get(PATH)).body
  expect(html).toContain('>Remind the 3 silent</button>')
  await setState('cem', 'confirmed')
  const old = await visit.post(`${PATH}/remind`, { expected: '3' })
  expect([old.statusCode, textOf(old.body).includes('Others are silent by now')]).toEqual([409, true])
  expect(old.body).toContain('>Remind the 2 silent</button>')
  const sent = await visit.post(`${PATH}/remind`, { expected: '2' })
  expect(sent.headers.location).toMatch(/report\?notice=scheduled$/)
  const again = await visit.post(`${PATH}/remind`, { expected: '2' })
  expect(again.statusCode).toBe(409)
  expect(textOf(again.body)).toMatch(/leave them 24 hours to answer|already/)
})

test('until the last second people are asked and reminded, after it they are not', async () => {
  const round = await openPage()
  const { comeBack, deps } = round
  await askEverybody(round)
  deps.clock.set(LAST_SECOND)
  const visit = await comeBack()
  expect((await visit.get(PATH)).body).toContain('Remind the 2 silent')
  deps.clock.set(OVER)
  const html = (await visit.get(PATH)).body
  expect(html).not.toContain('Remind the')
  expect(textOf(html)).toContain('The last day to confirm was 15 March 2016')
  expect((await visit.post(`${PATH}/remind`, { expected: '2' })).statusCode).toBe(409)
})

test('a round without a last day says what is missing; a viewer sees figures and no people', async () => {
  const { deps, app } = await openPage()
  await deps.db.updateTable('rounds').set({ confirm_by: null }).execute()
  const director = await openConsole(deps, 'director', { app })
  const page = (await director.get(PATH)).body
  expect(page).toContain('no last day to confirm')
  expect(page).toContain('/console/rounds/2016A/edit')
  expect(page).not.toContain('to confirm</button>')
  const viewer = await openConsole(deps, 'viewer', { app })
  const seen = (await viewer.get(PATH)).body
  expect(seen).not.toMatch(/\/people|<button class="button primary"/)
  expect((await viewer.get(`${PATH}/people`)).statusCode).toBe(403)
  expect((await viewer.post(`${PATH}/remind`, { expected: '0' })).statusCode).toBe(403)
  expect((await viewer.get('/console/rounds/none/confirmations')).statusCode).toBe(404)
})

test('Home asks to ask, then to remind before it is too late, and tells of what came back', async () => {
  const round = await openPage({ ana: {}, ben: {}, cem: {} })
  const { visit, comeBack, deps } = round
  await deps.db
    .updateTable('rounds')
    .set({ applications_open_on: '2016-01-01', applications_close_on: '2016-02-20' })
    .execute()
  expect(textOf((await visit.get('/console')).body)).toContain('Ask 3 applicants to confirm')
  await askEverybody(round)
  expect(textOf((await visit.get('/console')).body)).not.toMatch(/Ask \d|silent/)
  deps.clock.set('2016-03-13T09:00:00Z')
  const late = await comeBack()
  const home = textOf((await late.get('/console')).body)
  expect(home).toContain('3 who were asked are silent: remind them')
  expect(home).toContain('ends in 3 days')
  await deps.db
    .updateTable('deliveries')
    .set({ state: 'rejected', accepted_at: null })
    .where('person_id', '=', round.idOf('ana'))
    .execute()
  expect(textOf((await late.get('/console')).body)).toContain('An email about a confirmation came back: see whose')
})
