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

test('the link shows whose form it is, when it was sent, and whose application it takes the place of', async () => {
  const { deps, send, get, post, verify, mails, applications } = await openForm()
  const email = 'desk@library.example'
  await send({ email, name: 'Ana One', given_name: 'Ana', country: 'BR' })
  const first = (await get((await mails())[0]?.verify as string)).body
  for (const fact of ['Ana One', 'Brazil', '1 February 2016']) expect(first).toContain(`<bdi>${fact}</bdi>`)
  expect(first).not.toContain('takes the place')
  await verify(email)
  deps.clock.advance(86_400_000)
  await send({ email, name: 'Ben Two', given_name: 'Ben' })
  const link = (await mails())[1]?.verify as string
  const second = (await get(link)).body
  expect(second).toContain('<bdi>Ben Two</bdi>')
  expect(second).toMatch(/takes the place of the application of \u2068Ana One\u2069, sent on 1 February 2016/)
  // Looking alone changes nothing.
  expect(await applications()).toMatchObject([{ given_name: 'Ana' }])
  await post(link, { do: 'verify' })
  expect(await applications()).toMatchObject([{ given_name: 'Ben' }])
})

test('of two forms the earlier takes no place of the later, and its page does not say so', async () => {
  const { deps, send, get, verify, mails } = await openForm()
  await send({ sector: 'School' })
  deps.clock.advance(60_000)
  await send()
  await verify()
  expect((await get((await mails())[0]?.verify as string)).body).not.toContain('takes the place')
})

test('a form that was taken back and sent with something else while its reader looked at it is looked at again', async () => {
  const { send, get, post, mails, applications, versionIn } = await openForm()
  const sent = await send({ name: 'Amina Okafor' })
  const link = (await mails())[0]?.verify as string
  const seen = versionIn((await get(link)).body)
  await post(sent, { do: 'reopen' })
  const check = sent.replace('/sent?', '/5?')
  await post(sent.replace('/sent?', '/1?'), { ...answersOf()[0], name: 'Amina Other' } as Record<string, string>)
  await post(check, { version: versionIn((await get(check)).body) })
  const pressed = await post(link, { do: 'verify', version: seen })
  expect(await applications()).toEqual([])
  const again = (await get(pressed.headers.location as string)).body
  expect(again).toContain('look through them')
  expect(again).toContain('<bdi>Amina Other</bdi>')
  await post(link, { do: 'verify', version: versionIn(again) })
  expect(await applications()).toMatchObject([{ family_name: 'Other' }])
})

test('who presses the button in the last second is in time, however long the request waits its turn', async () => {
  const { deps, fill, get, post, send, applications, mails, versionIn } = await openForm()
  const { clock } = deps
  /** The second passes right after the request was first looked at. */
  const passing = async (from: string, to: string, request: () => ReturnType<typeof post>) => {
    clock.set(from)
    const original = clock.now
    let isFirst = true
    clock.now = () => {
      const now = original()
      if (isFirst) clock.set(to)
      isFirst = false
      return now
    }
    return request().finally(() => {
      clock.now = original
    })
  }
  const check = await fill({ email: 'other@library.example' })
  const version = versionIn((await get(check)).body)
  const late = '2016-02-15T12:00:00Z'
  const sent = await passing('2016-02-15T11:59:59Z', late, () => post(check, { version }))
  expect(sent.statusCode).toBe(303)
  expect((await get(sent.headers.location as string)).body).toContain('We have mailed a link')
  // A week after it was sent the link is over.
  clock.set('2016-02-15T11:00:00Z')
  await send()
  const link = (await mails()).at(-1)?.verify as string
  await passing('2016-02-22T11:00:00Z', '2016-02-22T11:00:01Z', () => post(link, { do: 'verify' }))
  expect(await applications()).toMatchObject([{ address: 'amina@library.example' }])
})

test('an opening that was moved into the future shows when it is, not that it is over', async () => {
  const { deps, fill, get, post, mails } = await openForm()
  const third = await fill({}, 2)
  await post(third, { do: 'later' })
  await deps.db.updateTable('rounds').set({ applications_open_on: '2016-02-10' }).execute()
  const link = (await mails())[0]?.resume as string
  for (const answer of [await get(third), await get(link), await post(third, { interests: 'Advocacy' })]) {
    expect(answer.body).toContain('open on 10 February 2016')
    expect(answer.body).not.toContain('Applications are closed')
  }
  deps.clock.set('2016-02-10T00:00:00Z')
  expect((await get(third)).statusCode).toBe(200)
})

test('who waits comes before who comes later: a place that is free is nobody’s by chance', async () => {
  const { deps, send, verify, applications } = await openForm({ country_cap_percent: 4 })
  const apply = async (name: string) => {
    await send({ email: `${name}@library.example`, special_request: name })
    await verify(`${name}@library.example`)
  }
  for (const name of ['ana', 'ben', 'cho']) await apply(name)
  await deps.db.updateTable('applications').set({ state: 'declined' }).where('special_request', '=', 'ana').execute()
  await apply('dan')
  await apply('ana')
  expect((await applications()).map(({ special_request, state }) => [special_request, state])).toEqual([
    ['ana', 'waitlisted'],
    ['ben', 'applied'],
    ['cho', 'waitlisted'],
    ['dan', 'waitlisted'],
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
