import { setTimeout as delay } from 'node:timers/promises'
import multipart from '@fastify/multipart'
import { expect, test } from 'vitest'
import { Conflict } from '../../../src/lib/errors.ts'
import { addIdempotency, forgetIdempotencyKeys } from '../../../src/platform/http/idempotency.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'

test('a repeated call does its work once and gets the same answer', async () => {
  const { post, runs } = await openApp()
  const first = await post('/work', { key: 'k1', body: { a: 1 } })
  const again = await post('/work', { key: 'k1', body: { a: 1 } })
  expect(first.statusCode).toBe(201)
  expect(first.headers['idempotent-replayed']).toBeUndefined()
  expect(again.statusCode).toBe(201)
  expect(again.headers['idempotent-replayed']).toBe('true')
  expect(again.headers['content-type']).toBe(first.headers['content-type'])
  expect(again.body).toBe(first.body)
  expect(runs()).toBe(1)
})

test('without a key every call works', async () => {
  const { post, runs } = await openApp()
  await post('/work', { body: { a: 1 } })
  await post('/work', { body: { a: 1 } })
  expect(runs()).toBe(2)
})

test('the key of one caller is nothing to another', async () => {
  const { post, runs } = await openApp()
  await post('/work', { key: 'k1', body: { a: 1 } })
  const other = await post('/work', { key: 'k1', body: { a: 2 }, role: 'data_officer' })
  expect(other.statusCode).toBe(201)
  expect(runs()).toBe(2)
})

test.each([
  ['another body', '/work', { a: 2 }],
  ['another address', '/work?dry_run=true', { a: 1 }],
  ['another path', '/secret', { a: 1 }],
])('a key with %s is refused as reused', async (_what, url, body) => {
  const { post, runs } = await openApp()
  await post('/work', { key: 'k1', body: { a: 1 } })
  const reused = await post(url, { key: 'k1', body })
  expect(reused.statusCode).toBe(422)
  expect(reused.json().code).toBe('idempotency_key_reused')
  expect(runs()).toBe(1)
})

test('while the first still runs, the second is told to wait', async () => {
  const { post, runs, gate } = await openApp()
  const release = gate()
  const first = post('/work', { key: 'k1', body: { a: 1 } })
  while (runs() === 0) await delay(1)
  const second = await post('/work', { key: 'k1', body: { a: 1 } })
  expect(second.statusCode).toBe(409)
  expect(second.json().code).toBe('idempotency_key_in_use')
  expect(Number(second.headers['retry-after'])).toBeGreaterThan(0)
  release()
  expect((await first).statusCode).toBe(201)
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).headers['idempotent-replayed']).toBe('true')
  expect(runs()).toBe(1)
})

test('ten calls at once with one key do the work once', async () => {
  const { post, runs } = await openApp()
  const answers = await Promise.all(Array.from({ length: 10 }, () => post('/work', { key: 'k1', body: { a: 1 } })))
  expect(runs()).toBe(1)
  for (const { statusCode } of answers) expect([201, 409]).toContain(statusCode)
})

test('a key that a crash left without an answer is taken over after a minute, not before', async () => {
  const { deps, post, runs } = await openApp()
  await deps.db
    .insertInto('idempotency_keys')
    .values({ caller: 'director', key: 'k1', request_hash: '', created_at: deps.clock.now() })
    .execute()
  deps.clock.advance(60_000)
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).statusCode).toBe(409)
  deps.clock.advance(1)
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).statusCode).toBe(201)
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).headers['idempotent-replayed']).toBe('true')
  expect(runs()).toBe(1)
})

test('one that was taken over does not overwrite the answer of its successor', async () => {
  const { deps, post, runs, gate } = await openApp()
  const release = gate()
  const slow = post('/work', { key: 'k1', body: { a: 1 } })
  while (runs() === 0) await delay(1)
  deps.clock.advance(60_001)
  const successor = post('/work', { key: 'k1', body: { a: 1 } })
  while (runs() === 1) await delay(1)
  release()
  const answers = [(await slow).body, (await successor).body]
  expect(answers).toEqual(['{"run":1}', '{"run":2}'])
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).body).toBe('{"run":2}')
})

test('a refusal of the work itself is kept, a failure of ours is not', async () => {
  const { post, runs } = await openApp()
  await post('/refuse', { key: 'k1', body: {} })
  const refused = await post('/refuse', { key: 'k1', body: {} })
  expect([refused.statusCode, refused.headers['idempotent-replayed']]).toEqual([409, 'true'])
  expect(refused.headers['content-type']).toContain('application/problem+json')
  expect(runs()).toBe(1)

  expect((await post('/fail-once', { key: 'k2', body: {} })).statusCode).toBe(500)
  expect((await post('/fail-once', { key: 'k2', body: {} })).statusCode).toBe(200)
  expect(runs()).toBe(3)
})

test('a request that never reached the work may be corrected under the same key', async () => {
  const { post, runs } = await openApp()
  expect((await post('/work', { key: 'k1', body: { a: 'no number' } })).statusCode).toBe(422)
  expect((await post('/work', { key: 'k1', body: '{"a": 1', type: 'application/json' })).statusCode).toBe(400)
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).statusCode).toBe(201)
  expect(runs()).toBe(1)
})

test('a caller who may not do it leaves no key behind', async () => {
  const { deps, post } = await openApp()
  expect((await post('/work', { key: 'k1', body: { a: 1 }, role: 'viewer' })).statusCode).toBe(403)
  expect(await deps.db.selectFrom('idempotency_keys').selectAll().execute()).toEqual([])
})

test.each([['x'.repeat(201)], ['ümlaut'], ['']])('the key %j is refused with its field named', async (key) => {
  const { post, runs } = await openApp()
  const answer = await post('/work', { key: Buffer.from(key).toString('latin1'), body: { a: 1 } })
  expect(answer.statusCode).toBe(422)
  expect(answer.json().errors[0].field).toBe('Idempotency-Key')
  expect(runs()).toBe(0)
})

test('a key of 200 characters is taken', async () => {
  const { post } = await openApp()
  expect((await post('/work', { key: 'x'.repeat(200), body: { a: 1 } })).statusCode).toBe(201)
})

test('an answer without a body is given again as it was', async () => {
  const { post, runs } = await openApp()
  const answers = [await post('/empty', { key: 'k1' }), await post('/empty', { key: 'k1' })]
  for (const { statusCode, body } of answers) expect([statusCode, body]).toEqual([204, ''])
  expect(runs()).toBe(1)
})

test('a secret is not kept: the repeat learns only that it was done', async () => {
  const { deps, post, runs } = await openApp()
  expect((await post('/secret', { key: 'k1', body: { a: 1 } })).body).toContain('hush')
  const again = await post('/secret', { key: 'k1', body: { a: 1 } })
  expect([again.statusCode, again.json().code]).toEqual([409, 'answer_not_kept'])
  expect(runs()).toBe(1)
  expect(JSON.stringify(await deps.db.selectFrom('idempotency_keys').selectAll().execute())).not.toContain('hush')
})

test('a multipart upload counts as the same whatever its boundary, and as another when one octet differs', async () => {
  const { app, runs } = await openApp()
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const upload = (content: string) => {
    const body = new FormData()
    body.append('file', new Blob([content]), 'a.csv')
    return fetch(`${address}/upload`, {
      method: 'POST',
      headers: { ...asRole('director'), 'idempotency-key': 'k1' },
      body,
    })
  }
  const content = 'name,country\n'.repeat(50_000)
  expect(await (await upload(content)).json()).toEqual({ run: 1, octets: content.length })
  const again = await upload(content)
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true'])
  expect((await upload(`${content.slice(0, -1)}x`)).status).toBe(422)
  expect(runs()).toBe(1)
})

test('a body over the limit is refused and leaves the key free', async () => {
  const { post, runs } = await openApp()
  const large = JSON.stringify({ a: 1, more: 'x'.repeat(3 * 1024 * 1024) })
  expect((await post('/work', { key: 'k1', body: large, type: 'application/json' })).statusCode).toBe(413)
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).statusCode).toBe(201)
  expect(runs()).toBe(1)
})

test('keys are forgotten after a day', async () => {
  const { deps, post, runs } = await openApp()
  await post('/work', { key: 'k1', body: { a: 1 } })
  deps.clock.advance(24 * 3600_000)
  await forgetIdempotencyKeys(deps)
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).headers['idempotent-replayed']).toBe('true')
  deps.clock.advance(1)
  await forgetIdempotencyKeys(deps)
  expect((await post('/work', { key: 'k1', body: { a: 1 } })).statusCode).toBe(201)
  expect(runs()).toBe(2)
})

interface Call {
  key?: string
  body?: object | string
  type?: string
  role?: 'director' | 'data_officer' | 'viewer'
}

/** An app whose routes count how often they ran. */
async function openApp() {
  const deps: TestDeps = await openTestDeps()
  const app = openApiApp(deps)
  await app.register(multipart)
  addIdempotency(app, deps)
  let runs = 0
  let opened: Promise<void> = Promise.resolve()
  const config = { allow: 'rounds.write' } as const
  const body = { type: 'object', properties: { a: { type: 'integer' } } } as const

  app.post('/work', { config, schema: { body } }, async (_request, reply) => {
    const run = ++runs
    await opened
    return reply.status(201).send({ run })
  })
  app.post('/refuse', { config }, async () => {
    runs++
    throw new Conflict('already_started', 'The round has started.')
  })
  app.post('/fail-once', { config }, async () => {
    if (++runs === 2) throw new Error('for the test')
    return { run: runs }
  })
  app.post('/empty', { config }, async (_request, reply) => {
    runs++
    return reply.status(204).send()
  })
  app.post('/secret', { config: { ...config, secretAnswer: true } }, async () => {
    runs++
    return { token: 'hush' }
  })
  app.post('/upload', { config }, async (request) => {
    const file = await request.file()
    return { run: ++runs, octets: (await file?.toBuffer())?.length }
  })

  const post = (url: string, { key, body: sent, type, role = 'director' }: Call) =>
    app.inject({
      method: 'POST',
      url,
      headers: {
        ...asRole(role),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(sent === undefined ? {} : { payload: sent }),
    })
  return {
    app,
    deps,
    post,
    runs: () => runs,
    gate: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      opened = promise
      return resolve
    },
  }
}
