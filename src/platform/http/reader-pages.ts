import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { InvalidInput, NotFound } from '../../lib/errors.ts'
import { isDatabaseAway, isUnstorableInput } from '../db/faults.ts'
import { assetHref } from './assets.ts'
import { TooManyLinks } from './link-guard.ts'
import type { Pages } from './pages.ts'
import { fillPhrase, languageAsked, readerPhrases } from './reader-phrases.ts'

/** Pages of readers: no cookie, no script, nothing from elsewhere, in the reader's own language. */
export interface ReaderPages {
  /** @param name in templates/pages/participant; the model gets `words`, the phrases of the language */
  send(reply: FastifyReply, page: { name: string; title: string; language: string; model: object }): Promise<unknown>
  /** The same page whatever is wrong with a link, so that it never tells whether an address exists. */
  sendUnknownLink(request: FastifyRequest, reply: FastifyReply, status?: 404 | 410): Promise<unknown>
  /** For an address at which there is nothing. */
  sendMissing(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
  /** Errors of this scope as pages in plain words. */
  addErrors(scope: FastifyInstance): void
}

/** @param findContact where people write; not asked for when the database is away */
export function openReaderPages(pages: Pages, findContact: () => Promise<string>): ReaderPages {
  async function write(reply: FastifyReply, language: string, contact: string, page: Page): Promise<unknown> {
    const words = readerPhrases(language)
    const frame = {
      layout: 'participant/layout',
      title: page.title,
      stylesheet: assetHref('participant.css'),
      frame: {
        language: words.language,
        direction: words.direction,
        question: contact === '' ? words.question : fillPhrase(words.question_to, { address: contact }),
      },
    } as const
    const html = pages.render(`participant/${page.name}`, frame, { ...page.model, words })
    return reply.type('text/html; charset=utf-8').send(html)
  }

  const sendError = async (request: FastifyRequest, reply: FastifyReply, status: number, fault: ReaderFault) => {
    const words = readerPhrases(languageAsked(request.headers['accept-language']))
    const title = words[`${fault}_title`]
    const contact = fault === 'away' ? '' : await findContact().catch(() => '')
    const model = { title, message: words[`${fault}_text`] }
    return write(reply.status(status), words.language, contact, { name: 'error', title, model })
  }

  return {
    send: async (reply, { language, ...page }) => write(reply, language, await findContact(), page),
    sendUnknownLink: (request, reply, status = 404) => sendError(request, reply, status, 'unknown'),
    sendMissing: (request, reply) => sendError(request, reply, 404, 'not_found'),
    addErrors(scope) {
      scope.setErrorHandler((error: FastifyError, request, reply) => {
        const { status, fault } = faultOf(error)
        if (status >= 500) request.log.error({ err: error }, 'request failed')
        if (error instanceof TooManyLinks) reply.header('retry-after', error.waitSeconds)
        if (status === 503) reply.header('retry-after', 5)
        return sendError(request, reply, status, fault)
      })
    },
  }
}

interface Page {
  name: string
  title: string
  model: object
}

type ReaderFault = 'unknown' | 'not_found' | 'refused' | 'too_many' | 'failed' | 'away'

function faultOf(error: FastifyError): { status: number; fault: ReaderFault } {
  if (error instanceof TooManyLinks) return { status: 429, fault: 'too_many' }
  if (error instanceof NotFound) return { status: 404, fault: 'not_found' }
  if (error.validation || error instanceof InvalidInput || isUnstorableInput(error))
    return { status: 422, fault: 'refused' }
  if (isDatabaseAway(error)) return { status: 503, fault: 'away' }
  const status = error.statusCode ?? 500
  return status < 500 ? { status, fault: 'refused' } : { status, fault: status === 503 ? 'away' : 'failed' }
}
