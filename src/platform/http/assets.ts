import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import staticFiles from '@fastify/static'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import { NotFound } from '../../lib/errors.ts'
import type { TypedApp } from './typed-app.ts'

const folder = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const { resolve } = createRequire(import.meta.url)

const OWN = folder('templates/pages/assets/')
/** What comes from other packages, by the name it is served under. */
const FOREIGN = {
  'htmx.js': resolve('htmx.org/dist/htmx.min.js'),
  'turndown.js': resolve('turndown/lib/turndown.browser.umd.js'),
}
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const YEAR = 'public, max-age=31536000, immutable'

interface Asset {
  type: string
  version: string
  /** By content coding; the best that a browser takes is sent. */
  bodies: { br: Buffer; gzip: Buffer; identity: Buffer }
}

let loaded: Map<string, Asset> | undefined

/**
 * The path of a style sheet or script with its version, so that it may be kept for a year and a new release is seen
 * at once: `console.css` -> `/assets/console.css?v=1f0c…`. @throws when there is no such file
 */
export function assetHref(name: string): string {
  const asset = assets().get(name)
  if (!asset) throw new Error(`There is no asset ${name}`)
  return `/assets/${name}?v=${asset.version}`
}

/** Style sheets and scripts of the pages, and the pictures that come with the demo's topics. Files of the release, nothing else. */
export async function addAssets(app: TypedApp): Promise<void> {
  const files = assets()
  app.route({
    method: 'GET',
    url: '/assets/:name',
    config: { allow: 'public' },
    schema: {
      params: Type.Object({ name: Type.String() }),
      querystring: Type.Object({ v: Type.Optional(Type.String()) }),
    },
    handler: async ({ params, query, headers }, reply) => {
      const asset = files.get(params.name)
      if (!asset) throw new NotFound('This file')
      const coding = codingFor(headers['accept-encoding'])
      const etag = `"${asset.version}-${coding}"`
      reply.headers({
        'cache-control': query.v === asset.version ? YEAR : 'no-cache',
        vary: 'accept-encoding',
        etag,
      })
      if (headers['if-none-match'] === etag) return reply.status(304).send()
      if (coding !== 'identity') reply.header('content-encoding', coding)
      return reply.type(asset.type).send(asset.bodies[coding])
    },
  })

  const pictures: FastifyPluginAsync = async (scope) => {
    scope.allowByDefault = 'public'
    const root = folder('demo/topics/images')
    await scope.register(staticFiles, { root, prefix: '/pictures/', index: false, dotfiles: 'deny', maxAge: '1d' })
  }
  await app.register(pictures)
}

/** Read and compressed once a process: they are few and small. */
function assets(): Map<string, Asset> {
  loaded ??= new Map(
    [...readdirSync(OWN).map((name) => [name, OWN + name] as const), ...Object.entries(FOREIGN)].flatMap(
      ([name, path]) => {
        const type = TYPES[extname(name)]
        return type ? [[name, readAsset(path, type)] as const] : []
      },
    ),
  )
  return loaded
}

function readAsset(path: string, type: string): Asset {
  const identity = readFileSync(path)
  const version = createHash('sha256').update(identity).digest('hex').slice(0, 12)
  return {
    type,
    version,
    bodies: { br: brotliCompressSync(identity), gzip: gzipSync(identity, { level: 9 }), identity },
  }
}

function codingFor(accepted = ''): keyof Asset['bodies'] {
  const takes = (coding: string) =>
    new RegExp(`(^|[\\s,])${coding}\\s*($|,|;(?!\\s*q=0(\\.0*)?\\s*($|,)))`).test(accepted)
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity'
}
