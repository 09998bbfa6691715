import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { openTestDeps, TEST_TOKEN } from '../support/deps.ts'

test('/metrics shows deliveries by state, the queues, what is left of the limits, and trouble with the sender', async () => {
  const { deps, app } = await open()
  await sql`insert into rounds (code, name) values ('2016A', 'Round 2016A')`.execute(deps.db)
  await sql`insert into campaigns (round_id, kind, lane) values (1, 'topic', 'campaign')`.execute(deps.db)
  await sql`insert into people (given_name, family_name, country_code) values ('Ana', 'Souza', 'BR')`.execute(deps.db)
  await sql`
    insert into deliveries (campaign_id, person_id, lane, state, language, version, due_at)
    values (1, 1, 'campaign', 'queued', 'en', 1, now())`.execute(deps.db)
  await sql`
    insert into senders (name, limits, trouble_since, trouble_words)
    values ('default', '14/1s,2000/86400s', now(), 'wrong password')`.execute(deps.db)
  await deps.queue.ring('work', 'sweep-long-work', {})

  const text = (await app.inject('/metrics')).body
  expect(text).toMatch(/^pairpost_deliveries\{state="queued"\} 1$/m)
  expect(text).toMatch(/^pairpost_queue_waiting\{queue="work"\} 1$/m)
  expect(text).toMatch(/^pairpost_queue_oldest_seconds\{queue="work"\} [\d.e-]+$/m)
  expect(text).toMatch(/^pairpost_budget_left\{window="86400"\} 2000$/m)
  expect(text).toMatch(/^pairpost_sender_trouble 1$/m)
  expect(text).not.toContain('wrong password')
})

test('an empty service has figures too', async () => {
  const { app } = await open()
  expect((await app.inject('/metrics')).body).toMatch(/^pairpost_sender_trouble 0$/m)
})

test('ready while database and queue answer', async () => {
  const { app } = await open()
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' })
})

test('every answer, a refusal too, may not be sniffed, framed, cached or passed on as a referrer', async () => {
  const { app } = await open()
  const authorization = `Bearer ${TEST_TOKEN}`
  const answers = [
    await app.inject({ url: '/api/v1/tokens', headers: { authorization } }),
    await app.inject('/api/v1/tokens'),
    await app.inject('/nowhere'),
    await app.inject('/%zz'),
    await app.inject('/u/not-a-token'),
  ]
  for (const { headers } of answers) {
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'.*frame-ancestors 'none'/)
    expect(headers['cache-control']).toContain('no-store')
    expect(headers['x-powered-by']).toBeUndefined()
  }
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 401, 404, 400, 404])
})

async function open() {
  const deps = await openTestDeps()
  return { deps, app: await buildApp(deps) }
}
