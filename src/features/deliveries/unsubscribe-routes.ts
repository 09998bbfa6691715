import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { signToken, type TokenKeys } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import type { LinkGuard } from '../../platform/http/link-guard.ts'
import type { ReaderPages } from '../../platform/http/reader-pages.ts'
import { readerPhrases } from '../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { findUnsubscription, resubscribe, type Unsubscription, unsubscribe } from './unsubscribe.ts'

interface RouteDeps {
  db: Db
  keys: TokenKeys
  guard: LinkGuard
  readers: ReaderPages
}

const Params = Type.Object({ token: Type.String() })

/**
 * The page behind every unsubscribe link. GET shows (mail scanners follow links), POST acts: at once, without cookie
 * or redirect, as RFC 8058 §3.2 asks. A token that is not ours gets a page that says no more.
 */
export async function addUnsubscribeRoutes(app: TypedApp, deps: RouteDeps): Promise<void> {
  await app.register(unsubscribePages(deps))
}

function unsubscribePages({ db, keys, guard, readers }: RouteDeps): FastifyPluginAsync {
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    acceptAnyBody(app)
    readers.addErrors(app)
    const show = (reply: FastifyReply, token: string, found: Unsubscription, is_back: boolean) =>
      readers.send(reply, {
        name: 'unsubscribe',
        title: readerPhrases(found.language).emails,
        language: found.language,
        model: {
          token,
          preferences_token: signToken(keys, 'preferences', found.delivery_id),
          stopped: found.programme_mail_stopped,
          everything_stopped: found.everything_stopped,
          is_back,
        },
      })

    const routes = [
      { method: 'GET', url: '/u/:token', act: findUnsubscription },
      { method: 'POST', url: '/u/:token', act: unsubscribe },
      // The address that stays in the browser's bar after the button.
      { method: 'GET', url: '/u/:token/again', act: findUnsubscription },
      { method: 'POST', url: '/u/:token/again', act: resubscribe },
    ] as const
    for (const { method, url, act } of routes) {
      app.route({
        method,
        url,
        config: { allow: 'public' },
        schema: { params: Params },
        handler: async (request, reply) => {
          const { token } = request.params
          const id = guard.read(request, 'unsubscribe', token)
          const found = id === undefined ? undefined : await act({ db }, id)
          if (!found) return readers.sendUnknownLink(request, reply)
          return show(reply, token, found, act === resubscribe)
        },
      })
    }
  }
}

/**
 * Mail programs post urlencoded, multipart or nothing at all (RFC 8058 §3.2), and what they say is in the address:
 * no body is read, and none is a reason to refuse the wish.
 */
function acceptAnyBody(app: TypedApp): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, body, done) => {
    body.resume()
    done(null)
  })
}
