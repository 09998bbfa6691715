import { readFileSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAssets, assetHref } from '../../../src/platform/http/assets.ts'

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
const sheet = readFileSync('templates/pages/assets/console.css')
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })

beforeAll(async () => {
  await addAssets(app)
})
afterAll(() => app.close())

describe('style sheets and scripts', () => {
  it('are kept for a year under the version in their address, and asked for again without it', async () => {
    const versioned = await get(assetHref('console.css'))
    expect(versioned.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(versioned.headers['content-type']).toBe('text/css; charset=utf-8')
    for (const url of ['/assets/console.css', '/assets/console.css?v=of-an-older-release']) {
      const plain = await get(url)
      expect(plain.headers['cache-control']).toBe('no-cache')
      expect(plain.rawPayload.equals(sheet)).toBe(true)
    }
  })

  it('come compressed as the browser takes them, the same octets each way', async () => {
    const url = assetHref('console.css')
    const br = await get(url, { 'accept-encoding': 'gzip, deflate, br' })
    expect(br.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(br.rawPayload).equals(sheet)).toBe(true)
    const gzip = await get(url, { 'accept-encoding': 'br;q=0, gzip' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.rawPayload).equals(sheet)).toBe(true)
    expect((await get(url, { 'accept-encoding': 'br;q=0.0,gzip;q=0' })).headers['content-encoding']).toBeUndefined()
    expect(br.headers.vary).toBe('accept-encoding')
    expect(br.headers.etag).not.toBe(gzip.headers.etag)
  })

  it('are not sent again to who has them', async () => {
    const first = await get('/assets/console.css')
    const again = await get('/assets/console.css', { 'if-none-match': String(first.headers.etag) })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })

  it('include the scripts of other packages, in the build for browsers', async () => {
    expect((await get(assetHref('htmx.js'))).body).toContain('htmx-config')
    expect((await get(assetHref('turndown.js'))).body).toContain('TurndownService')
  })

  it('are files of the release and nothing else', async () => {
    for (const name of ['..%2F..%2F..%2Fpackage.json', 'package.json', 'constructor', '__proto__', '%00']) {
      expect((await get(`/assets/${name}`)).statusCode, name).toBeGreaterThanOrEqual(400)
    }
    expect(() => assetHref('console.less')).toThrow('no asset console.less')
  })

  it('weigh little on a slow line', async () => {
    const weigh = async (name: string) => (await get(assetHref(name), { 'accept-encoding': 'br' })).rawPayload.length
    expect(await weigh('console.css')).toBeLessThan(9_000)
    expect((await weigh('console.css')) + (await weigh('htmx.js')) + (await weigh('console.js'))).toBeLessThan(25_000)
  })
})
