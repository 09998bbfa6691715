import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyError, FastifyPluginAsync } from 'fastify'
import { noteArrivals } from '../../../platform/http/arrivals.ts'
import { readerPhrases } from '../../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { openAskGuard } from './ask-guard.ts'
import { addConductPages } from './conduct-pages.ts'
import { addFormPages } from './form-pages.ts'
import { openGate } from './gate.ts'
import { addInterestPages } from './interest-pages.ts'
import { addLinkPages } from './link-pages.ts'
import { languageOf, type OpenDeps, type PageDeps, sendSaid } from './page-deps.ts'
import { addSentPages } from './sent-pages.ts'
import { addStartPages } from './start-page.ts'

/** Of the dozen connections that a process has; and more than a round has applicants. */
const PLACES = { at_a_time: 6, most_waiting: 5000 }

/**
 * /apply, /interest, /conduct and /expectations: pages for people who have nothing but a browser. No cookie and no
 * script; a form is named by a signed token in its address.
 */
export async function addApplicationPages(app: TypedApp, opened: OpenDeps): Promise<void> {
  const gate = openGate(PLACES)
  const asks = openAskGuard(opened)
  const inner: FastifyPluginAsync = async (scope) => {
    const deps: PageDeps = { ...opened, asks, arrivedAt: noteArrivals(scope, opened.clock) }
    scope.addHook('onRoute', (route) => {
      // A HEAD is made from its GET, whose handler has its turn already.
      if (route.method === 'HEAD') return
      const { handler } = route
      route.handler = function (request, reply) {
        return gate.run(async () => handler.call(this, request, reply))
      }
    })
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      if (error.statusCode !== 413) throw error
      const language = languageOf(request)
      const words = readerPhrases(language)
      return sendSaid(deps, reply.status(413), language, {
        title: words.apply_too_long_title,
        paragraphs: [words.apply_too_long_text],
      })
    })
    const pages = scope.withTypeProvider<TypeBoxTypeProvider>()
    for (const addPages of [addStartPages, addFormPages, addSentPages, addLinkPages, addInterestPages, addConductPages])
      addPages(pages, deps)
  }
  const outer: FastifyPluginAsync = async (scope) => {
    opened.readers.addErrors(scope)
    await scope.register(inner)
  }
  await app.register(outer)
}
