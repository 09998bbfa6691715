import { Type } from '@fastify/type-provider-typebox'
import { NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { findPictureContent } from './queries.ts'

const Params = Type.Object({ file: Type.String({ pattern: '^[0-9a-f]{64}\\.(png|jpg|gif|webp)$' }) })

/** GET /pictures/own/<digest>.<ext>: for mail programs and web copies, so open to everybody and kept for a year. */
export function addPictureRoutes(app: TypedApp, { db }: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/pictures/own/:file',
    config: { allow: 'public' },
    schema: { hide: true, params: Params },
    handler: async ({ params }, reply) => {
      const picture = await findPictureContent(db, params.file.slice(0, 64))
      if (!picture) throw new NotFound('The picture')
      return reply
        .type(picture.media_type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(picture.content)
    },
  })
}
