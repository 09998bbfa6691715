import { expect, test } from 'vitest'
import { createApiToken, findCaller } from '../../src/features/staff/index.ts'
import { mayDo, ROLES } from '../../src/lib/permissions.ts'
import type { ListedRoute } from '../../src/platform/http/access.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, TEST_TOKEN } from '../support/deps.ts'
import { fillOneOfEach, realAddressesOf } from './one-of-each.ts'
import { addressOf, listOwnRoutes, openWholeApp } from './routes.ts'

/** Seconds, but for a machine that does much else. */
const SLOW = { timeout: 120_000 }

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What needs no token: health, the API's description, and links that a reader follows. */
const PUBLIC = [
  /^GET \/(healthz|readyz|api\/openapi\.json)$/,
  /^GET \/(assets|pictures)\//,
  /^(GET|POST) \/(u|t|p|topics)\//,
  /^(GET|POST) \/(apply|interest)(\/|$)/,
  /^GET \/(conduct|expectations)(\/|$)/,
  /^(GET|POST) \/sign-in(\/|$)/,
  /^GET \/$/,
  // Known by the secret in its address, which it is asked for before anything else.
  /^(GET|POST) \/api\/v1\/webhooks\/mailchimp\/:secret$/,
]

test('only what readers, probes and programs need is public', async () => {
  const { routes } = await open()
  const publicRoutes = routes.filter(({ allow }) => allow === 'public').map(({ method, url }) => `${method} ${url}`)
  for (const route of publicRoutes) {
    expect(
      PUBLIC.some((known) => known.test(route)),
      route,
    ).toBe(true)
  }
  const inApi = routes.filter(({ url, allow }) => url.startsWith('/api/v1/') && allow === 'public')
  expect([...new Set(inApi.map(({ url }) => url))]).toEqual(['/api/v1/webhooks/mailchimp/:secret'])
})

test('every other route is refused to who sends no token, or one that is not good', SLOW, async () => {
  const { deps, app, routes, call } = await open()
  const revoked = await createApiToken(deps, { name: 'left us', role: 'director' })
  await app.inject({
    method: 'DELETE',
    url: `/api/v1/tokens/${revoked.id}`,
    headers: { authorization: `Bearer ${TEST_TOKEN}` },
  })
  const guarded = routes.filter(({ allow }) => allow !== 'public')
  expect(guarded.length).toBeGreaterThan(10)
  const headers = [
    {},
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer short' },
    { authorization: `Basic ${btoa(`director:${TEST_TOKEN}`)}` },
    { authorization: TEST_TOKEN },
    { authorization: `Bearer ${TEST_TOKEN} ${TEST_TOKEN}` },
    { authorization: `Bearer ${TEST_TOKEN}${'x'.repeat(200)}` },
    { authorization: `Bearer ${TEST_TOKEN.slice(0, -1)}` },
  ]
  for (const route of guarded) {
    for (const sent of headers) expect(await call(route, sent), `${route.method} ${route.url}`).toBe(401)
    // One of them is looked up, and many of those from one address are told to wait (429).
    deps.clock.advance(1000)
  }
  expect(await findCaller(deps, revoked.token)).toBeUndefined()
  expect(await call(guarded[0] as ListedRoute, { authorization: `Bearer ${revoked.token}` })).toBe(401)
})

test('a browser that is not signed in is led to the sign-in, and what it posts changes nothing', async () => {
  const { app, routes } = await open()
  const pages = routes.filter(({ url, allow }) => allow !== 'public' && !url.startsWith('/api/') && url !== '/metrics')
  expect(pages.length).toBeGreaterThan(30)
  for (const route of pages) {
    const answer = await app.inject({
      method: route.method as Method,
      url: addressOf(route),
      headers: { host: 'localhost', accept: 'text/html', cookie: 'pairpost_session=made-up.signature' },
    })
    const named = `${route.method} ${route.url}`
    if (route.method === 'GET') expect([answer.statusCode, answer.headers.location], named).toEqual([302, '/sign-in'])
    else expect(answer.statusCode, named).toBe(401)
  }
})

test.each(ROLES)(
  'the role %s is refused exactly what it may not do, before the request is looked at',
  SLOW,
  async (role) => {
    const { deps, routes, call } = await open()
    const { token } = await createApiToken(deps, { name: 'test', role })
    for (const route of routes) {
      if (route.allow === 'public') continue
      const status = await call(route, { authorization: `Bearer ${token}` })
      const named = `${route.method} ${route.url} as ${role}`
      if (mayDo(role, route.allow)) expect([401, 403].includes(status), named).toBe(false)
      else expect(status, named).toBe(403)
    }
  },
)

test.each(ROLES)('a session of the role %s is refused exactly what it may not do', SLOW, async (role) => {
  const { deps, app, routes } = await open()
  await fillOneOfEach(deps)
  const visit = await openConsole(deps, role, { app })
  const wrong: string[] = []
  for (const route of routes) {
    if (route.allow === 'public' || /^\/(api\/|metrics)/.test(route.url) || route.method === 'DELETE') continue
    const [url = ''] = realAddressesOf(route, deps)
    // The form is nobody's: whoever may post it is told so, whoever may not hears of their role.
    const answer = await (route.method === 'GET' ? visit.get(url) : visit.post(url, { _csrf: 'of nobody' }))
    const refused = answer.statusCode === 403 && answer.body.includes('may not do this')
    if (refused === mayDo(role, route.allow) || answer.statusCode === 401 || answer.statusCode >= 500)
      wrong.push(`${route.method} ${url} as ${role}: ${answer.statusCode}`)
  }
  expect(wrong).toEqual([])
})

test('a session opens nothing but pages: programs bring a token', async () => {
  const { deps, app, routes } = await open()
  const { cookie } = await openConsole(deps, 'director', { app })
  const api = routes.filter(({ url, allow }) => /^\/(api\/|metrics)/.test(url) && allow !== 'public')
  expect(api.length).toBeGreaterThan(30)
  for (const route of api) {
    const headers = { host: 'localhost', cookie, 'sec-fetch-site': 'same-origin' }
    const answer = await app.inject({ method: route.method as Method, url: addressOf(route), headers })
    expect(answer.statusCode, `${route.method} ${route.url}`).toBe(401)
  }
})

test('a viewer may change nothing', async () => {
  const { routes } = await open()
  for (const { method, url, allow } of routes) {
    if (method === 'GET' || allow === 'public') continue
    if (mayDo('viewer', allow)) expect(READING_POSTS, `${method} ${url}`).toContain(url)
  }
})

/** POST because the question is long, or because it is about one's own session; nothing else changes. */
const READING_POSTS = [
  '/api/v1/campaigns/:id/preview',
  '/api/v1/campaigns/:id/checks',
  '/console/round',
  '/console/settings/me',
  '/sign-out',
]

async function open() {
  // Listening for everybody: nothing is open to this machine alone.
  const deps = await openTestDeps({ HOST: '0.0.0.0' })
  const app = await openWholeApp(deps)
  const call = async (route: ListedRoute, headers: Record<string, string>) => {
    const request = {
      method: route.method as Method,
      url: addressOf(route),
      headers: { host: 'localhost', ...headers },
    }
    return (await app.inject(request)).statusCode
  }
  return { deps, app, routes: listOwnRoutes(app), call }
}
