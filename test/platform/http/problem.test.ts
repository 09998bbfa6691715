import { Type } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import { Conflict, InvalidInput, NotFound, Upstream } from '../../../src/lib/errors.ts'
import { openApiApp } from '../../support/api-app.ts'
import { testClock } from '../../support/clock.ts'
import { openTestDeps } from '../../support/deps.ts'
import { silentLog } from '../../support/log.ts'

const config = { allow: 'public' } as const

test.each([
  [new NotFound('Round 2016A'), 404, 'not_found', 'Round 2016A was not found.'],
  [new Conflict('campaign_started', 'It has started.'), 409, 'campaign_started', 'It has started.'],
  [new InvalidInput([{ field: 'at', message: 'is past' }]), 422, 'invalid_input', 'The request has faults.'],
  [new Upstream('smtp_login', 'Wrong password.', { retryable: false }), 502, 'smtp_login', 'Wrong password.'],
  [new Error('the inner words'), 500, 'internal', 'Something went wrong on our side. It has been logged.'],
])('%s leaves as problem+json', async (thrown, status, code, detail) => {
  const app = openApp()
  app.get('/', { config }, async () => {
    throw thrown
  })
  const answer = await app.inject('/')
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.json()).toMatchObject({ type: 'about:blank', status, code, detail, title: expect.any(String) })
  expect(answer.statusCode).toBe(status)
})

test('a faulty body is answered with one sentence for every field', async () => {
  const app = openApp()
  const body = Type.Object(
    {
      role: Type.Union([Type.Literal('director'), Type.Literal('viewer')]),
      variants: Type.Object({ fr: Type.Object({ subject: Type.String() }) }),
      percent: Type.Integer({ minimum: 1 }),
    },
    { additionalProperties: false },
  )
  app.post('/', { config, schema: { body } }, async () => ({}))
  const answer = await app.inject({
    method: 'POST',
    url: '/',
    payload: { role: 'boss', variants: { fr: {} }, percent: 0, more: 1 },
  })
  expect(answer.statusCode).toBe(422)
  expect(answer.json().errors).toHaveLength(4)
  expect(answer.json().errors).toEqual(
    expect.arrayContaining([
      { field: 'role', message: 'must be one of director, viewer' },
      { field: 'variants.fr.subject', message: 'is missing' },
      { field: 'percent', message: 'must be >= 1' },
      { field: 'more', message: 'is not known here' },
    ]),
  )
})

test('what Fastify refuses is problem+json too', async () => {
  const app = openApp()
  app.post('/', { config, bodyLimit: 10 }, async () => ({}))
  const post = (type: string, payload: string) =>
    app.inject({ method: 'POST', url: '/', headers: { 'content-type': type }, payload })
  const answers = [await post('text/csv', 'a'), await post('application/json', '{"a": 123456}'), await app.inject('/x')]
  expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual([
    [415, 'unsupported_media_type'],
    [413, 'too_large'],
    [404, 'not_found'],
  ])
})

test('a value that PostgreSQL cannot hold is the fault of the input', async () => {
  const { db } = await openTestDeps()
  const app = openApp()
  const statements = [
    sql`select ${'a\u0000b'}::text`,
    sql`select ${'99999999999999999999'}::bigint`,
    sql`select ${'2016-02-30'}::date`,
    sql`select ${'{"a": "\\u0000"}'}::jsonb`,
  ]
  for (const [at, statement] of statements.entries()) {
    app.get(`/${at}`, { config }, async () => statement.execute(db))
  }
  for (const at of statements.keys()) {
    const answer = await app.inject(`/${at}`)
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid_input'])
  }
})

test('a database that is away is said as such, with a time to try again', async () => {
  const app = openApp()
  app.get('/', { config }, async () => {
    const pool = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
    await pool.query('select 1')
  })
  const answer = await app.inject('/')
  expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '5'])
})

const openApp = () => openApiApp({ clock: testClock(), log: silentLog })
