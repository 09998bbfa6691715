import { expect, test } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { createApiToken, findCaller } from '../../../src/features/staff/index.ts'
import { openTestDeps, TEST_TOKEN } from '../../support/deps.ts'

const authorization = `Bearer ${TEST_TOKEN}`

test('a token is shown once, works at once, and is kept as a hash only', async () => {
  const { deps, app } = await open()
  const made = await app.inject({
    method: 'POST',
    url: '/api/v1/tokens',
    headers: { authorization },
    payload: { name: 'reports', role: 'viewer' },
  })
  expect(made.statusCode).toBe(201)
  const { id, token } = made.json()
  expect(token).toMatch(/^pp_[0-9a-f]{40}$/)
  expect(await findCaller(deps, token)).toEqual({ name: `token ${id}`, role: 'viewer' })

  const listed = await app.inject({ url: '/api/v1/tokens', headers: { authorization } })
  expect(listed.json()).toEqual({
    items: [{ id, name: 'reports', role: 'viewer', created_at: '2016-03-01T09:00:00.000Z', revoked_at: null }],
    next: null,
  })
  const rows = await deps.db.selectFrom('api_tokens').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(token.slice(3))
})

test('a revoked token stops at once, and can be revoked once', async () => {
  const { deps, app } = await open()
  const { id, token } = await createApiToken(deps, { name: 'left us', role: 'director' })
  const revoke = () => app.inject({ method: 'DELETE', url: `/api/v1/tokens/${id}`, headers: { authorization } })
  const use = () => app.inject({ url: '/api/v1/tokens', headers: { authorization: `Bearer ${token}` } })
  expect((await use()).statusCode).toBe(200)
  expect((await revoke()).statusCode).toBe(204)
  expect((await use()).statusCode).toBe(401)
  expect((await revoke()).statusCode).toBe(404)
})

test('the list goes on where it ended', async () => {
  const { deps, app } = await open()
  for (const name of ['a', 'b', 'c']) await createApiToken(deps, { name, role: 'viewer' })
  const page = async (query: string) =>
    (await app.inject({ url: `/api/v1/tokens${query}`, headers: { authorization } })).json()
  const first = await page('?limit=2')
  expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['a', 'b'])
  const rest = await page(`?limit=2&after=${first.next}`)
  expect(rest.items.map(({ name }: { name: string }) => name)).toEqual(['c'])
  expect(rest.next).toBeNull()
})

test.each([
  [{ name: '', role: 'viewer' }, 'name'],
  [{ name: '   ', role: 'viewer' }, 'name'],
  [{ name: 'x'.repeat(101), role: 'viewer' }, 'name'],
  [{ name: 'x', role: 'boss' }, 'role'],
  [{ name: 'x' }, 'role'],
  [{ name: 'x', role: 'viewer', token: 'mine' }, 'token'],
])('%j is refused with the field named', async (payload, field) => {
  const { app } = await open()
  const answer = await app.inject({ method: 'POST', url: '/api/v1/tokens', headers: { authorization }, payload })
  expect(answer.statusCode).toBe(422)
  expect(answer.json().errors.map((fault: { field: string }) => fault.field)).toEqual([field])
})

test('a director who is only nearly one gets in nowhere', async () => {
  const { deps } = await open()
  for (const token of [TEST_TOKEN.slice(1), `${TEST_TOKEN}x`, TEST_TOKEN.toUpperCase(), '']) {
    expect(await findCaller(deps, token)).toBeUndefined()
  }
})

async function open() {
  const deps = await openTestDeps()
  return { deps, app: await buildApp(deps) }
}
