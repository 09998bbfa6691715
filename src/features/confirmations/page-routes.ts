import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import { noteArrivals } from '../../platform/http/arrivals.ts'
import type { LinkGuard } from '../../platform/http/link-guard.ts'
import { openReaderLinks } from '../../platform/http/reader-links.ts'
import type { ReaderPages } from '../../platform/http/reader-pages.ts'
import { readerPhrases } from '../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { answerByLink, findReader, type PageDeps } from './page.ts'
import { presentConfirm } from './present-page.ts'
import { SAID, type Said } from './rules.ts'

interface RouteDeps extends PageDeps {
  guard: LinkGuard
  readers: ReaderPages
}

const URL = '/p/confirm/:token'
const Params = Type.Object({ token: Type.String() })
const Query = Type.Object({ done: Type.Optional(Type.String()) })
const Form = Type.Object({ answer: Type.Unsafe<Said>(Type.String({ enum: [...SAID] })) })

/**
 * The page behind the link of a request to confirm: what the reader has answered, until when it can be changed, and the
 * buttons. GET shows, POST acts: mail scanners follow links and run what is on the page, and confirm for nobody.
 */
export async function addConfirmPages(app: TypedApp, deps: RouteDeps): Promise<void> {
  await app.register(confirmPages(deps))
}

function confirmPages(deps: RouteDeps): FastifyPluginAsync {
  const { clock, readers } = deps
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    readers.addErrors(app)
    const arrivedAt = noteArrivals(app, clock)
    const readLink = openReaderLinks(deps, 'confirm', (id) => findReader(deps, id))

    app.route({
      method: 'GET',
      url: URL,
      config: { allow: 'public' },
      schema: { params: Params, querystring: Query },
      handler: async (request, reply) => {
        const { token } = request.params
        const reader = await readLink(request, reply, token)
        if (!reader) return reply
        const { language } = reader.link
        const model = presentConfirm(reader, { token, words: readerPhrases(language), done: request.query.done })
        return readers.send(reply, { name: 'confirm', title: model.title, language, model })
      },
    })

    app.route({
      method: 'POST',
      url: URL,
      config: { allow: 'public' },
      schema: { params: Params, body: Form },
      handler: async (request, reply) => {
        const { token } = request.params
        const said_at = arrivedAt(request)
        const reader = await readLink(request, reply, token)
        if (!reader) return reply
        const { answer } = request.body
        const isDone = await answerByLink(deps, { link: reader.link, answer, said_at })
        return reply.redirect(`/p/confirm/${token}${isDone ? `?done=${answer}` : ''}`, 303)
      },
    })
  }
}
