import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { LinkGuard } from '../../platform/http/link-guard.ts'
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
  const { clock, guard, readers } = deps
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    readers.addErrors(app)
    /** When each request arrived, before its body was there: a slow line makes nobody late. */
    const arrivals = new WeakMap<FastifyRequest, Date>()

    /** The reader behind the link, or the answer to a link that leads to nobody. */
    async function readLink(request: FastifyRequest, reply: FastifyReply, token: string) {
      const id = guard.read(request, 'confirm', token)
      const reader = id === undefined ? undefined : await findReader(deps, id)
      if (!reader) await readers.sendUnknownLink(request, reply, id === undefined ? 404 : 410)
      return reader
    }

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
      onRequest: async (request) => {
        arrivals.set(request, clock.now())
      },
      handler: async (request, reply) => {
        const { token } = request.params
        const said_at = arrivals.get(request) ?? clock.now()
        const reader = await readLink(request, reply, token)
        if (!reader) return reply
        const { answer } = request.body
        const isDone = await answerByLink(deps, { link: reader.link, answer, said_at })
        return reply.redirect(`/p/confirm/${token}${isDone ? `?done=${answer}` : ''}`, 303)
      },
    })
  }
}
