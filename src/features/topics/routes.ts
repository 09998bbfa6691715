import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from '../../lib/errors.ts'
import { assetHref } from '../../platform/http/assets.ts'
import type { Pages } from '../../platform/http/pages.ts'
import type { ReaderPages } from '../../platform/http/reader-pages.ts'
import { languageAsked } from '../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { sendCached } from './caching.ts'
import { languageOfAddress, showFeed, showTopic, showTopics, type TopicDeps } from './service.ts'

interface RouteDeps extends TopicDeps {
  pages: Pages
  readers: ReaderPages
}

const HTML = 'text/html; charset=utf-8'
const ATOM = 'application/atom+xml; charset=utf-8'
const ACCESS = { allow: 'public' } as const
const RoundParams = Type.Object({ round: Type.String() })
const TopicParams = Type.Object({ round: Type.String(), slug: Type.String(), language: Type.Optional(Type.String()) })

/** Public copies of topics, for everybody and for search engines; nobody's data is on them. */
export async function addTopicPages(app: TypedApp, deps: RouteDeps): Promise<void> {
  await app.register(topicPages(deps))
}

function topicPages(deps: RouteDeps): FastifyPluginAsync {
  const { pages, readers } = deps
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    readers.addErrors(app)

    type Shown = { frame: { title: string }; model: object; modified: Date | undefined }
    const send = (request: FastifyRequest, reply: FastifyReply, name: string, shown: Shown, varies?: string) => {
      const { title, ...frame } = shown.frame
      const layout = { layout: 'topics/layout', title, stylesheet: assetHref('topic.css'), frame } as const
      const body = pages.render(`topics/${name}`, layout, shown.model)
      return sendCached(request, reply, { type: HTML, body, modified: shown.modified, ...(varies ? { varies } : {}) })
    }

    for (const url of ['/topics/feed.atom', '/topics/:round/feed.atom']) {
      app.route({
        method: 'GET',
        url,
        config: ACCESS,
        schema: { params: Type.Partial(RoundParams) },
        handler: async (request, reply) => {
          const { xml, modified } = await showFeed(deps, { round: request.params.round })
          return sendCached(request, reply, { type: ATOM, body: xml, modified })
        },
      })
    }

    app.route({
      method: 'GET',
      url: '/topics/:round',
      config: ACCESS,
      schema: { params: RoundParams },
      handler: async (request, reply) => {
        const language = languageAsked(request.headers['accept-language'])
        const shown = await showTopics(deps, { round: request.params.round, language })
        return send(request, reply, 'list', shown, 'accept-language')
      },
    })

    for (const url of ['/topics/:round/:slug', '/topics/:round/:slug/:language']) {
      app.route({
        method: 'GET',
        url,
        config: ACCESS,
        schema: { params: TopicParams },
        handler: async (request, reply) => {
          const { round, slug, language: tag } = request.params
          const language = tag === undefined ? undefined : languageOfAddress(tag)
          if (tag !== undefined && language === undefined) throw new NotFound('This topic')
          const shown = await showTopic(deps, { round, slug, ...(language === undefined ? {} : { language }) })
          return send(request, reply, 'topic', shown)
        },
      })
    }
  }
}
