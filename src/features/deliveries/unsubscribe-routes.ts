import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { Clock } from '../../lib/clock.ts'
import { signToken, type TokenKeys } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import type { LinkGuard } from '../../platform/http/link-guard.ts'
import type { ReaderPages } from '../../platform/http/reader-pages.ts'
import { quoteDecision, type ReaderPhrases, readerPhrases } from '../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import {
  BY_ONE_CLICK,
  findUnsubscription,
  resubscribe,
  type Unsubscription,
  unsubscribe,
  type Wish,
} from './unsubscribe.ts'

interface RouteDeps {
  db: Db
  clock: Clock
  keys: TokenKeys
  guard: LinkGuard
  readers: ReaderPages
}

const Params = Type.Object({ token: Type.String() })
/** Our own button says which language its page was in; the button of a mail program says nothing. None is refused. */
const Query = Type.Object({ read: Type.Optional(Type.Unsafe<string | string[]>(Type.Any())) })

/**
 * The page behind every unsubscribe link. GET shows (mail scanners follow links), POST acts: at once, without cookie
 * or redirect, as RFC 8058 §3.2 asks. A token that is not ours gets a page that says no more.
 */
export async function addUnsubscribeRoutes(app: TypedApp, deps: RouteDeps): Promise<void> {
  await app.register(unsubscribePages(deps))
}

function unsubscribePages({ db, clock, keys, guard, readers }: RouteDeps): FastifyPluginAsync {
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

    const find = (id: number, _read: string | undefined) => findUnsubscription({ db }, id)
    const stop = (id: number, read: string | undefined) =>
      unsubscribe({ db, clock }, id, 'campaigns', read === undefined ? BY_ONE_CLICK : wishOf(read, STOPS))
    const comeBack = (id: number, read: string | undefined) =>
      resubscribe({ db, clock }, id, 'campaigns', wishOf(read ?? '', RETURNS))

    const routes = [
      { method: 'GET', url: '/u/:token', act: find },
      { method: 'POST', url: '/u/:token', act: stop },
      // The address that stays in the browser's bar after the button.
      { method: 'GET', url: '/u/:token/again', act: find },
      { method: 'POST', url: '/u/:token/again', act: comeBack },
    ] as const
    for (const { method, url, act } of routes) {
      app.route({
        method,
        url,
        config: { allow: 'public' },
        schema: { params: Params, querystring: Query },
        handler: async (request, reply) => {
          const { token } = request.params
          const id = guard.read(request, 'unsubscribe', token)
          const found = id === undefined ? undefined : await act(id, [request.query.read].flat()[0])
          if (!found) return readers.sendUnknownLink(request, reply)
          return show(reply, token, found, act === comeBack)
        },
      })
    }
  }
}

const STOPS = ['unsubscribe_ask_text', 'unsubscribe_button'] as const
const RETURNS = ['unsubscribed_text', 'resubscribe_button'] as const

/** What the page said in the language it was shown in. */
function wishOf(language: string, [sentence, button]: readonly [keyof ReaderPhrases, keyof ReaderPhrases]): Wish {
  const words = readerPhrases(language)
  return { source: 'link', wording: quoteDecision(words, sentence, button), language: words.language }
}

/**
 * Mail programs post urlencoded, multipart or nothing at all (RFC 8058 §3.2), and what they say is in the address:
 * no body is read, and none is a reason to refuse the wish.
 */
function acceptAnyBody(app: TypedApp): void {
  app.addHook('onRequest', async ({ raw }) => {
    // What it says it is would be read, and refused where it is no name of a type.
    delete raw.headers['content-type']
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, body, done) => {
    body.resume()
    done(null)
  })
}
