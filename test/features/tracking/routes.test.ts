import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { addTrackingRoutes, settleHits } from '../../../src/features/tracking/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { openLinkGuard } from '../../../src/platform/http/link-guard.ts'
import { openPages } from '../../../src/platform/http/pages.ts'
import { openReaderPages } from '../../../src/platform/http/reader-pages.ts'
import { openApiApp } from '../../support/api-app.ts'
import { openTestDeps } from '../../support/deps.ts'
import { keptLog } from '../../support/log.ts'
import { decideTracking, makeMailing } from './mailing.ts'
import { CHROME } from './traffic.ts'

async function open(emails = 2) {
  const deps = await openTestDeps()
  const { log, lines } = keptLog('info')
  const mailing = await makeMailing(deps.db, emails, 3)
  const [delivery, other] = mailing.deliveries as [number, number]
  const app = openApiApp(deps)
  const readers = openReaderPages(openPages(), async () => 'team@programme.example')
  await addTrackingRoutes(app, { ...deps, log, readers, guard: openLinkGuard(deps) })
  await app.ready()
  const click = signToken(deps.keys, 'click', delivery)
  const picture = signToken(deps.keys, 'open', delivery)
  const hits = () => deps.db.selectFrom('tracking_hits').selectAll().orderBy('id').execute()
  return { deps, app, lines, mailing, delivery, other, click, picture, hits }
}

test('a link leads to its address, kept by no cache, with no cookie and no word of where the reader came from', async () => {
  const { app, deps, click, delivery, hits } = await open()
  const headers = { 'user-agent': CHROME, cookie: 'a=b', 'x-forwarded-for': '192.0.2.7' }
  const answer = await app.inject({ url: `/t/${click}/link1`, headers })
  expect(answer.statusCode).toBe(302)
  expect(answer.headers).toMatchObject({
    location: 'https://library.example/link1',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow, noarchive',
  })
  expect(answer.headers['set-cookie']).toBeUndefined()
  const [hit] = await hits()
  expect(hit).toMatchObject({ delivery_id: delivery, link_key: 'link1', method: 'GET', agent: CHROME })
  expect(hit?.at).toEqual(deps.clock.now())
  expect(hit?.network).toHaveLength(16)
  const changes = await deps.db.selectFrom('tracking_changes').select('delivery_id').execute()
  expect(changes).toEqual([{ delivery_id: delivery }])
})

test('HEAD leads there too and is recorded as such; capitals are the same link', async () => {
  const { app, click, hits } = await open()
  const answer = await app.inject({ method: 'HEAD', url: `/t/${click.toUpperCase()}/LINK0` })
  expect(answer.statusCode).toBe(302)
  expect(answer.headers.location).toBe('https://library.example/link0')
  expect(await hits()).toMatchObject([{ method: 'HEAD', link_key: 'link0' }])
})

test('no other address can be had: of another campaign, in the key, or in the query', async () => {
  const { app, deps, click, hits } = await open()
  const second = await makeMailing(deps.db, 1, 1)
  await sql`update campaign_links set key = 'elsewhere', url = 'https://evil.example/' where campaign_id = ${second.campaign_id}`.execute(
    deps.db,
  )
  for (const key of ['elsewhere', 'link9', 'https%3A%2F%2Fevil.example', '%00', "'", '%E2%80%AE', 'x'.repeat(190)]) {
    const answer = await app.inject(`/t/${click}/${key}?url=https://evil.example`)
    // What Postgres cannot hold is refused, the rest is unknown.
    expect([404, 422], key).toContain(answer.statusCode)
    expect(answer.headers.location).toBeUndefined()
    expect(answer.headers['content-type']).toContain('text/html')
  }
  expect((await app.inject(`/t/${click}/link0?url=https://evil.example`)).headers.location).toBe(
    'https://library.example/link0',
  )
  expect(await hits()).toHaveLength(1)
})

test('who writes something else for a link, such as a NUL, takes the hits of nobody with it', async () => {
  const { app, deps, click, other, hits, lines } = await open()
  const neighbour = signToken(deps.keys, 'click', other)
  const strange = [
    '%00',
    'link0%00',
    '%0D%0AX: y',
    '%2F%2Fevil.example',
    'javascript:alert(1)',
    '__proto__',
    '%F0%9F%98%80',
  ]
  const [followed, ...refused] = await Promise.all([
    app.inject({ url: `/t/${neighbour}/link1`, headers: { 'user-agent': CHROME } }),
    ...strange.map((key) => app.inject({ url: `/t/${click}/${key}` })),
  ])
  expect(followed?.statusCode).toBe(302)
  expect(refused.map(({ statusCode, headers }) => [statusCode, headers.location])).toEqual(
    strange.map(() => [404, undefined]),
  )
  expect(await hits()).toMatchObject([{ delivery_id: other, link_key: 'link1' }])
  expect(lines).toEqual([])
})

test('an address in another script is written as a header can carry it, and what is none of the web is not followed', async () => {
  const { app, deps, click } = await open()
  await sql`update campaign_links set url = 'https://bücher.example/图书馆?q=ü' where key = 'link0'`.execute(deps.db)
  await sql`update campaign_links set url = 'javascript:alert(1)' where key = 'link1'`.execute(deps.db)
  const answer = await app.inject(`/t/${click}/link0`)
  expect(answer.headers.location).toBe('https://xn--bcher-kva.example/%E5%9B%BE%E4%B9%A6%E9%A6%86?q=%C3%BC')
  expect((await app.inject(`/t/${click}/link1`)).statusCode).toBe(404)
})

test('a token that is cut, forged or of another purpose gets a page and is not recorded; so does one whose delivery is gone', async () => {
  const { app, deps, click, picture, delivery, hits } = await open()
  const others = [click.slice(1), `${click.slice(0, -1)}${click.endsWith('a') ? 'b' : 'a'}`, picture, 'x']
  for (const token of others) expect((await app.inject(`/t/${token}/link0`)).statusCode, token).toBe(404)
  for (const token of [click, picture.slice(1)]) expect((await app.inject(`/t/${token}`)).statusCode).toBe(404)
  await deps.db.deleteFrom('deliveries').where('id', '=', delivery).execute()
  const gone = await app.inject(`/t/${click}/link0`)
  expect(gone.statusCode).toBe(410)
  expect(gone.headers['cache-control']).toBe('no-store')
  expect(gone.headers['x-robots-tag']).toContain('noindex')
  expect((await app.inject(`/t/${picture}`)).headers['content-type']).toBe('image/gif')
  expect(await hits()).toEqual([])
})

test('who guesses tokens is slowed down; a scanner that follows a thousand links of ours is not, nor are its neighbours', async () => {
  const { app, click } = await open()
  for (let time = 0; time < 300; time++) expect((await app.inject(`/t/${click}/link0`)).statusCode).toBe(302)
  for (let time = 0; time < 100; time++) await app.inject('/t/guess/link0')
  const slowed = await app.inject('/t/guess/link0')
  expect(slowed.statusCode).toBe(429)
  expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0)
  expect((await app.inject(`/t/${click}/link0`)).statusCode).toBe(302)
})

test('the picture is a point that no cache keeps, recorded for who agreed and only while they do', async () => {
  const { app, deps, delivery, picture, hits } = await open()
  const ask = () => app.inject({ url: `/t/${picture}`, headers: { 'user-agent': CHROME } })
  const answer = await ask()
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({ 'content-type': 'image/gif', 'cache-control': 'no-store' })
  expect(answer.headers['set-cookie']).toBeUndefined()
  expect(answer.rawPayload.subarray(0, 6).toString('latin1')).toBe('GIF89a')
  expect(await hits()).toEqual([])
  await decideTracking(deps.db, delivery, true)
  await ask()
  expect(await hits()).toMatchObject([{ delivery_id: delivery, link_key: null, agent: CHROME }])
  await decideTracking(deps.db, delivery, false)
  await ask()
  expect(await hits()).toHaveLength(1)
})

test('test emails, erased readers, anonymous rounds and programmes that count no clicks lead on and leave nothing', async () => {
  const { app, deps, click, delivery, hits } = await open()
  const leads = async () => expect((await app.inject(`/t/${click}/link0`)).statusCode).toBe(302)
  const change = async (there: ReturnType<typeof sql>, back: ReturnType<typeof sql>) => {
    await there.execute(deps.db)
    await leads()
    await back.execute(deps.db)
  }
  await change(
    sql`update deliveries set is_test = true where id = ${delivery}`,
    sql`update deliveries set is_test = false where id = ${delivery}`,
  )
  await change(sql`update people set erased_at = now()`, sql`update people set erased_at = null`)
  await change(sql`update rounds set anonymised_at = now()`, sql`update rounds set anonymised_at = null`)
  await change(sql`update programme set count_clicks = false`, sql`update programme set count_clicks = true`)
  expect(await hits()).toEqual([])
  await leads()
  expect(await hits()).toHaveLength(1)
})

test('an agent is cut and cleaned; the network is that of the reader, as the proxy in front of us says', async () => {
  const { app, click, hits } = await open()
  const url = `/t/${click}/link0`
  const agents = [`a\tb${'x'.repeat(500)}`, 'Grüße', '\u0080\u009f']
  for (const agent of agents)
    await app.inject({ url, headers: { 'user-agent': agent, 'x-forwarded-for': '192.0.2.9' } })
  await app.inject({ url, headers: { 'x-forwarded-for': '198.51.100.1, 192.0.2.200' } })
  await app.inject({ url, headers: { 'x-forwarded-for': '192.0.2.200' }, remoteAddress: '203.0.113.5' })
  const all = await hits()
  expect(all.map(({ agent }) => agent)).toEqual([
    `a b${'x'.repeat(197)}`,
    'Grüße',
    '',
    'lightMyRequest',
    'lightMyRequest',
  ])
  const [first, , , named, stranger] = all.map(({ network }) => network?.toString('hex'))
  expect(named).toBe(first)
  expect(stranger).not.toBe(first)
})

test('behind a proxy that does not say whom it calls for, twenty readers within a second are no crowd', async () => {
  const { app, deps, hits, mailing } = await open(20)
  const { deliveries } = mailing
  for (const id of deliveries)
    await app.inject({ url: `/t/${signToken(deps.keys, 'click', id)}/link0`, headers: { 'user-agent': CHROME } })
  expect((await hits()).every(({ network }) => network === null)).toBe(true)
  await settleHits(deps)
  const counted = await deps.db.selectFrom('delivery_hits').select(['human', 'machine']).execute()
  expect(counted).toEqual(deliveries.map(() => ({ human: 1, machine: 0 })))
})

test('the redirect goes when the hit cannot be recorded, and the log says how many did so', async () => {
  const { app, deps, click, lines, hits } = await open()
  await sql`alter table tracking_hits rename to away`.execute(deps.db)
  for (let time = 0; time < 3; time++) {
    expect((await app.inject(`/t/${click}/link0`)).headers.location).toBe('https://library.example/link0')
  }
  await sql`alter table away rename to tracking_hits`.execute(deps.db)
  expect(await hits()).toEqual([])
  expect(lines.filter(({ unrecorded }) => unrecorded === 1)).toHaveLength(1)
  await app.inject(`/t/${click}/link0`)
  expect(await hits()).toHaveLength(1)
})

test('with no database at all a link gets a page that asks to come back, and the picture is still one', async () => {
  const { app, deps, click, picture } = await open()
  const query = deps.pool.connect.bind(deps.pool)
  onTestFinished(() => {
    deps.pool.connect = query
  })
  deps.pool.connect = (() => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))) as never
  const answer = await app.inject(`/t/${click}/link0`)
  expect(answer.statusCode).toBe(503)
  expect(answer.headers['content-type']).toContain('text/html')
  expect((await app.inject(`/t/${picture}`)).headers['content-type']).toBe('image/gif')
})
