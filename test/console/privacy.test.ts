import { expect, test } from 'vitest'
import { ADDRESS, FAMILY, fillOnePerson, GIVEN } from '../features/privacy/one-person.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'

async function openPerson(role: 'director' | 'data_officer' | 'communications_officer' = 'data_officer') {
  const deps = await openTestDeps()
  await fillOnePerson(deps)
  const visit = await openConsole(deps, role)
  const logged = async () =>
    (
      await deps.db
        .selectFrom('audit_log')
        .select('did')
        .where('actor', '=', `staff ${visit.staff.id}`)
        .orderBy('id')
        .execute()
    ).map(({ did }) => did)
  return { deps, ...visit, logged }
}

test('the page says what is held, what erasing does, and what stays on the suppression list', async () => {
  const { get } = await openPerson()
  const { statusCode, body } = await get('/console/participants/1/privacy')
  expect(statusCode).toBe(200)
  expect(body).toContain(`What we hold about <bdi>${GIVEN} ${FAMILY}</bdi>`)
  expect(body).toContain('1 application with its answers')
  expect(body).toContain('3 emails to them and how they went')
  expect(body).toContain(`<bdi>${ADDRESS}</bdi> stays on the suppression list`)
  expect(body).toContain('href="/console/participants/1/export.json"')
})

test('the export is a file to give away, and that it was taken is in the log', async () => {
  const { get, logged } = await openPerson()
  const { headers, body } = await get('/console/participants/1/export.json')
  expect(headers['content-disposition']).toMatch(/^attachment; filename="person-1-\d{4}-\d\d-\d\d\.json"$/)
  expect(JSON.parse(body)).toMatchObject({ person: { family_name: FAMILY } })
  expect(await logged()).toEqual(['Export what we hold about a person'])
})

test('erasing asks whether one is sure, then is done; the page of who was erased says so', async () => {
  const { get, post, logged } = await openPerson()
  const asked = await post('/console/participants/1/erase')
  expect(asked.statusCode).toBe(422)
  expect(asked.body).toContain('Say that you are sure: nothing of it can be brought back.')
  const done = await post('/console/participants/1/erase', { sure: 'yes' })
  expect(done.statusCode).toBe(303)
  const page = await get(done.headers.location as string)
  expect(page.body).toContain('Erased. Nobody can bring it back.')
  expect(page.body).toContain('What we held about this person was erased')
  expect(page.body).toContain('Erase what has come since')
  expect(page.body).not.toMatch(new RegExp(`${GIVEN}|${FAMILY}`))
  // Twice is harmless.
  expect((await post('/console/participants/1/erase', { sure: 'yes' })).statusCode).toBe(303)
  const person = await get('/console/participants/1')
  expect(person.statusCode).toBe(200)
  expect(person.body).toContain('<bdi>Erased person</bdi>')
  expect(await logged()).toContain('Erase a person')
  expect((await get('/console/participants/99/privacy')).statusCode).toBe(404)
})

test('an email on its way is said on the page, and nothing is erased', async () => {
  const { deps, post } = await openPerson()
  await deps.db.updateTable('deliveries').set({ state: 'claimed', worker_id: 1 }).where('id', '=', 1).execute()
  const { statusCode, body } = await post('/console/participants/1/erase', { sure: 'yes' })
  expect(statusCode).toBe(409)
  expect(body).toContain('Nothing was erased: an email to them is being handed over. Try again in a minute.')
  expect(body).toContain(GIVEN)
})

test('who may not erase sees neither page', async () => {
  const { get, post } = await openPerson('communications_officer')
  expect((await get('/console/participants/1/privacy')).statusCode).toBe(403)
  expect((await get('/console/participants/1/export.json')).statusCode).toBe(403)
  expect((await post('/console/participants/1/erase', { sure: 'yes' })).statusCode).toBe(403)
  expect((await get('/console/settings/retention')).statusCode).toBe(403)
  expect((await get('/console/settings')).body).not.toContain('/console/settings/retention')
})

test('how long rounds are kept: what is due is named before it is saved, and faults give back what was typed', async () => {
  const { deps, get, post } = await openPerson('director')
  await deps.db.updateTable('rounds').set({ ends_on: '2016-03-31' }).execute()
  expect((await get('/console/settings/retention')).body).toContain('Due in the next 60 days')
  const wrong = await post('/console/settings/retention', { months: 'two' })
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).toContain('Use a whole number of months from 1 to 600.')
  expect(wrong.body).toContain('value="two"')
  const saved = await post('/console/settings/retention', { months: '1' })
  expect(saved.statusCode).toBe(303)
  const due = (await get('/console/settings/retention')).body
  expect(due).toContain('2016A is made anonymous on 2016-04-30: 2 people are erased.')
  expect((await post('/console/settings/retention/round', { round: '2016A', months: '600' })).statusCode).toBe(303)
  await deps.db
    .updateTable('rounds')
    .set({ ends_on: '2015-03-31', starts_on: null, applications_open_on: null })
    .execute()
  const refused = await post('/console/settings/retention/round', { round: '2016A', months: '2' })
  expect(refused.statusCode).toBe(409)
  expect(refused.body).toContain('2016A would be made anonymous within the hour: 2 people are erased for good.')
  expect(refused.body).toContain('name="confirm" value="yes"')
  const faulty = await post('/console/settings/retention/round', { round: '2016A', months: '0' })
  expect(faulty.body).toContain('<a href="#months-2016A">Use a whole number of months from 1 to 600.</a>')
  const done = await post('/console/settings/retention/round', { round: '2016A', months: '2', confirm: 'yes' })
  expect(done.statusCode).toBe(303)
  expect((await get('/console/settings/retention')).body).toContain('2016A is made anonymous within the hour')
})

test('looking at people leaves an entry, each once; what a page asks for by itself does not', async () => {
  const { get, logged } = await openPerson('data_officer')
  for (const url of [
    '/console/participants',
    '/console/participants/1',
    '/console/inbox/1',
    '/console/campaigns/2/people',
  ])
    expect((await get(url)).statusCode).toBe(200)
  await get('/console/campaigns/2/progress')
  await get('/console')
  expect(await logged()).toEqual([
    'Look at participants',
    'Look at a person',
    'Look at a message of the Inbox',
    'Look at the people of a campaign',
  ])
})
