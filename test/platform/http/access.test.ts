import { expect, test } from 'vitest'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { testClock } from '../../support/clock.ts'
import { silentLog } from '../../support/log.ts'

test('a route that does not say who may call it stops the start', () => {
  const { app } = openApp()
  expect(() => app.get('/open', async () => 'x')).toThrow('GET /open says nothing about who may call it')
})

test('the permission is checked before the body is read', async () => {
  const { app } = openApp()
  app.post('/rounds', { config: { allow: 'rounds.write' } }, async () => 'x')
  const call = (headers: Record<string, string>) =>
    app.inject({
      method: 'POST',
      url: '/rounds',
      headers: { 'content-type': 'application/json', ...headers },
      payload: '{',
    })
  expect((await call({})).statusCode).toBe(401)
  expect((await call(asRole('viewer'))).statusCode).toBe(403)
  expect((await call(asRole('director'))).statusCode).toBe(400)
})

test('after 100 unknown tokens in a minute an address is told to wait, until the minute is over', async () => {
  const { app, clock, read } = openApp()
  app.get('/rounds', { config: { allow: 'rounds.read' } }, async () => 'x')
  for (let tried = 0; tried < 100; tried++)
    expect((await read(`unknown-token-${tried}-of-a-stranger`)).statusCode).toBe(401)
  clock.advance(20_000)
  const refused = await read('one-more-token-of-a-stranger')
  expect(refused.statusCode).toBe(429)
  expect(refused.headers['content-type']).toContain('application/problem+json')
  expect(refused.headers['retry-after']).toBe('40')
  expect((await read('one-more-token-of-a-stranger', '192.0.2.7')).statusCode).toBe(401)
  clock.advance(40_000)
  expect((await read('one-more-token-of-a-stranger')).statusCode).toBe(401)
})

test('a token that worked before still works from an address where somebody tries tokens', async () => {
  const { app, read } = openApp()
  app.get('/rounds', { config: { allow: 'rounds.read' } }, async () => 'x')
  expect((await read('token-of-a-viewer-00')).statusCode).toBe(200)
  for (let tried = 0; tried < 100; tried++) await read(`unknown-token-${tried}-of-a-stranger`)
  expect((await read('token-of-a-viewer-00')).statusCode).toBe(200)
  expect((await read('token-of-a-director-00')).statusCode).toBe(429)
})

test('calls without a token are refused without being counted', async () => {
  const { app, read } = openApp()
  app.get('/rounds', { config: { allow: 'rounds.read' } }, async () => 'x')
  for (let tried = 0; tried < 150; tried++) await app.inject('/rounds')
  expect((await read('token-of-a-viewer-00')).statusCode).toBe(200)
})

test.each([
  ['127.0.0.1', '127.0.0.1', 200],
  ['localhost', '127.0.0.1', 200],
  ['0.0.0.0', '127.0.0.1', 401],
  ['127.0.0.1', '192.0.2.7', 401],
])('what is open on loopback: listening on %s and called from %s it answers %i', async (host, from, status) => {
  const { app } = openApp(host)
  app.get('/metrics', { config: { allow: 'sending.read', openOnLoopback: true } }, async () => 'x')
  expect((await app.inject({ url: '/metrics', remoteAddress: from })).statusCode).toBe(status)
  const signedIn = await app.inject({ url: '/metrics', remoteAddress: from, headers: asRole('viewer') })
  expect(signedIn.statusCode).toBe(200)
})

test('a stranger for whom a local proxy calls is not local', async () => {
  const { app } = openApp('127.0.0.1')
  app.get('/metrics', { config: { allow: 'sending.read', openOnLoopback: true } }, async () => 'x')
  const answer = await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '192.0.2.7' } })
  expect(answer.statusCode).toBe(401)
})

function openApp(host = '0.0.0.0') {
  const clock = testClock()
  const app = openApiApp({ clock, log: silentLog, host })
  const read = (token: string, remoteAddress = '127.0.0.1') =>
    app.inject({ url: '/rounds', remoteAddress, headers: { authorization: `Bearer ${token}` } })
  return { app, clock, read }
}
