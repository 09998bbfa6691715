import { expect, test } from 'vitest'
import { publishConduct } from '../../../src/features/applications/conduct/conduct.ts'
import { measureCountryCap } from '../../../src/features/applications/index.ts'
import { answersOf, openForm } from './form-app.ts'

test('one person who sends twice at once has one application, and the later form counts', async () => {
  const { deps, send, post, mails, applications } = await openForm()
  await send({ sector: 'School' })
  deps.clock.advance(60_000)
  await send({ sector: 'Public', name: 'Amina B. Okafor' })
  const [first, second] = await mails()
  // The later form is verified first, and both buttons are pressed twice at the same moment.
  const links = [second, first, second, first].map((mail) => post(mail?.verify as string, { do: 'verify' }))
  expect((await Promise.all(links)).map(({ statusCode }) => statusCode)).toEqual([303, 303, 303, 303])
  expect(await applications()).toMatchObject([{ sector: 'Public', family_name: 'B. Okafor' }])
  const drafts = await deps.db.selectFrom('application_drafts').select(['application_id', 'answers']).execute()
  expect(new Set(drafts.map(({ application_id }) => application_id)).size).toBe(1)
  // What was written stands in the application alone.
  expect(drafts.map(({ answers }) => answers)).toEqual([{}, {}])
  const contacts = await deps.db.selectFrom('contacts').select(['address', 'given_name', 'forgotten_at']).execute()
  expect(contacts).toEqual([1, 2].map(() => ({ address: null, given_name: '', forgotten_at: deps.clock.now() })))
})

test('a known address is the person we know, who gets their new name, and no page told that it was known', async () => {
  const { deps, send, verify, applications, get } = await openForm()
  const { id } = await deps.db
    .insertInto('people')
    .values({ given_name: 'Mina', family_name: 'Old', country_code: 'TZ' })
    .returning('id')
    .executeTakeFirstOrThrow()
  await deps.db.insertInto('addresses').values({ person_id: id, address: 'amina@library.example' }).execute()
  const known = (await get(await send())).body
  const unknown = (await get(await send({ email: 'other@library.example' }))).body
  const plain = (html: string) => html.replaceAll(/form&#x3D;\w+/g, '').replaceAll(/(amina|other)@library/g, '')
  expect(plain(known)).toBe(plain(unknown))
  await verify()
  expect(await applications()).toMatchObject([
    { person_id: id, given_name: 'Amina', family_name: 'Okafor', country_code: 'KE' },
  ])
})

test('a form sent again does not take back a confirmation; who declined comes back by it; who was removed does not', async () => {
  const { deps, send, verify, applications } = await openForm()
  const states: [string, string][] = [
    ['confirmed', 'confirmed'],
    ['declined', 'applied'],
    ['withdrawn', 'applied'],
    ['removed', 'removed'],
  ]
  for (const [state] of states) {
    await send({ email: `${state}@library.example` })
    await verify(`${state}@library.example`)
    await deps.db
      .updateTable('applications')
      .set({ state })
      .where('id', '=', (await applications()).at(-1)?.id as number)
      .execute()
  }
  deps.clock.advance(86_400_000)
  for (const [state] of states) {
    await send({ email: `${state}@library.example`, sector: 'School' })
    await verify(`${state}@library.example`)
  }
  expect((await applications()).map(({ state }) => state)).toEqual(states.map(([, after]) => after))
  expect((await applications()).map(({ sector }) => sector)).toEqual(['School', 'School', 'School', 'Public'])
  const answers = await deps.db.selectFrom('confirmation_answers').select(['before', 'answer', 'source']).execute()
  expect(answers).toEqual([
    { before: 'declined', answer: 'applied', source: 'form' },
    { before: 'withdrawn', answer: 'applied', source: 'form' },
  ])
})

test('a link older than seven days offers a new one, and the new one works', async () => {
  const { deps, send, get, post, mails, applications } = await openForm()
  await send()
  const old = (await mails())[0]?.verify as string
  deps.clock.advance(7 * 86_400_000 + 1)
  expect((await get(old)).body).toContain('more than seven days old')
  await post(old, { do: 'verify' })
  expect(await applications()).toEqual([])
  const offered = await post(old, { do: 'mail' })
  expect((await get(offered.headers.location as string)).body).toContain('It is on its way.')
  const fresh = (await mails())[1]?.verify as string
  expect((await get(fresh)).body).toContain('Complete your application')
  await post(fresh, { do: 'verify' })
  expect(await applications()).toHaveLength(1)
})

test('a round that closes in mid-form: what was sent may be verified for a week, what was not is told of the list', async () => {
  const { deps, fill, send, get, post, mails, applications, versionIn } = await openForm()
  deps.clock.set('2016-02-15T11:00:00Z')
  await send()
  const late = await fill({ email: 'late@library.example' })
  const version = versionIn((await get(late)).body)
  deps.clock.set('2016-02-15T12:00:00Z')
  const refused = await post(late, { version })
  expect(refused.statusCode).toBe(409)
  expect(refused.body).toContain('Applications are closed')
  expect(refused.body).toContain('/interest?language&#x3D;en')
  expect((await post(late.replace('/5?', '/2?'), answersOf()[1])).statusCode).toBe(409)
  expect((await get(late)).body).toContain('Applications are closed')
  expect((await get('/apply/2016A')).body).toContain('are closed')
  const link = (await mails())[0]?.verify as string
  deps.clock.set('2016-02-22T10:59:00Z')
  await post(link, { do: 'verify' })
  expect(await applications()).toHaveLength(1)
})

test('after that week the link says that it is too late, and changes nothing', async () => {
  const { deps, send, get, post, mails, applications } = await openForm()
  deps.clock.set('2016-02-15T11:00:00Z')
  const sent = await send()
  const link = (await mails())[0]?.verify as string
  deps.clock.set('2016-02-22T11:01:00Z')
  expect((await get(link)).body).toContain('Applications are closed')
  await post(link, { do: 'verify' })
  await post(link, { do: 'mail' })
  const again = await post(sent, { do: 'mail' })
  // Nothing was mailed, so the page does not say so.
  expect((await get(again.headers.location as string)).body).toContain('Applications are closed')
  expect(await applications()).toEqual([])
  expect(await mails()).toHaveLength(1)
})

test('the link tells the owner of the address where they stand by now; the form’s own pages tell nobody what they did', async () => {
  const { deps, send, verify, get, mails } = await openForm()
  const sent = await send()
  await verify()
  const link = (await mails())[0]?.verify as string
  const told: [state: string, title: string][] = [
    ['applied', 'Your application is complete'],
    ['confirmed', 'Your place is confirmed'],
    ['declined', 'You have declined your place'],
    ['lapsed', 'We did not hear from you'],
    ['withdrawn', 'You are not taking part'],
    ['removed', 'You are not taking part'],
  ]
  for (const [state, title] of told) {
    await deps.db.updateTable('applications').set({ state }).execute()
    expect((await get(link)).body).toContain(`<h1>${title}</h1>`)
    expect((await get(sent)).body).toContain('<h1>Your application is complete</h1>')
  }
})

test('a code of conduct that changes in mid-form is agreed to anew, and who agreed to which is kept', async () => {
  const { deps, fill, send, get, post, verify, applications, versionIn } = await openForm()
  await send({ email: 'first@library.example' })
  await verify('first@library.example')
  const check = await fill()
  await publishConduct(deps, {
    version: '2016-2',
    body_markdown: 'Be **kind**. <script>alert(1)</script>',
    by: 'staff 1',
  })
  const refused = await post(check, { version: versionIn((await get(check)).body) })
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('#code_of_conduct')
  const fourth = check.replace('/5?', '/4?')
  const again = (await get(fourth)).body
  expect(again).toContain('Be <strong>kind</strong>. &lt;script&gt;')
  expect(again).not.toMatch(/name="code_of_conduct" value="Yes" checked/)
  // The page that was open all the while names the version that it showed.
  const stale = await post(fourth, answersOf({ conduct: '1' })[3] as Record<string, string>)
  expect(stale.statusCode).toBe(409)
  await post(fourth, answersOf({ conduct: '2016-2' })[3] as Record<string, string>)
  expect((await post(check, { version: versionIn((await get(check)).body) })).statusCode).toBe(303)
  await verify()
  const [first, second] = await applications()
  const versions = await deps.db.selectFrom('codes_of_conduct').select(['id', 'version']).orderBy('id').execute()
  expect(versions.map(({ version }) => version)).toEqual(['1', '2016-2'])
  expect([first?.code_of_conduct_id, second?.code_of_conduct_id]).toEqual(versions.map(({ id }) => id))
  expect((await get('/conduct/1')).body).toContain('There is a newer version.')
})

test('nobody applies without the code of conduct', async () => {
  const { fill, post } = await openForm()
  const url = await fill({}, 3)
  const answer = await post(url, { commitment: 'Yes', conduct: '1' })
  expect(answer.statusCode).toBe(422)
  expect(answer.body).toContain('Nobody can take part without this.')
})

test('whatever is wrong with a link, the page says the same', async () => {
  const { send, get, post, mails } = await openForm()
  await send()
  const [mail] = await mails()
  const tokenOf = (link = '') => link.split('/').at(-1) as string
  const token = tokenOf(mail?.verify)
  const bad = [token.slice(0, -1), `${token}a`, 'x', tokenOf(mail?.resume)]
  const bodies = new Set<string>()
  for (const one of bad) {
    for (const answer of [await get(`/apply/verify/${one}`), await post(`/apply/verify/${one}`, { do: 'verify' })]) {
      expect(answer.statusCode).toBe(404)
      bodies.add(answer.body)
    }
  }
  expect(bodies.size).toBe(1)
  expect((await get(`/apply/verify/${token.toUpperCase()}`)).statusCode).toBe(200)
})

test('once a country has its share, the next of it wait in line and are told; other countries do not', async () => {
  const { deps, send, verify, applications, mails, get } = await openForm({ country_cap_percent: 10 })
  const arrive = async (country: string, at: number) => {
    const email = `${country.toLowerCase()}${at}@library.example`
    await send({ email, country, name: `Name Number${at}`, given_name: 'Name' })
    return verify(email)
  }
  // Of fifty and fewer applicants, five.
  for (let at = 0; at < 5; at++) expect((await arrive('AU', at)).body).toContain('Your application is complete')
  expect((await arrive('AU', 5)).body).toContain('You are on the waiting list')
  expect((await arrive('KE', 6)).body).toContain('Your application is complete')
  expect((await applications()).map(({ state }) => state)).toEqual([
    ...Array(5).fill('applied'),
    'waitlisted',
    'applied',
  ])
  const waiting = (await applications())[5]
  expect(waiting?.waitlisted_at).toEqual(deps.clock.now())
  const told = (await mails()).filter(({ key }) => key === 'country_waitlist')
  expect(told).toMatchObject([{ person_id: waiting?.person_id, address: 'au5@library.example', state: 'queued' }])
  const cap = await measureCountryCap(deps, { code: '2016A' })
  expect(cap).toMatchObject({ cap_percent: 10, applicants: 7, places: 5 })
  expect(cap.countries[0]).toMatchObject({ country: 'Australia', holding: 5, waitlisted: 1, free: 0 })
  expect((await get('/apply/2016A')).statusCode).toBe(200)
})
