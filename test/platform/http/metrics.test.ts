import { expect, test } from 'vitest'
import { addHealth } from '../../../src/platform/http/health.ts'
import { addMetrics, type Reading } from '../../../src/platform/http/metrics.ts'
import { openApiApp } from '../../support/api-app.ts'
import { testClock } from '../../support/clock.ts'
import { silentLog } from '../../support/log.ts'

const never = () => new Promise<never>(() => undefined)

test('readings are read at each scrape, with and without a label', async () => {
  let waiting = 3
  const { scrape } = openApp([
    { name: 'waiting', help: 'h', label: 'queue', read: async () => [{ of: 'sending', value: waiting }] },
    { name: 'trouble', help: 'h', read: async () => [{ value: 1 }] },
  ])
  expect(await scrape()).toMatch(/^waiting\{queue="sending"\} 3$/m)
  waiting = 4
  const text = await scrape()
  expect(text).toMatch(/^waiting\{queue="sending"\} 4$/m)
  expect(text).toMatch(/^trouble 1$/m)
})

test('what is no longer there is no longer shown', async () => {
  const values = [{ of: '1s', value: 3 }]
  const { scrape } = openApp([{ name: 'budget', help: 'h', label: 'window', read: async () => values }])
  expect(await scrape()).toContain('budget{window="1s"}')
  values.pop()
  expect(await scrape()).not.toContain('budget{')
})

test('a reading that fails or hangs hides no other, and is counted', async () => {
  const { scrape } = openApp([
    { name: 'broken', help: 'h', read: () => Promise.reject(new Error('away')) },
    { name: 'hanging', help: 'h', label: 'queue', read: never },
    { name: 'fine', help: 'h', read: async () => [{ value: 7 }] },
  ])
  const text = await scrape()
  expect(text).toMatch(/^fine 7$/m)
  expect(text).toMatch(/^broken Nan$/m)
  expect(text).not.toContain('hanging{')
  const again = await scrape()
  expect(again).toMatch(/^pairpost_reading_failures_total\{name="broken"\} [12]$/m)
  expect(again).toMatch(/^pairpost_reading_failures_total\{name="hanging"\} [12]$/m)
})

test('requests are counted by route pattern, never by address', async () => {
  const { app, scrape } = openApp([])
  app.get('/u/:token', { config: { allow: 'public' } }, async () => 'x')
  await app.inject('/u/abcdef?x=1')
  await app.inject('/nowhere/abcdef')
  const text = await scrape()
  expect(text).toContain('pairpost_http_request_seconds_count{method="GET",route="/u/:token",status="200"} 1')
  expect(text).toContain('route="none",status="404"')
  expect(text).not.toContain('abcdef')
})

test('a service that listens shows its process', async () => {
  const { app } = openApp([])
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  expect(await (await fetch(`${address}/metrics`)).text()).toContain('process_resident_memory_bytes')
})

test('ready is what answers, and what does not is named', async () => {
  const probes = { 'The database': async () => 1, 'The queue': async () => 1 }
  expect((await ready(probes)).statusCode).toBe(200)
  const hanging = await ready({ ...probes, 'The queue': never })
  expect(hanging.statusCode).toBe(503)
  expect(hanging.json()).toMatchObject({ code: 'not_ready', detail: 'The queue does not answer.' })
  const both = await ready({ 'The database': () => Promise.reject(new Error('secret words')), 'The queue': never })
  expect(both.json().detail).toBe('The database and The queue do not answer.')
})

async function ready(probes: Record<string, () => Promise<unknown>>) {
  const app = openApiApp({ clock: testClock(), log: silentLog })
  addHealth(app, silentLog, probes)
  expect((await app.inject('/healthz')).json()).toEqual({ status: 'up' })
  return app.inject('/readyz')
}

function openApp(readings: Reading[]) {
  const app = openApiApp({ clock: testClock(), log: silentLog, host: '127.0.0.1' })
  addMetrics(app, silentLog, readings)
  return { app, scrape: async () => (await app.inject('/metrics')).body }
}
