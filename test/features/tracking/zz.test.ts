import { appendFileSync } from 'node:fs'
import { test } from 'vitest'
import { addTrackingRoutes } from '../../../src/features/tracking/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { openLinkGuard } from '../../../src/platform/http/link-guard.ts'
import { openPages } from '../../../src/platform/http/pages.ts'
import { openReaderPages } from '../../../src/platform/http/reader-pages.ts'
import { openApiApp } from '../../support/api-app.ts'
import { openTestDeps } from '../../support/deps.ts'
import { keptLog } from '../../support/log.ts'
import { makeMailing } from './mailing.ts'
import { CHROME } from './traffic.ts'
const say = (...a: unknown[]) => appendFileSync('/tmp/rev/track.txt', a.map((x) => JSON.stringify(x)).join(' ') + '\n')
test('x', async () => {
  const deps = await openTestDeps()
  const { log, lines } = keptLog('info')
  const mailing = await makeMailing(deps.db, 2, 3)
  const [delivery, other] = mailing.deliveries as [number, number]
  const app = openApiApp(deps)
  const readers = openReaderPages(openPages(), async () => 'team@programme.example')
  await addTrackingRoutes(app, { ...deps, log, readers, guard: openLinkGuard(deps) })
  await app.ready()
  const click = signToken(deps.keys, 'click', delivery)
  const click2 = signToken(deps.keys, 'click', other)
  const open = signToken(deps.keys, 'open', delivery)
  const hits = () => deps.db.selectFrom('tracking_hits').selectAll().orderBy('id').execute()
  const get = async (url: string, headers = {}, method = 'GET') => { const r = await app.inject({ method: method as never, url, headers: { 'user-agent': CHROME, ...headers } }); return [r.statusCode, r.headers.location, r.body.slice(0, 80)] }
  say('nul', await Promise.all([get(`/t/${click}/%00`), get(`/t/${click2}/link0`), get(`/t/${click2}/link1`)]), (await hits()).length, lines.length)
  for (const k of ['%0d%0aSet-Cookie:a=b', '//evil.example', '%2F%2Fevil.example', 'javascript:alert(1)', 'https:%2F%2Fevil.example', '..%2f..%2fconsole', '__proto__', 'x'.repeat(5000), '%F0%9F%98%80', '%ED%A0%80', 'link0?u=https://evil.example', 'link0;x', 'link0%20', '%EF%BC%8F', '%E2%84%AA'])
    say(k.slice(0, 30), await get(`/t/${click}/${k}`))
  say('open as click', await get(`/t/${open}/link0`), 'click as open', await get(`/t/${click}`), await get(`/t/${click}/`), await get(`/t/${open}/`))
  say('HEAD', await get(`/t/${click}/link0`, {}, 'HEAD'), 'POST', await get(`/t/${click}/link0`, {}, 'POST'), 'OPTIONS', await get(`/t/${click}/link0`, {}, 'OPTIONS'))
  say('agent', await get(`/t/${click}/link2`, { 'user-agent': 'Mozilla \u0001\u0085' + 'ÿ'.repeat(9000) }))
  say((await hits()).map((h) => [h.delivery_id, h.link_key, h.method, h.agent.length]))
  say(lines.slice(0, 3))
})
