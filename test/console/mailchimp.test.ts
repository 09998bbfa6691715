import { expect, test } from 'vitest'
import { readConnection } from '../../src/features/mailchimp/index.ts'
import { addApplicant, addRound } from '../features/campaigns/round.ts'
import { connectList } from '../features/mailchimp/back/told.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { HOME, jobsOf, LISTS, MAP, open, openStage, work } from './mailchimp-console.ts'
import { HOSTILE } from './mailchimp-stage.ts'

test('without a key the page says how to get one, and asks for none', async () => {
  const visit = await openConsole(await openTestDeps())
  const { statusCode, body } = await visit.get(HOME)
  expect(statusCode).toBe(200)
  expect(body).toContain('There is no key for Mailchimp yet')
  expect(body).toContain('MAILCHIMP_API_KEY')
  expect(body).not.toMatch(/<input(?![^>]*type="hidden")/)
  for (const page of ['plan', 'drift', 'change', 'disconnect'])
    expect((await visit.get(`${HOME}/${page}`)).statusCode, page).toBeLessThan(500)
})

test('a key that Mailchimp refuses, or an account that cannot be reached, is said in a sentence without the key', async () => {
  const { visit } = await open({ key: 'another0key-us1' })
  const refused = await visit.get(HOME)
  expect(refused.statusCode).toBe(200)
  expect(refused.body).toContain('Mailchimp cannot be used')
  expect(refused.body).not.toContain('another0key')
})

test('an audience is chosen, mapped and connected once, however often the button is pressed; the first sync begins', async () => {
  const { deps, visit } = await open()
  const form = (await visit.get(HOME)).body
  expect(form).toContain('Participants')
  expect(form).toContain('Friends &lt;script&gt;')
  expect(form).not.toContain(HOSTILE)
  expect(form).not.toMatch(/name="list_id"[^>]*checked/)
  expect(form).toContain('value="PARTNER"')
  for (const _press of [1, 2]) {
    const answer = await visit.post(`${HOME}/connect`, { ...MAP, list_id: 'aaaaaaaaaa' })
    expect(answer.statusCode).toBe(303)
  }
  expect(await readConnection(deps)).toMatchObject({
    ...{ list_id: 'aaaaaaaaaa', states: ['applied', 'confirmed'], count_opens: false },
    connected_by: `staff ${visit.staff.id}`,
  })
  expect(await jobsOf(deps, 'mailchimp-sync')).toHaveLength(1)
  const entries = JSON.stringify(await deps.db.selectFrom('audit_log').selectAll().execute())
  expect(entries).toContain('Connect Mailchimp')
  expect(entries).not.toContain('fake-us1')
})

test('the only audience of the account is chosen already, and an account without one says what to do', async () => {
  const one = await open({ lists: LISTS.slice(0, 1) })
  expect((await one.visit.get(HOME)).body).toMatch(/name="list_id" value="aaaaaaaaaa" checked/)
  const none = await open({ lists: LISTS.slice(0, 1) })
  none.fake.deleteList()
  expect((await none.visit.get(HOME)).body).toContain('The account has no audience')
})

test('a faulty form leads to each fault and keeps what was typed', async () => {
  const { deps, visit } = await open()
  const refused = await visit.post(`${HOME}/connect`, {
    ...MAP,
    'fields.round': 'ROUND OF THE YEAR',
    list_id: 'aaaaaaaaaa',
  })
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('href="#fields.round"')
  expect(refused.body).toContain('value="ROUND OF THE YEAR"')
  const nobody = await visit.post(`${HOME}/connect`, { ...MAP, states: [], list_id: 'aaaaaaaaaa' })
  expect(nobody.statusCode).toBe(422)
  expect(nobody.body).toContain('href="#states"')
  const unchosen = await visit.post(`${HOME}/connect`, MAP)
  expect(unchosen.statusCode).toBe(422)
  expect(unchosen.body).toContain('href="#list_id"')
  expect(await readConnection(deps)).toBeUndefined()
})

test('a sync is shown while it goes on, and after it what came of it and how the two sides stand', async () => {
  const { deps, visit, fake } = await open()
  const round = await addRound(deps.db)
  for (let at = 0; at < 3; at++) await addApplicant(deps.db, round, { state: 'confirmed' })
  await connectList(deps.db)
  expect((await visit.get(HOME)).body).toContain('Everybody there is to be read before it is known')
  const plan = (await visit.get(`${HOME}/plan`)).body
  expect(plan).toContain('3 new, 3 to tag. Nothing of it is written yet.')
  expect(plan).toContain('the next sync reads everybody there first')
  for (const _press of [1, 2])
    expect((await visit.post(`${HOME}/sync`, { whole: 'yes' })).headers.location).toBe(`${HOME}?notice=started`)
  expect(await jobsOf(deps, 'mailchimp-sync')).toMatchObject([{ input: { whole: true, dry_run: false } }])
  const part = (await visit.get(`${HOME}/progress`)).body
  expect(part).toContain('hx-get="/console/settings/mailchimp/progress"')
  expect(part).not.toContain('<html')
  await work(deps)
  expect(fake.members()).toHaveLength(3)
  const { body } = await visit.get(HOME)
  expect(body).toContain('3 people are in step; nobody needs a person; read just now.')
  expect(body).toMatch(/3 added, .* calls to Mailchimp/)
  expect((await visit.get(`${HOME}/progress`)).body).not.toContain('hx-get')
  expect((await visit.get(`${HOME}/drift`)).body).toContain('Nothing differs')
  await deps.db.updateTable('people').set({ family_name: HOSTILE }).execute()
  const drift = (await visit.get(`${HOME}/drift`)).body
  expect(drift).toContain('3 people differ')
  expect(drift).not.toContain(HOSTILE)
})

test('after connecting the audience is only read; what the first sync would do is told, and somebody begins it', async () => {
  const { deps, visit, fake } = await open()
  const round = await addRound(deps.db)
  for (let at = 0; at < 2; at++) await addApplicant(deps.db, round, { state: 'confirmed' })
  await visit.post(`${HOME}/connect`, { ...MAP, list_id: 'aaaaaaaaaa' })
  const reading = (await visit.get(HOME)).body
  expect(reading).toContain('is being read for the first time. Nothing of people is written there yet.')
  expect(reading).not.toContain('to be synced')
  const early = (await visit.get(`${HOME}/plan`)).body
  expect(early).toContain('Nothing has been read there yet')
  expect(early).not.toContain('Begin the first sync')
  await work(deps)
  expect(fake.members()).toEqual([])
  const read = (await visit.get(HOME)).body
  expect(read).toContain('Look at what the first sync would do, then begin it.')
  expect(read).toContain('name="whole" value="yes">Begin the first sync</button>')
  expect(read).not.toContain('Sync now')
  const plan = (await visit.get(`${HOME}/plan`)).body
  expect(plan).toContain('2 new, 2 to tag. Nothing of it is written yet.')
  expect(plan).not.toContain('Nothing has been read there yet')
  expect(plan).toContain('Begin the first sync')
  expect((await visit.get(`${HOME}/drift`)).body).toContain('once somebody begins it')
  expect((await visit.get(`${HOME}/change`)).body).not.toContain('A sync of everybody brings')
  expect((await visit.get('/console')).body).toContain('Begin the first sync with Mailchimp')
  await visit.post(`${HOME}/sync`, { whole: 'yes' })
  expect((await visit.get('/console')).body).not.toContain('Begin the first sync')
  await work(deps)
  expect(fake.members()).toHaveLength(2)
  expect((await visit.get(HOME)).body).toContain('2 people are in step')
  // Another choice is no first reading, and people were written there.
  await visit.post(`${HOME}/change`, { ...MAP, states: ['applied', 'confirmed', 'declined'] })
  const again = (await visit.get(HOME)).body
  expect(again).toContain('Everybody there is being read, and brought in step.')
  expect(again).not.toContain('for the first time')
})

test('a first reading that failed is not tried by itself, and the page does not say so', async () => {
  const { deps, visit, fake } = await open()
  await visit.post(`${HOME}/connect`, { ...MAP, list_id: 'aaaaaaaaaa' })
  fake.deleteList()
  await work(deps).catch(() => undefined)
  await deps.db.updateTable('jobs').set({ state: 'failed', finished_at: deps.clock.now() }).execute()
  const { body } = await visit.get(HOME)
  expect(body).toContain('The last work with Mailchimp failed')
  expect(body).not.toContain('tried again by itself')
  expect(body).toContain('name="check" value="yes">Read the audience</button>')
  await deps.db.updateTable('mailchimp_audience').set({ begun_at: deps.clock.now() }).execute()
  expect((await visit.get(HOME)).body).toContain('It is tried again by itself')
})

test('reading only tells what a sync would do, and writes nothing there', async () => {
  const { deps, visit, fake } = await open()
  await addApplicant(deps.db, await addRound(deps.db), { state: 'confirmed' })
  await connectList(deps.db)
  await visit.post(`${HOME}/sync`, { check: 'yes' })
  expect(await jobsOf(deps, 'mailchimp-sync')).toMatchObject([{ input: { whole: true, dry_run: true } }])
  await work(deps)
  expect(fake.members()).toEqual([])
  const { body } = await visit.get(HOME)
  expect(body).toContain('The last reading')
  expect(body).toContain('1 new')
  expect(body).toContain('It was a dry run')
})

test('what goes there is changed on its own page', async () => {
  const { deps, visit } = await open()
  await connectList(deps.db)
  expect((await visit.get(`${HOME}/change`)).body).toContain('value="LANGUAGE"')
  const saved = await visit.post(`${HOME}/change`, { ...MAP, states: ['confirmed'], count_opens: 'yes' })
  expect(saved.headers.location).toBe(`${HOME}?notice=changed`)
  expect(await readConnection(deps)).toMatchObject({ states: ['confirmed'], count_opens: true })
  expect((await visit.post(`${HOME}/change`, { ...MAP, states: [] })).statusCode).toBe(422)
})

test('people to see to: each with what can be done, and one press does it once', async () => {
  const { deps, visit, staged } = await openStage()
  const { body } = await visit.get(`${HOME}/troubles`)
  expect(body).not.toContain(HOSTILE)
  expect(body).toContain('<bdi>عائشة المنصوري</bdi>')
  expect(body).toContain('elsewhere@library.example')
  expect(body.match(/value="accept_address"/g)).toHaveLength(1)
  const [moved, refused] = staged.troubled as [{ person_id: number; hash: string }, { hash: string }]
  for (const _press of [1, 2]) {
    const accepted = await visit.post(`${HOME}/troubles`, { hash: moved.hash, decision: 'accept_address' })
    expect(accepted.headers.location).toBe(`${HOME}/troubles?notice=accept_address`)
  }
  expect(
    await deps.db
      .selectFrom('addresses')
      .select('address')
      .where('person_id', '=', moved.person_id)
      .where('is_primary', '=', true)
      .execute(),
  ).toEqual([{ address: 'elsewhere@library.example' }])
  await visit.post(`${HOME}/troubles`, { hash: refused.hash, decision: 'leave' })
  expect((await visit.get(`${HOME}/troubles`)).body).toContain('Left as it is')
  expect((await visit.post(`${HOME}/troubles`, { hash: refused.hash, decision: 'delete' })).statusCode).toBe(422)
})

test('a new address that is somebody else’s changes nothing, and the page says what to do', async () => {
  const { deps, visit, staged, people } = await openStage()
  await deps.db
    .updateTable('addresses')
    .set({ address: 'elsewhere@library.example' })
    .where('person_id', '=', people[7] as number)
    .execute()
  const { hash } = staged.troubled[0] as { hash: string }
  const { headers } = await visit.post(`${HOME}/troubles`, { hash, decision: 'accept_address' })
  expect(headers.location).toBe(`${HOME}/troubles?notice=address_taken`)
  expect((await visit.get(String(headers.location))).body).toContain('belongs to somebody else here')
})

test('a clash shows both values, when, which was kept and why; the other one is kept by a button', async () => {
  const { deps, visit, staged, people } = await openStage()
  const { body } = await visit.get(`${HOME}/clashes`)
  expect(body).not.toContain(HOSTILE)
  expect(body).toContain('because it is the newer one')
  expect(body).toContain('<bdi>عائشة</bdi>')
  const before = await deps.db
    .selectFrom('people')
    .select('given_name')
    .where('id', '=', people[0] as number)
    .execute()
  expect(before).toEqual([{ given_name: 'عائشة' }])
  // A name with a link or a tag in it cannot stand here: the page says so.
  const refused = await visit.post(`${HOME}/clashes/${staged.clash}/keep`, { side: 'theirs' })
  expect(refused.headers.location).toBe(`${HOME}/clashes?notice=not_acceptable`)
  expect((await visit.get(`${HOME}/clashes?notice=not_acceptable`)).body).toContain('so nothing was changed')
  const kept = await visit.post(`${HOME}/clashes/${staged.clash}/keep`, { side: 'ours' })
  expect(kept.headers.location).toBe(`${HOME}/clashes?notice=ours`)
  expect((await visit.get(`${HOME}/clashes`)).body).toContain(`decided by ${visit.staff.name}`)
})

test('the log has syncs and hand-overs, and what Mailchimp told us with what came of it', async () => {
  const { visit } = await openStage()
  const { body } = await visit.get(`${HOME}/log`)
  expect(body).not.toContain(HOSTILE)
  expect(body).toContain('A hand-over to Mailchimp, number')
  expect(body).toContain('412 added, 30 changed, 7 archived')
  expect(body).toContain('Our own change, told back to us')
  expect((await visit.get(`${HOME}/log?before=1`)).statusCode).toBe(200)
})

test('the page says why the last sync failed, and Home asks for what needs a person', async () => {
  const { visit, as, staged } = await openStage()
  const { body } = await visit.get(HOME)
  expect(body).not.toContain(HOSTILE)
  expect(body).toContain('The last work with Mailchimp failed')
  expect(body).toContain('Mailchimp did not answer in time.')
  const home = (await visit.get('/console')).body
  expect(home).not.toContain(HOSTILE)
  expect(home).toContain('The last sync with Mailchimp failed: see why')
  // Of one somebody said that it may stay.
  expect(home).toContain('See to 6 people in Mailchimp')
  expect(home).toContain(`/console/campaigns/${staged.failed}/report`)
  expect(home).toContain('could not be handed over to Mailchimp: see why')
  expect(home).not.toContain('are held: let them go')
  const viewer = await as('viewer')
  expect((await viewer.get('/console')).body).not.toContain('Mailchimp')
})

test('disconnecting asks first and says what stays; pressed twice it is done once', async () => {
  const { deps, visit } = await openStage()
  const { body } = await visit.get(`${HOME}/disconnect`)
  expect(body).toContain('What stays')
  expect(body).not.toContain(HOSTILE)
  for (const _press of [1, 2])
    expect((await visit.post(`${HOME}/disconnect`)).headers.location).toBe(`${HOME}?notice=disconnected`)
  expect(await readConnection(deps)).toBeUndefined()
  expect((await visit.get(`${HOME}/drift`)).headers.location).toBe(HOME)
  expect((await visit.get(`${HOME}/disconnect`)).statusCode).toBe(404)
})

test('a communications officer reads and changes nothing; a viewer sees nothing of it', async () => {
  const { as, staged } = await openStage()
  const officer = await as('communications_officer')
  const { body } = await officer.get(`${HOME}/troubles`)
  expect(body).toContain('People to see to')
  expect(body).not.toContain('name="decision"')
  expect((await officer.get(HOME)).body).not.toContain('Sync now')
  const posts = ['connect', 'change', 'sync', 'disconnect', `clashes/${staged.clash}/keep`, 'troubles']
  for (const path of posts) expect((await officer.post(`${HOME}/${path}`, MAP)).statusCode, path).toBe(403)
  const viewer = await as('viewer')
  expect((await viewer.get('/console/settings')).body).not.toContain(`href="${HOME}"`)
  for (const path of ['', '/plan', '/drift', '/clashes', '/troubles', '/log', '/progress'])
    expect((await viewer.get(HOME + path)).statusCode, path).toBe(403)
})
