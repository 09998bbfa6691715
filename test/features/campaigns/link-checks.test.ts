import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { checkLinks, listCampaignFindings } from '../../../src/features/campaigns/index.ts'
import type { LinkCheckDeps } from '../../../src/features/campaigns/review/link-checks.ts'
import { updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import { addPicture } from '../../../src/features/pictures/index.ts'
import { isPublicWeb } from '../../../src/platform/http/reach.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { PNG } from '../pictures/files.ts'
import { addApplicant, addDraft, addRound } from './round.ts'

/** A web server on this machine that keeps what it was asked. */
async function serve(answer: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, named: `http://localhost:${port}`, asked }
}

const here = { mayReach: (address: string) => address === '127.0.0.1' || address === '::1' }

async function open(body: (deps: TestDeps) => string | Promise<string>, more: Partial<LinkCheckDeps> = {}) {
  const deps = await openTestDeps()
  await addApplicant(deps.db, await addRound(deps.db))
  const id = await addDraft(deps.db, { body_markdown: await body(deps) })
  const look = (change: Partial<LinkCheckDeps> = {}) =>
    checkLinks({ ...deps, ...here, dnsWorks: async () => true, ...more, ...change }, { campaign_id: id })
  const known = async () => {
    const rows = await deps.db.selectFrom('link_checks').selectAll().orderBy('url').execute()
    return Object.fromEntries(rows.map(({ url, state, words }) => [url, `${state}: ${words}`]))
  }
  const findings = async () =>
    (await listCampaignFindings(deps, id)).filter(({ code }) => ['link_dead', 'picture_large'].includes(code))
  return { deps, id, look, known, findings }
}

test('what is gone is found with its line, what is there or will not say is not', async () => {
  const site = await serve(({ url, method }, response) => {
    const status = { '/gone': 404, '/removed': 410, '/robots': 403, '/busy': 503, '/no-head': 200 }[url ?? ''] ?? 200
    response.writeHead(url === '/no-head' && method === 'HEAD' ? 405 : status, { 'content-length': 0 }).end()
  })
  const links = ['/', '/gone', '/removed', '/robots', '/busy', '/no-head'].map((path) => `[a](${site.url}${path})`)
  const { look, known, findings } = await open(() => links.join('\n\n'))
  await look()
  expect(await known()).toEqual({
    [`${site.url}/`]: 'alive: answered 200',
    [`${site.url}/gone`]: 'dead: answered 404',
    [`${site.url}/removed`]: 'dead: answered 410',
    [`${site.url}/robots`]: 'unknown: answered 403',
    [`${site.url}/busy`]: 'unknown: answered 503',
    [`${site.url}/no-head`]: 'alive: answered 200',
  })
  expect(await findings()).toEqual([
    { level: 'warning', code: 'link_dead', variant: 'en', line: 3, message: `The link ${site.url}/gone answered 404.` },
    expect.objectContaining({ line: 5, message: `The link ${site.url}/removed answered 410.` }),
  ])
})

test('a large picture of somebody else is found, without being loaded', async () => {
  const site = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': 300 * 1024 })
    response.flushHeaders()
  })
  const { look, findings } = await open(() => `![Books](${site.url}/a.png)`)
  await look()
  expect(await findings()).toMatchObject([{ code: 'picture_large', line: 1 }])
  expect(site.asked).toEqual(['HEAD /a.png'])
})

test('neither merge fields nor our own pictures nor mail addresses are asked for, and one address once', async () => {
  const site = await serve((_request, response) => response.end())
  const { look } = await open(async (deps) => {
    const { path } = await addPicture(deps, { content: PNG, alt: 'Books', uploaded_by: 'staff 1' })
    return `![Books](${site.url}${path}) [a](${site.url}/a) [b](${site.url}/a) [c](mailto:a@x.example) {{links.unsubscribe}}`
  })
  await look()
  expect(site.asked).toEqual(['HEAD /a'])
})

test('a look lasts a day, of what seemed dead ten minutes', async () => {
  let status = 404
  const site = await serve(({ url }, response) => response.writeHead(url === '/a' ? status : 200).end())
  const { deps, id, look, findings } = await open(() => `[a](${site.url}/a) [b](${site.url}/b)`)
  await look()
  await look()
  expect(site.asked).toEqual(expect.arrayContaining(['HEAD /a', 'GET /a', 'HEAD /b']))
  expect(site.asked).toHaveLength(3)
  expect(await findings()).toHaveLength(1)
  status = 200
  deps.clock.advance(10 * 60_000)
  await look()
  expect(await findings()).toEqual([])
  expect(site.asked.slice(3)).toEqual(['HEAD /a'])
  await updateCampaign(deps, { id, change: { body_markdown: `[b](${site.url}/b) [c](${site.url}/c)` } })
  await look()
  expect(site.asked.slice(4)).toEqual(['HEAD /c'])
})

test('no text makes us ask our own machine or network, neither by number, by name nor by a redirect', async () => {
  const inside = await serve((_request, response) => response.writeHead(404).end())
  const outside = await serve((_request, response) => response.writeHead(302, { location: inside.named }).end())
  const port = new URL(inside.url).port
  const written = [inside.url, inside.named, `http://2130706433:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`]
  const { look, known } = await open(() => [...written, outside.url].map((url) => `[a](${url})`).join('\n\n'))
  // The outside server stands for the public web: alone it may be reached.
  const outsidePort = Number(new URL(outside.url).port)
  await look({ mayReach: (address, to) => to === outsidePort || isPublicWeb(address, to) })
  expect(inside.asked).toEqual([])
  expect(outside.asked).toEqual(['HEAD /'])
  const words = Object.values(await known())
  expect(words).toHaveLength(5)
  for (const one of words) expect(one).toBe('unknown: is no public address, so it was not looked at')
})

test('by the rules of the service itself nothing on this machine is asked', async () => {
  const inside = await serve((_request, response) => response.writeHead(404).end())
  const { deps, id, findings } = await open(() => `[a](${inside.url}/a) [b](${inside.named}/b)`)
  await checkLinks(deps, { campaign_id: id })
  expect(inside.asked).toEqual([])
  expect(await findings()).toEqual([])
})

test('redirects are followed to their end, and five are enough', async () => {
  const site = await serve(({ url = '' }, response) => {
    const left = Number(url.slice(1))
    if (left > 0) response.writeHead(301, { location: `/${left - 1}` }).end()
    else response.writeHead(404).end()
  })
  const { look, known } = await open(() => `[a](${site.named}/5) [b](${site.named}/6)`)
  await look()
  expect(await known()).toEqual({
    [`${site.named}/5`]: 'dead: answered 404',
    [`${site.named}/6`]: 'unknown: leads from one address to the next without end',
  })
})

test('a server that never answers is given up, and says nothing about the link', async () => {
  const site = await serve(() => undefined)
  const { look, known, findings } = await open(() => `[a](${site.url}/a)`)
  await look({ timeoutMs: 50 })
  expect(await known()).toEqual({ [`${site.url}/a`]: 'unknown: took too long to answer' })
  expect(await findings()).toEqual([])
})

test('a host that does not exist is a dead link, but not while this machine is offline', async () => {
  const { look, known, findings, deps } = await open(() => '[a](http://nowhere.invalid/)')
  await look({ dnsWorks: async () => false })
  expect(await known()).toEqual({
    'http://nowhere.invalid/': 'unknown: could not be looked up: this machine seems to be offline',
  })
  expect(await findings()).toEqual([])
  deps.clock.advance(60 * 60_000)
  await look({ dnsWorks: async () => true })
  expect(await findings()).toMatchObject([
    { message: 'The link http://nowhere.invalid/ leads to a host that does not exist.' },
  ])
})

test('whoever else answers shows that we are online', async () => {
  const site = await serve((_request, response) => response.end())
  const { look, known } = await open(() => `[a](${site.url}/a) [b](http://nowhere.invalid/)`)
  await look({ dnsWorks: async () => false })
  expect((await known())['http://nowhere.invalid/']).toBe('dead: leads to a host that does not exist')
})

test('four are looked at at once, and not one more', async () => {
  let open_now = 0
  let most = 0
  const waiting: (() => void)[] = []
  const site = await serve((_request, response) => {
    most = Math.max(most, ++open_now)
    waiting.push(() => {
      open_now--
      response.end()
    })
    // The fourth frees them all; afterwards each frees itself.
    if (open_now === 4 || waiting.length > 4) for (const go of waiting.splice(0)) go()
  })
  const links = Array.from({ length: 9 }, (_, at) => `[a](${site.url}/${at})`)
  const { look, known } = await open(() => links.join(' '))
  await look({ timeoutMs: 2000 })
  expect(most).toBe(4)
  expect(Object.keys(await known())).toHaveLength(9)
})

test('a stop in the middle leaves the rest for the next time, and a campaign that is gone is no fault', async () => {
  const stop = new AbortController()
  const site = await serve(() => stop.abort())
  const { deps, id, known } = await open(() => `[a](${site.url}/a) [b](${site.url}/b)`)
  await checkLinks({ ...deps, ...here }, { campaign_id: id }, stop.signal)
  expect(await known()).toEqual({})
  await checkLinks(deps, { campaign_id: 98_765 })
})

test('addresses of any length and shape are no trouble', async () => {
  const { look, known } = await open(
    () =>
      `[a](http://x.invalid/${'a'.repeat(5000)}) [b](http://x.invalid:99999/) [c](http://[::1) [d](http://a b.invalid)`,
    { dnsWorks: async () => false },
  )
  await look()
  expect(Object.keys(await known()).length).toBeLessThan(3)
})
