import { expect, test } from 'vitest'
import { proposeDuplicates } from '../../src/features/applications/index.ts'
import { addApplicant } from '../features/campaigns/round.ts'
import { openConsole, openConsoleApp } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { textOf } from './matching-round.ts'

const PATH = '/console/rounds/2016A/applications'

/** A round of 50, of whom so many are of Kenya, and the console of a data officer. */
async function openPage(kenyans = 12, others = 40) {
  const deps = await openTestDeps({ PUBLIC_URL: 'https://pairs.example' })
  const { id: round_id } = await deps.db
    .insertInto('rounds')
    .values({
      ...{ code: '2016A', name: 'Round 2016A', country_cap_percent: 20 },
      ...{ applications_open_on: '2016-02-20', applications_close_on: '2016-03-10', confirm_by: '2016-03-20' },
      ...{ starts_on: '2016-04-01', ends_on: '2016-07-31' },
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const people: number[] = []
  for (let at = 0; at < kenyans; at++)
    people.push(
      await addApplicant(deps.db, round_id, { given_name: `Amina${at}`, state: at < 10 ? 'applied' : 'waitlisted' }),
    )
  const countries = ['AU', 'BR', 'CA', 'FJ', 'IN', 'MX', 'NZ', 'ZA']
  for (let at = 0; at < others; at++)
    await addApplicant(deps.db, round_id, { given_name: `Person${at}`, country_code: countries[at % 8] as string })
  const app = await openConsoleApp(deps)
  const visit = await openConsole(deps, 'data_officer', { app })
  const stateOf = async (person: number | undefined) =>
    (
      await deps.db
        .selectFrom('applications')
        .select('state')
        .where('person_id', '=', person ?? 0)
        .executeTakeFirst()
    )?.state
  const notices = async () => {
    const rows = await deps.db
      .selectFrom('deliveries')
      .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
      .select(['automatic_key', 'person_id'])
      .execute()
    return rows.map(({ automatic_key, person_id }) => `${automatic_key} ${person_id}`)
  }
  return { deps, round_id, people, app, visit, stateOf, notices }
}

test('with nobody in it the page gives the link to give away, says when the form opens, and leads to the import', async () => {
  const { visit, deps } = await openPage(0, 0)
  const page = await visit.get(PATH)
  expect(page.body).toContain('value="https://pairs.example/apply/2016A"')
  expect(textOf(page.body)).toContain('It is open until 10 March 2016 has ended everywhere.')
  expect(page.body).toContain('Nobody has applied yet')
  expect(page.body).toContain('/console/rounds/2016A/import')
  deps.clock.set('2016-02-01T09:00:00Z')
  const visitor = await openConsole(deps, 'director')
  expect(textOf((await visitor.get(PATH)).body)).toContain('It opens by itself on 20 February 2016')
})

test('countries stand with their share, its base and the places that are left; each leads to its people', async () => {
  const { visit } = await openPage()
  const html = (await visit.get(PATH)).body
  const page = textOf(html)
  expect(page).toContain('One country can have 10 places: 20 % of the 52 who are in the round or want in.')
  expect(page).toMatch(/Kenya 12 of 52 \(23\.1 %\) 23\.1 % 10 2 wait, of Kenya none/)
  const wait = await visit.get(`${PATH}?country=KE&state=waitlisted`)
  expect(wait.body).toContain('Amina10 Okafor')
  expect(wait.body).not.toContain('Amina9 Okafor')
  expect(textOf(wait.body)).toContain('1 in line')
  const file = await visit.get('/console/rounds/2016A/applications.csv?country=KE&state=waitlisted')
  expect(file.body.trim().split('\r\n')).toHaveLength(3)
  expect((await visit.get(`${PATH}?country=%00&state=none`)).statusCode).toBe(200)
})

test('from the waiting list over the cap is said first, and done when it is meant', async () => {
  const { visit, people, stateOf, notices } = await openPage()
  const [first, second] = [people[10], people[11]]
  const fields = { person: [String(first), String(second)], action: 'accept', state: 'waitlisted', country: 'KE' }
  const refused = await visit.post(PATH, fields)
  expect(refused.statusCode).toBe(409)
  expect(textOf(refused.body)).toContain('Kenya would have 12 of its 10 places')
  expect(refused.body.match(/name="person" value="\d+" aria-label="[^"]+" checked/g)).toHaveLength(2)
  expect(await stateOf(first)).toBe('waitlisted')
  const done = await visit.post(PATH, { ...fields, over_cap: 'yes' })
  expect(done.headers.location).toBe(`${PATH}?state=waitlisted&country=KE&notice=accepted&count=2`)
  expect(textOf((await visit.get(String(done.headers.location))).body)).toContain('2 people have a place now')
  expect([await stateOf(first), await stateOf(second)]).toEqual(['applied', 'applied'])
  expect(await notices()).toEqual([`waitlist_place ${first}`, `waitlist_place ${second}`])
})

test('applicants are put on the waiting list, once; nobody ticked, and who cannot wait, is said', async () => {
  const { visit, people, stateOf, notices, deps } = await openPage()
  const nobody = await visit.post(PATH, { action: 'waitlist' })
  expect([nobody.statusCode, nobody.body.includes('href="#list"')]).toEqual([422, true])
  const [first, second] = people
  const press = () => visit.post(PATH, { person: String(first), action: 'waitlist' })
  expect((await press()).headers.location).toContain('notice=waitlisted&count=1')
  expect((await press()).headers.location).toContain('notice=unchanged')
  expect(await stateOf(first)).toBe('waitlisted')
  expect(await notices()).toEqual([`country_waitlist ${first}`])
  await deps.db
    .updateTable('applications')
    .set({ state: 'confirmed' })
    .where('person_id', '=', second ?? 0)
    .execute()
  const refused = await visit.post(PATH, { person: String(second), action: 'waitlist' })
  expect([refused.statusCode, textOf(refused.body).includes('is confirmed and cannot be put')]).toEqual([422, true])
})

test('two who may be one person stand side by side until somebody has said', async () => {
  const { visit, deps, round_id, stateOf } = await openPage(0, 0)
  const [first, second] = [
    await addApplicant(deps.db, round_id, { given_name: 'Ana <b>', family_name: 'Souza' }),
    await addApplicant(deps.db, round_id, { given_name: 'Ana <b>', family_name: 'Souza' }),
  ]
  await deps.db
    .updateTable('applications')
    .set({ submitted_at: new Date('2016-01-12T00:00:00Z') })
    .where('person_id', '=', second)
    .execute()
  expect((await visit.post(`${PATH}/duplicates/look`)).headers.location).toBe(`${PATH}/duplicates?notice=looked`)
  const html = (await visit.get(PATH)).body
  expect(html).toContain('Same name and country, another address')
  expect(html).toContain('Ana &lt;b&gt; Souza')
  const id = /duplicates\/(\d+)"/.exec(html)?.[1]
  const same = await visit.post(`${PATH}/duplicates/${id}`, { decision: 'same' })
  expect(same.headers.location).toBe(`${PATH}/duplicates?notice=withdrawn`)
  expect([await stateOf(first), await stateOf(second)]).toEqual(['withdrawn', 'applied'])
  expect((await visit.get(String(same.headers.location))).body).toContain('Nobody to decide about')
  expect(await proposeDuplicates(deps, { code: '2016A' })).toEqual({ proposed: 0 })
  expect((await visit.post(`${PATH}/duplicates/987654`, { decision: 'same' })).statusCode).toBe(404)
})

test('a communications officer sees who applied and moves nobody; a viewer does not see them', async () => {
  const { deps, app, people } = await openPage()
  const officer = await openConsole(deps, 'communications_officer', { app })
  const html = (await officer.get(PATH)).body
  expect(html).toContain('Amina0 Okafor')
  expect(html).not.toMatch(/name="person"|name="action"|<meter[^>]*style/)
  expect((await officer.post(PATH, { person: String(people[0]), action: 'waitlist' })).statusCode).toBe(403)
  const viewer = await openConsole(deps, 'viewer', { app })
  expect((await viewer.get(PATH)).statusCode).toBe(403)
  expect((await viewer.get('/console/rounds/2016A')).body).not.toContain(PATH)
})

test('looking changes nothing', async () => {
  const { visit, deps } = await openPage(12, 8)
  const seen = () =>
    Promise.all([
      deps.db.selectFrom('applications').selectAll().orderBy('id').execute(),
      deps.db.selectFrom('duplicate_proposals').selectAll().execute(),
      deps.db.selectFrom('campaigns').selectAll().execute(),
    ])
  const before = await seen()
  for (const path of [PATH, `${PATH}/duplicates`, '/console/rounds/2016A/emails', '/console/rounds/2016A', '/console'])
    expect((await visit.get(path)).statusCode, path).toBe(200)
  expect(await seen()).toEqual(before)
})
