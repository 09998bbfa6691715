import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { printSignIn, sessionStore } from '../../src/features/staff/index.ts'
import { addStaff, encodeForm, openConsole, openConsoleApp, signIn } from '../support/console.ts'
import { openTestDeps, TEST_TOKEN, type TestDeps } from '../support/deps.ts'
import { keptLog } from '../support/log.ts'

const PAGE = { accept: 'text/html', host: 'localhost' }
const FORM = { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' }

test('the cookie goes over https alone wherever readers come by https, whatever the proxy says', async () => {
  const cookieOf = async (environment: Record<string, string>, headers: Record<string, string>) => {
    const deps = await openTestDeps(environment)
    const app = await openConsoleApp(deps)
    const { address } = await addStaff(deps, 'viewer')
    const { pathname } = new URL(await printSignIn(deps, { address }))
    const answer = await app.inject({ method: 'POST', url: pathname, headers: { ...PAGE, ...headers } })
    expect(answer.cookies).toHaveLength(1)
    return answer.cookies[0]
  }
  const safe = { httpOnly: true, sameSite: 'Lax', path: '/' }
  const https = { PUBLIC_URL: 'https://programme.example' }
  expect((await cookieOf({}, {}))?.secure).toBeUndefined()
  expect(await cookieOf({}, { 'x-forwarded-proto': 'https' })).toMatchObject({ ...safe, secure: true })
  expect(await cookieOf(https, {})).toMatchObject({ ...safe, secure: true })
  expect(await cookieOf(https, { 'x-forwarded-proto': 'https' })).toMatchObject({ ...safe, secure: true })
})

test('a session keeps nothing but its round and the secret of its forms', async () => {
  const deps = await openTestDeps()
  await deps.db.insertInto('rounds').values({ code: '2016A', name: 'Round 2016A' }).execute()
  const visit = await openConsole(deps)
  for (const round of ['2016A', 'a round that is none', '2016A\0']) await visit.post('/console/round', { round })
  const { data } = await deps.db.selectFrom('sessions').select('data').executeTakeFirstOrThrow()
  expect(data).toEqual({ _csrf: expect.any(String), round_code: '2016A' })
})

test('a session that ends while another request is under way does not come back', async () => {
  const deps = await openTestDeps()
  await deps.db.insertInto('rounds').values({ code: '2016A', name: 'Round 2016A' }).execute()
  const visit = await openConsole(deps)
  const _csrf = await visit.csrf()
  await Promise.all([
    visit.post('/sign-out', { _csrf }),
    ...Array.from({ length: 5 }, () => visit.post('/console/round', { _csrf, round: '2016A' })),
  ])
  expect((await visit.get('/console/help')).statusCode).toBe(302)
  expect(await deps.db.selectFrom('sessions').select('staff_id').execute()).toEqual([])
})

test('another role holds from the next request on', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps, 'director')
  expect((await visit.get('/console/settings/people')).statusCode).toBe(200)
  await addStaff(deps, 'director')
  await deps.db.updateTable('staff').set({ role: 'viewer' }).where('id', '=', visit.staff.id).execute()
  expect((await visit.get('/console/settings/people')).statusCode).toBe(403)
})

test('a session that cannot be kept is an answer in words, and tells nothing of the database', async () => {
  const deps = await openTestDeps()
  const app = await openConsoleApp(deps)
  const { address } = await addStaff(deps, 'viewer')
  const { pathname } = new URL(await printSignIn(deps, { address }))
  await sql`alter table sessions rename to elsewhere`.execute(deps.db)
  const answer = await app.inject({ method: 'POST', url: pathname, headers: PAGE })
  expect(answer.statusCode).toBe(500)
  expect(answer.headers['content-type']).toContain('text/html')
  expect(answer.body).not.toContain('sessions')
  expect(answer.cookies).toEqual([])
})

test('the answer to who asks for a link does not wait for the email: its time tells nobody who is of the staff', async () => {
  const deps = await openTestDeps()
  const app = await openConsoleApp(deps)
  const staff = await addStaff(deps, 'director')
  // Nothing can be mailed while somebody else holds the person's row.
  await deps.db.transaction().execute(async (tx) => {
    await sql`select 1 from staff where id = ${staff.id} for update`.execute(tx)
    const asked = await Promise.all(
      Array.from({ length: 20 }, () =>
        app.inject({ method: 'POST', url: '/sign-in', headers: FORM, payload: encodeForm({ address: staff.address }) }),
      ),
    )
    expect(asked.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(303))
  })
  // The service waits for what is under way; twenty presses at once are one link.
  await app.close()
  expect(await deps.db.selectFrom('sign_in_links').select('staff_id').execute()).toEqual([{ staff_id: staff.id }])
})

test('a stranger who asks for links without end keeps nobody else from asking', async () => {
  const deps = await openTestDeps()
  const app = await openConsoleApp(deps)
  const { address } = await addStaff(deps, 'director')
  const ask = (one: string) =>
    app.inject({ method: 'POST', url: '/sign-in', headers: FORM, payload: encodeForm({ address: one }) })
  for (let n = 0; n < 150; n++) await ask(`nobody${n}@programme.example`)
  expect((await ask(address)).statusCode).toBe(303)
  await app.close()
  expect(await deps.db.selectFrom('sign_in_links').select('id').execute()).toHaveLength(1)
})

test('the page of a link sends its address to nobody, not even in a Referer to us', async () => {
  const deps = await openTestDeps()
  const app = await openConsoleApp(deps)
  const { address } = await addStaff(deps, 'viewer')
  const { pathname } = new URL(await printSignIn(deps, { address }))
  const answer = await app.inject({ url: pathname, headers: PAGE })
  // Under "no-referrer" the form's own Origin would be missing.
  expect(answer.headers['referrer-policy']).toBe('strict-origin')
})

test('no answer lacks the headers that keep it from being framed, sniffed, kept or told on', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps, 'viewer')
  const post = (headers: object, url = '/console/round', payload = 'round=x') =>
    visit.app.inject({ method: 'POST', url, headers: { ...FORM, ...headers }, payload })
  const { cookie } = visit
  const answers = {
    page: await visit.get('/console/help'),
    'signed out': await visit.app.inject({ url: '/console/help', headers: PAGE }),
    'not found': await visit.get('/console/nothing'),
    'not allowed': await visit.get('/console/settings/people'),
    'bad address': await visit.get('/console/%zz'),
    'bad id': await visit.get('/console/campaigns/0'),
    'lost form, signed out': await post({}),
    'lost upload': await post({ 'content-type': 'multipart/form-data; boundary=x' }, '/console/round', '--x--'),
    'lost form, signed in': await post({ cookie }),
    'another site': await post({ cookie, origin: 'https://evil.example' }),
    'too large': await post({ cookie }, '/console/round', 'x'.repeat(600_000)),
    'no form': await post({ cookie, 'content-type': 'image/png' }),
    'no JSON': await post({ cookie, 'content-type': 'application/json' }, '/console/round', '{'),
    'sign-in': await visit.app.inject({ url: '/sign-in', headers: PAGE }),
    'old link': await visit.app.inject({ url: '/sign-in/aaaa', headers: PAGE }),
    'signed out by': await visit.post('/sign-out'),
  }
  for (const [named, { headers }] of Object.entries(answers)) {
    expect(headers, named).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': expect.stringMatching(/^(no-referrer|same-origin|strict-origin)$/),
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
    })
    expect(headers['content-security-policy'], named).not.toContain('unsafe')
  }
})

test('no log holds a link, a cookie, a token of a form, an address or what was typed', async () => {
  const deps = await openTestDeps()
  const { log, text, lines } = keptLog()
  const app = await openConsoleApp({ ...deps, log })
  const staff = await addStaff(deps, 'director', { name: 'Amina Okafor', address: 'amina@programme.example' })
  const { pathname } = new URL(await printSignIn(deps, { address: staff.address }))
  const cookie = await signIn(deps, app, staff.address)
  const call = (method: 'GET' | 'POST', url: string, payload = '', headers: Record<string, string> = { cookie }) =>
    app.inject({ method, url, headers: { ...FORM, referer: `http://localhost${pathname}`, ...headers }, payload })
  const page = await call('GET', '/console/help')
  const csrf = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  expect(csrf).not.toBe('')
  await call('GET', pathname)
  await call('GET', `${pathname}/more?token=${csrf}`)
  await call('POST', pathname, '', {})
  await call('POST', '/sign-in', encodeForm({ address: staff.address }))
  await call('POST', '/console/round', encodeForm({ _csrf: `${csrf}x`, round: 'typed in secret' }))
  await call('POST', '/console/round', encodeForm({ round: 'typed in secret' }), {})
  await sql`alter table rounds rename to elsewhere`.execute(deps.db)
  expect((await call('GET', '/console/help')).statusCode).toBe(500)
  expect((await call('POST', '/console/round', encodeForm({ _csrf: csrf, round: 'typed in secret' }))).statusCode).toBe(
    500,
  )
  await app.close()
  expect(lines.length).toBeGreaterThan(10)
  expect(lines.some(({ msg }) => msg === 'page failed')).toBe(true)
  const id = decodeURIComponent(cookie.split('=')[1] ?? '').split('.')[0] ?? ''
  for (const secret of [pathname.split('/').at(-1) ?? '', id, csrf, 'amina', 'Amina', 'typed in secret'])
    expect(text()).not.toContain(secret)
})

test('what cannot be written into the log of changes is not done', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const _csrf = await visit.csrf()
  await sql`alter table audit_log rename to elsewhere`.execute(deps.db)
  expect((await visit.post('/sign-out', { _csrf })).statusCode).toBe(500)
  expect((await visit.get('/console/help')).statusCode).toBe(200)
  const made = await visit.app.inject({
    method: 'POST',
    url: '/api/v1/rounds',
    headers: { authorization: `Bearer ${TEST_TOKEN}` },
    payload: { code: '2016A', name: 'Round 2016A' },
  })
  expect(made.statusCode).toBe(500)
  expect(await deps.db.selectFrom('rounds').select('code').execute()).toEqual([])
  expect((await visit.get('/console/settings/activity.csv')).statusCode).toBe(500)
})

test('an export is in the log however it is asked for, and what was refused is not', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const viewer = await openConsole(deps, 'viewer', { app: visit.app })
  await visit.get('/console/settings/activity.csv?actor=staff+1')
  await visit.app.inject({
    method: 'HEAD',
    url: '/console/settings/activity.csv',
    headers: { ...PAGE, cookie: visit.cookie },
  })
  await viewer.get('/console/settings/activity.csv')
  await visit.post('/console/settings/me', { _csrf: 'of nobody', name: 'x' })
  const entry = { actor: `staff ${visit.staff.id}`, did: 'Export the activity log', params: {}, status: 200 }
  expect(await entriesOf(deps)).toEqual([
    { ...entry, route: 'GET /console/settings/activity.csv' },
    { ...entry, route: 'HEAD /console/settings/activity.csv' },
  ])
})

const entriesOf = ({ db }: TestDeps) =>
  db.selectFrom('audit_log').select(['actor', 'did', 'route', 'params', 'status']).orderBy('id').execute()

test('a link that is being pressed while its person gets another address lets nobody in', async () => {
  const deps = await openTestDeps()
  const app = await openConsoleApp(deps)
  const staff = await addStaff(deps, 'director')
  const { pathname } = new URL(await printSignIn(deps, { address: staff.address }))
  const pressed = await deps.db.transaction().execute(async (tx) => {
    // As updateMember does it.
    await sql`lock table staff in share row exclusive mode`.execute(tx)
    const answer = app.inject({ method: 'POST', url: pathname, headers: PAGE })
    await waitForLock(deps)
    await tx.updateTable('staff').set({ address: 'new@programme.example' }).where('id', '=', staff.id).execute()
    await tx.updateTable('sign_in_links').set({ expires_at: deps.clock.now() }).execute()
    return { answer }
  })
  expect((await pressed.answer).statusCode).toBe(410)
  expect(await deps.db.selectFrom('sessions').select('staff_id').execute()).toEqual([])
})

/** Until another statement waits for a lock. */
async function waitForLock({ db }: TestDeps): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_locks where not granted`.execute(db)
    if (rows.length > 0) return
  }
}

test('the store never gives a session of a person who is gone', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  await deps.db.deleteFrom('staff').where('id', '=', visit.staff.id).execute()
  const id = decodeURIComponent(visit.cookie.split('=')[1] ?? '').split('.')[0] ?? ''
  const found = await new Promise((done, fail) =>
    sessionStore(deps).get(id, (error, session) => (error ? fail(error) : done(session))),
  )
  expect(found).toBeNull()
  expect((await visit.get('/console/help')).headers.location).toBe('/sign-in')
})
