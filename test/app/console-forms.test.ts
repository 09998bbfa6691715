import { expect, test } from 'vitest'
import type { ListedRoute } from '../../src/platform/http/access.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { fillOneOfEach, realAddressesOf } from './one-of-each.ts'
import { listOwnRoutes } from './routes.ts'

/** Seconds, but for a machine that does much else. */
const SLOW = { timeout: 120_000 }

/** Uploads, whose token is in the upload; and the mailbox, which looks at where a form comes from instead. */
const CHECKED_ELSEWHERE = /^\/(console\/campaigns\/:id\/pictures|console\/rounds\/:code\/import|mailbox\/.*)$/

test('every form of the console is checked before its handler, but for uploads', async () => {
  const { routes } = await open()
  const elsewhere = routes.filter(({ config }) => config.csrf !== undefined && config.allow !== 'public')
  for (const { method, url } of elsewhere) if (method !== 'GET') expect(url).toMatch(CHECKED_ELSEWHERE)
})

/** POST for a long question, or for what only the asker sees. */
const CHANGES_NOTHING = [
  '/api/v1/campaigns/:id/preview',
  '/api/v1/campaigns/:id/checks',
  '/api/v1/rounds/:code/matching-settings/effect',
  '/console/round',
  '/console/campaigns/:id/review/times',
  '/console/campaigns/:id/audience/count',
  '/console/rounds/:code/people',
  '/console/matching/criteria/effect',
  '/console/matching/:id/introduce/times',
]

test('every change and every export is written into the log, in words and without anybody’s data', async () => {
  const { routes } = await open()
  for (const { method, url, allow, config } of routes.filter((route) => route.allow !== 'public')) {
    const named = `${method} ${url} ${allow}`
    const isLogged = config.audited ?? method !== 'GET'
    if (method !== 'GET' && !isLogged) expect(CHANGES_NOTHING, named).toContain(url)
    // Exports, and somebody's letter as it came; who else is read of, test/features/privacy holds.
    if (method === 'GET' && /(\.csv|\.eml|\/inbox\/:id\/source)$/.test(url)) expect(isLogged, named).toBe(true)
    if (!isLogged) continue
    // The API's summaries say it there.
    if (url.startsWith('/console')) expect(config.does, named).toMatch(/^[A-Z][a-z]+ /)
    // What stands in an address stands in the log.
    for (const [, name = ''] of url.matchAll(/:(\w+)/g))
      expect(['id', 'code', 'version', 'delivery', 'domain', 'key', 'proposal', 'pathway', 'message_id']).toContain(
        name,
      )
  }
})

test('no form is taken without the one token of its session, whatever it is written as', SLOW, async () => {
  const { deps, visit, forms } = await open()
  const other = await openConsole(deps, 'director', { app: visit.app })
  const [own, others] = [await visit.csrf(), await other.csrf()]
  const before = await deps.db.selectFrom('audit_log').select('id').where('status', '<', 400).execute()
  for (const route of forms) {
    const [url = ''] = realAddressesOf(route, deps)
    for (const [type, payload] of badForms(own, others)) {
      const headers = { host: 'localhost', accept: 'text/html', cookie: visit.cookie, 'content-type': type }
      const answer = await visit.app.inject({ method: route.method as 'POST', url, headers, payload })
      const said = /<h1>(Nothing you wrote is lost|Send it again)</.test(answer.body)
      expect([answer.statusCode, said], `${route.method} ${url} ${type} ${payload}`).toEqual([403, true])
    }
  }
  expect(await deps.db.selectFrom('audit_log').select('id').where('status', '<', 400).execute()).toEqual(before)
})

test('no form is taken from another site, signed in or not, nor given back as what was typed here', SLOW, async () => {
  const { deps, visit, forms } = await open()
  const form = new URLSearchParams({ _csrf: await visit.csrf(), text: 'written elsewhere' }).toString()
  for (const route of forms) {
    const [url = ''] = realAddressesOf(route, deps)
    for (const cookie of [visit.cookie, '']) {
      for (const from of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
        const headers = { host: 'localhost', accept: 'text/html', cookie, ...from, ...FORM }
        const answer = await visit.app.inject({ method: route.method as 'POST', url, headers, payload: form })
        const named = `${route.method} ${url} ${JSON.stringify(from)} ${cookie && 'signed in'}`
        expect([answer.statusCode, answer.body.includes('from another site')], named).toEqual([403, true])
        expect(answer.body).not.toContain('written elsewhere')
      }
    }
  }
})

test('a token that is not good is refused, whatever session comes along with it', async () => {
  const { visit } = await open()
  const answer = await visit.post('/console/round', { round: '2016A' }, { authorization: `Bearer ${'x'.repeat(30)}` })
  expect(answer.statusCode).toBe(401)
})

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

async function open() {
  const deps: TestDeps = await openTestDeps({ HOST: '0.0.0.0' })
  await fillOneOfEach(deps)
  const visit = await openConsole(deps)
  const routes = listOwnRoutes(visit.app)
  const isForm = ({ method, url, allow }: ListedRoute) =>
    method !== 'GET' && allow !== 'public' && /^\/(console|sign-out)/.test(url)
  const forms = routes.filter(isForm)
  expect(forms.length).toBeGreaterThan(30)
  return { deps, visit, routes, forms }
}

/** Media type and body of what is not a form of this session. */
function badForms(own: string, others: string): [string, string][] {
  const form = 'application/x-www-form-urlencoded'
  const upload = 'multipart/form-data; boundary=x'
  const part = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  return [
    [form, 'name=x'],
    [form, '_csrf=&name=x'],
    [form, `_csrf=${own}&_csrf=${own}`],
    [form, `_csrf=${others}`],
    ['application/json', '{"name": "x"}'],
    ['application/json', `{"_csrf": ["${own}"]}`],
    // What a form of another site can be sent as.
    ['text/plain', `_csrf=${own}\r\nname=x`],
    [upload, `${part('name', 'x')}--x--\r\n`],
    [upload, `${part('_csrf', others)}--x--\r\n`],
    // Too late: the file before it would have been taken in.
    [upload, `${part('file"; filename="a.csv', 'Email')}${part('_csrf', own)}--x--\r\n`],
  ]
}
