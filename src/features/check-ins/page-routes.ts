import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import { signToken, type TokenKeys } from '../../lib/tokens.ts'
import { noteArrivals } from '../../platform/http/arrivals.ts'
import type { LinkGuard } from '../../platform/http/link-guard.ts'
import { openReaderLinks } from '../../platform/http/reader-links.ts'
import type { ReaderPages } from '../../platform/http/reader-pages.ts'
import { readerPhrases } from '../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { answerByLink, findReader, type PageDeps } from './page.ts'
import { presentCheckIn } from './present-page.ts'
import { ANSWERS, type CheckInAnswer } from './rules.ts'

interface RouteDeps extends PageDeps {
  keys: TokenKeys
  guard: LinkGuard
  readers: ReaderPages
}

const URL = '/p/check-in/:token'
const Params = Type.Object({ token: Type.String() })
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Query = Type.Object({ done: Type.Optional(Type.String()) })
const Form = Type.Object({
  // 0 in the page of a test email, which changes nothing.
  partnership: Type.Union([Type.Literal(0), Id]),
  answer: Type.Unsafe<CheckInAnswer>(Type.String({ enum: [...ANSWERS] })),
})

/**
 * The page behind the link of a check-in: how it goes, one click for each partnership. GET shows, POST acts: mail
 * scanners follow links and run what is on the page, and answer for nobody.
 */
export async function addCheckInPages(app: TypedApp, deps: RouteDeps): Promise<void> {
  await app.register(checkInPages(deps))
}

function checkInPages(deps: RouteDeps): FastifyPluginAsync {
  const { clock, keys, readers } = deps
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    readers.addErrors(app)
    const arrivedAt = noteArrivals(app, clock)
    const readLink = openReaderLinks(deps, 'check_in', (id) => findReader(deps, id))

    app.route({
      method: 'GET',
      url: URL,
      config: { allow: 'public' },
      schema: { params: Params, querystring: Query },
      handler: async (request, reply) => {
        const { token } = request.params
        const reader = await readLink(request, reply, token)
        if (!reader) return reply
        const { language, delivery_id } = reader.link
        const preferences = signToken(keys, 'preferences', delivery_id)
        const done = Number(request.query.done ?? Number.NaN)
        const model = presentCheckIn(reader, { token, preferences, words: readerPhrases(language), done })
        return readers.send(reply, { name: 'check-in', title: model.title, language, model })
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
        const { partnership, answer } = request.body
        const isDone = await answerByLink(deps, reader, { partnership_id: partnership, answer, said_at })
        return reply.redirect(`/p/check-in/${token}${isDone ? `?done=${partnership}` : ''}`, 303)
      },
    })
  }
}
