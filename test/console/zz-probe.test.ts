import { test } from 'vitest'
import pg from 'pg'
import { openTestDeps } from '../support/deps.ts'
import { openConsole } from '../support/console.ts'
import { fillOneOfEach } from '../app/one-of-each.ts'
test('queries', async () => {
  const deps = await openTestDeps()
  await fillOneOfEach(deps)
  await deps.db.insertInto('rounds').values(Array.from({ length: 50 }, (_, i) => ({ code: `R${i}`, name: 'x' }))).execute()
  const v = await openConsole(deps)
  await v.get('/console/help')
  const orig = pg.Client.prototype.query
  const seen: string[] = []
  pg.Client.prototype.query = function (this: pg.Client, ...a: unknown[]) { const q = a[0] as { text?: string } | string; seen.push(typeof q === 'string' ? q : q.text ?? ''); return (orig as any).apply(this, a) } as never
  for (const u of ['/console/help', '/console', '/console/campaigns', '/console/campaigns/1', '/console/participants', '/console/settings', '/sign-in']) {
    seen.length = 0
    await v.get(u)
    console.log('Q', u, seen.length, u === '/console/help' ? seen.map((s) => s.replace(/\s+/g, ' ').slice(0, 160)).join(' || ') : '')
  }
  pg.Client.prototype.query = orig
  const t = performance.now(); const c = process.cpuUsage()
  for (let i = 0; i < 200; i++) await v.get('/console/help')
  console.log('Q help ms', (performance.now() - t) / 200, 'cpu', process.cpuUsage(c).user / 200_000)
})
