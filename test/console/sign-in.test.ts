import { expect, onTestFinished, test } from 'vitest'
import { startMailboxServer } from '../../src/features/mailbox/index.ts'
import { requestSignIn } from '../../src/features/staff/index.ts'
import { startWorker } from '../../src/worker.ts'
import { addStaff, encodeForm, openConsole, openConsoleApp, signIn } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { eventually } from '../support/eventually.ts'

const PAGE = { accept: 'text/html', host: 'localhost' }

test('a person asks for a link, gets it by email through the ledger, and is in after pressing its button', async () => {
  const deps = await openTestDeps()
  const app = await openConsoleApp(deps)
  const staff = await addStaff(deps, 'communications_officer', { name: 'Amina Okafor' })
  const asked = await app.inject({ method: 'POST', url: '/sign-in', ...formOf({ address: staff.address }) })
  expect(asked.statusCode).toBe(303)
  expect(asked.headers.location).toBe('/sign-in/asked')
  const path = await linkFromMail(deps, staff.address)

  const page = await app.inject({ url: path, headers: PAGE })
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain('Amina Okafor')
  expect(page.cookies).toEqual([])
  const pressed = await app.inject({ method: 'POST', url: path, headers: PAGE })
  expect(pressed.headers.location).toBe('/console')
  const [cookie] = pressed.cookies
  expect(cookie).toMatchObject({ name: 'pairpost_session', httpOnly: true, sameSite: 'Lax', path: '/' })
  const home = await app.inject({
    url: '/console/help',
    headers: { ...PAGE, cookie: `${cookie?.name}=${encodeURIComponent(cookie?.value ?? '')}` },
  })
  expect(home.statusCode).toBe(200)
  expect(home.body).toContain('Amina Okafor')
})

test('a link works once; a second press of the same button within seconds is the same sign-in', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const path = await mailedPath(deps, visit.staff.address)
  const press = () => visit.app.inject({ method: 'POST', url: path, headers: PAGE })
  expect((await press()).statusCode).toBe(303)
  expect((await press()).statusCode).toBe(303)
  deps.clock.advance(11_000)
  expect((await press()).statusCode).toBe(410)
  expect((await visit.app.inject({ url: path, headers: PAGE })).statusCode).toBe(410)
})

test('a link is over after fifteen minutes, and a made-up one never works', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const path = await mailedPath(deps, visit.staff.address)
  deps.clock.advance(15 * 60_000)
  expect((await visit.app.inject({ url: path, headers: PAGE })).statusCode).toBe(410)
  expect((await visit.app.inject({ method: 'POST', url: path, headers: PAGE })).statusCode).toBe(410)
  const other = path.slice(0, -1) + (path.endsWith('a') ? 'b' : 'a')
  expect((await visit.app.inject({ method: 'POST', url: other, headers: PAGE })).statusCode).toBe(410)
})

test('the answer is the same whether the address belongs to somebody, to nobody, or to who was disabled', async () => {
  const deps = await openTestDeps()
  const app = await openConsoleApp(deps)
  const staff = await addStaff(deps, 'viewer')
  const gone = await addStaff(deps, 'viewer')
  await deps.db.updateTable('staff').set({ disabled_at: deps.clock.now() }).where('id', '=', gone.id).execute()
  const answers = []
  for (const address of [staff.address, gone.address, 'nobody@programme.example']) {
    const answer = await app.inject({ method: 'POST', url: '/sign-in', ...formOf({ address }) })
    answers.push([answer.statusCode, answer.headers.location, answer.body])
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  // Waits for the email that is made beside the answer.
  await app.close()
  expect(await countLinks(deps)).toBe(1)
})

test('no more than five links are on their way to one person', async () => {
  const deps = await openTestDeps()
  const staff = await addStaff(deps, 'viewer')
  await Promise.all(Array.from({ length: 9 }, () => requestSignIn(deps, { address: staff.address })))
  expect(await countLinks(deps)).toBe(5)
  deps.clock.advance(16 * 60_000)
  await requestSignIn(deps, { address: staff.address })
  expect(await countLinks(deps)).toBe(6)
})

test('who is asked for again and again all day gets one link at a time, and can still come in', async () => {
  const deps = await openTestDeps()
  const staff = await addStaff(deps, 'director')
  const links = []
  for (let quarter = 0; quarter < 24; quarter++) {
    for (let n = 0; n < 6; n++) await requestSignIn(deps, { address: staff.address })
    links.push(await countLinks(deps))
    deps.clock.advance(15 * 60_000)
  }
  expect(links.slice(0, 6)).toEqual([5, 10, 15, 20, 21, 22])
  expect(links.at(-1)).toBe(40)
})

test('what is typed wrong stays in the field, with a sentence', async () => {
  const app = await openConsoleApp(await openTestDeps())
  const answer = await app.inject({ method: 'POST', url: '/sign-in', ...formOf({ address: 'amina@@x' }) })
  expect(answer.statusCode).toBe(422)
  expect(answer.body).toContain('value="amina@@x"')
})

test('who is disabled is out with the next request, and a session does not come back by being used', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  expect((await visit.get('/console/help')).statusCode).toBe(200)
  await deps.db.updateTable('staff').set({ disabled_at: deps.clock.now() }).where('id', '=', visit.staff.id).execute()
  const answer = await visit.get('/console/help')
  expect(answer.statusCode).toBe(302)
  expect(answer.headers.location).toBe('/sign-in')
})

test('signing out ends the session on the server too', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  expect((await visit.post('/sign-out')).headers.location).toBe('/sign-in')
  expect((await visit.get('/console/help')).statusCode).toBe(302)
  const { rows } = { rows: await deps.db.selectFrom('sessions').selectAll().execute() }
  expect(rows).toEqual([])
})

test('a session is over after a week', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  deps.clock.advance(7 * 86_400_000 - 1000)
  expect((await visit.get('/console/help')).statusCode).toBe(200)
  deps.clock.advance(1000)
  expect((await visit.get('/console/help')).statusCode).toBe(302)
})

test('a sign-in never takes over a session that somebody else prepared', async () => {
  const deps = await openTestDeps()
  const stranger = await openConsole(deps, 'viewer')
  const staff = await addStaff(deps, 'director')
  const path = await mailedPath(deps, staff.address)
  const answer = await stranger.app.inject({ method: 'POST', url: path, headers: { ...PAGE, cookie: stranger.cookie } })
  const [cookie] = answer.cookies
  expect(`${cookie?.name}=${encodeURIComponent(cookie?.value ?? '')}`).not.toBe(stranger.cookie)
  expect((await stranger.get('/console/help')).statusCode).toBe(302)
})

test('a form without its token, or with another session’s, changes nothing and gives back what was typed', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const other = await openConsole(deps, 'director', { app: visit.app })
  for (const _csrf of ['', 'x', await other.csrf()]) {
    const answer = await visit.post('/console/round', { _csrf, round: 'typed <b>here</b>', back: '/console' })
    expect(answer.statusCode).toBe(403)
    expect(answer.body).toContain('value="typed &lt;b&gt;here&lt;/b&gt;"')
  }
})

test('a form posted after the session has ended gives back what was typed, and goes through after sign-in', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const old = await visit.csrf()
  deps.clock.advance(8 * 86_400_000)
  const form = { _csrf: old, round: 'a long text\nin two lines', back: '/console' }
  const answer = await visit.post('/console/round', form)
  expect(answer.statusCode).toBe(401)
  expect(answer.body).toContain('a long text\nin two lines')
  const cookie = await signIn(deps, visit.app, visit.staff.address)
  const again = await visit.app.inject({
    method: 'POST',
    url: '/console/round',
    headers: { ...PAGE, cookie, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(form).toString(),
  })
  expect(again.statusCode).toBe(403)
  expect(again.body).toContain('a long text\nin two lines')
})

test('another site can neither sign a browser in nor post a form', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  const path = await mailedPath(deps, visit.staff.address)
  const origin = 'https://evil.example'
  const answer = await visit.app.inject({ method: 'POST', url: path, headers: { ...PAGE, origin } })
  expect(answer.statusCode).toBe(403)
  expect(answer.cookies).toEqual([])
})

test('every change is in the log before it is made, with who made it and how it ended', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps, 'director', { name: 'Ana Souza' })
  await visit.post('/sign-out')
  expect(await deps.db.selectFrom('audit_log').selectAll().execute()).toMatchObject([
    {
      actor: `staff ${visit.staff.id}`,
      actor_name: 'Ana Souza',
      did: 'Sign out',
      route: 'POST /sign-out',
      status: 303,
    },
  ])
})

type TestDeps = Awaited<ReturnType<typeof openTestDeps>>

const formOf = (fields: Record<string, string>) => ({
  headers: { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' },
  payload: encodeForm(fields),
})

async function countLinks({ db }: TestDeps): Promise<number> {
  return (await db.selectFrom('sign_in_links').select('id').where('delivery_id', 'is not', null).execute()).length
}

/** Asks for a link, and has it handed over. */
async function mailedPath(deps: TestDeps, address: string): Promise<string> {
  await requestSignIn(deps, { address })
  return linkFromMail(deps, address)
}

async function linkFromMail(deps: TestDeps, address: string): Promise<string> {
  const mailbox = await startMailboxServer(deps)
  onTestFinished(() => mailbox.close())
  await startWorker(deps, { smtpUrl: mailbox.url })
  const link = await eventually('the email with the link arrives', async () => {
    const [mail] = await deps.db.selectFrom('mailbox_messages').select('raw').where('rcpt_to', '=', address).execute()
    // Quoted-printable (RFC 2045 §6.7): a soft line break may stand in the middle of the link.
    return mail && /http\S+\/sign-in\/\w+/.exec(mail.raw.toString().replace(/=\r\n/g, ''))?.[0]
  })
  return new URL(link).pathname
}
