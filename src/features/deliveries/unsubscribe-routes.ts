import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import type { TokenKeys } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Pages } from '../../platform/http/pages.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { findUnsubscription, resubscribe, type Unsubscription, unsubscribe } from './unsubscribe.ts'

interface RouteDeps {
  db: Db
  keys: TokenKeys
  pages: Pages
}

const Params = Type.Object({ token: Type.String() })
const FRAME = { title: 'Emails', stylesheet: '/assets/participant.css' }

/**
 * The page behind every unsubscribe link. GET shows (mail scanners follow links), POST acts: at once, without cookie
 * or redirect, as RFC 8058 §3.2 asks. A token that is not ours gets a page that says no more.
 */
export async function addUnsubscribeRoutes(app: TypedApp, deps: RouteDeps): Promise<void> {
  await app.register(unsubscribePages(deps))
}

function unsubscribePages(deps: RouteDeps): FastifyPluginAsync {
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    acceptAnyBody(app)
    const answer = (token: string, found: Unsubscription | undefined, is_back: boolean) => {
      if (!found) return { status: 404, html: deps.pages.render('participant/unknown-link', FRAME, {}) }
      const model = { token, stopped: found.programme_mail_stopped, is_back }
      return { status: 200, html: deps.pages.render('participant/unsubscribe', FRAME, model) }
    }

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
        handler: async ({ params }, reply) => {
          const found = await act(deps, params.token)
          const { status, html } = answer(params.token, found, act === resubscribe)
          return reply.status(status).type('text/html; charset=utf-8').send(html)
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
