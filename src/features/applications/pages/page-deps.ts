import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TokenKeys } from '../../../lib/tokens.ts'
import type { ArrivedAt } from '../../../platform/http/arrivals.ts'
import type { LinkGuard } from '../../../platform/http/link-guard.ts'
import type { ReaderPages } from '../../../platform/http/reader-pages.ts'
import {
  fillPhrase,
  languageAsked,
  READER_PHRASES,
  type ReaderPhrases,
  readerPhrases,
} from '../../../platform/http/reader-phrases.ts'
import { getProgramme } from '../../programme/index.ts'
import type { DraftDeps } from '../draft/draft.ts'
import { answerChecks, offeredLanguages } from '../form/checks.ts'
import type { AskGuard } from './ask-guard.ts'

/** What the public pages of this feature are opened with. */
export interface OpenDeps extends DraftDeps {
  keys: TokenKeys
  guard: LinkGuard
  readers: ReaderPages
  config: { mailDomain: string }
}

/** What they run on. */
export interface PageDeps extends OpenDeps {
  asks: AskGuard
  arrivedAt: ArrivedAt
}

/** One page with a few sentences, and what can be done next. */
export interface SaidPage {
  title: string
  /** What was just done. */
  notice?: string
  paragraphs: string[]
  /** What it is about, in a few words each. */
  facts?: { label: string; text: string }[]
  /** Each a form of its own; the first is the main one. */
  buttons?: { label: string; value: string; text?: string }[]
  /** Where the buttons post to; without it, to the page's own address. */
  action?: string
  /** Of what the page shows: posted with the button. */
  version?: number
  links?: { label: string; href: string }[]
}

export function sendSaid(deps: PageDeps, reply: FastifyReply, language: string, page: SaidPage): Promise<unknown> {
  const { title, notice = '', paragraphs, facts = [], buttons = [], action = '', version, links = [] } = page
  const model = { title, notice, paragraphs, facts, links, action, version, buttons: buttons.map(withPlace) }
  return deps.readers.send(reply, { name: 'apply-said', title, language, model })
}

/** Too much was asked for from where this comes from: nothing was mailed, and the page says so. */
export function sendBusy(deps: PageDeps, reply: FastifyReply, language: string): Promise<unknown> {
  const words = readerPhrases(language)
  return sendSaid(deps, reply.status(429), language, {
    title: words.apply_busy_title,
    paragraphs: [words.apply_busy_text],
  })
}

const withPlace = ({ label, value, text = '' }: { label: string; value: string; text?: string }, at: number) => ({
  ...{ label, value, text },
  is_quiet: at > 0,
})

/** The language a page is shown in: what was chosen, where there are pages in it, else what the browser asks for. */
export function languageOf(request: FastifyRequest, chosen?: string): string {
  const primary = (chosen ?? '').split('-')[0]?.toLowerCase() ?? ''
  return Object.hasOwn(READER_PHRASES, primary) ? (chosen as string) : languageAsked(request.headers['accept-language'])
}

/** What answers are held against, the languages to choose from, and the one that the programme itself writes in. */
export async function readChecks({ db, config }: PageDeps) {
  const { languages } = await getProgramme(db)
  const [own = 'en'] = languages
  return { checks: answerChecks({ ...config, languages }), languages: offeredLanguages(languages), own }
}

/** A posted form: fields by name, several of one name as a list. */
export function fieldsOf(request: FastifyRequest): Record<string, unknown> {
  const { body } = request
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}
}

export function textField(fields: Record<string, unknown>, name: string): string {
  const value = Object.hasOwn(fields, name) ? [fields[name]].flat()[0] : ''
  return typeof value === 'string' ? value : ''
}

/** A phrase with an address or a round's name in it, which keeps its own direction in a text of the other. */
export function fillIsolated(phrase: string, values: Record<string, string>, { direction }: ReaderPhrases): string {
  if (direction !== 'rtl') return fillPhrase(phrase, values)
  // U+2068 and U+2069: first strong isolate, and its end (UAX 9).
  const isolated = Object.entries(values).map(([name, value]) => [name, `\u2068${value}\u2069`])
  return fillPhrase(phrase, Object.fromEntries(isolated))
}
