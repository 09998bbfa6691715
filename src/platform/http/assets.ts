import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'
import type { TypedApp } from './typed-app.ts'

const folder = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** Style sheets of the pages, and the pictures that come with the demo's topics. Files of the release, nothing else. */
export async function addAssets(app: TypedApp): Promise<void> {
  const shared = { index: false, dotfiles: 'deny', decorateReply: false } as const
  const inScope: FastifyPluginAsync = async (scope) => {
    scope.allowByDefault = 'public'
    await scope.register(staticFiles, {
      ...shared,
      root: folder('templates/pages/assets'),
      prefix: '/assets/',
      maxAge: '1h',
    })
    await scope.register(staticFiles, {
      ...shared,
      root: folder('demo/topics/images'),
      prefix: '/pictures/',
      maxAge: '1d',
    })
  }
  await app.register(inScope)
}
