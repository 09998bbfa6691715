import MarkdownIt, { type MarkdownIt as Markdown, type Token } from 'markdown-it'
import type { CampaignExtras } from '../schema.ts'
import { parseLanguage } from './language.ts'
import { type LinkFault, linkFault } from './links.ts'
import { MERGE_FIELDS } from './merge-fields.ts'
import { scanMergeFields, type TextFault } from './merge-syntax.ts'
import { type Markers, openMarkers } from './pieces.ts'

/** Markdown of one variant. A page of print is 3 KB; beyond this the text is a mistake, and slow to compile. */
export const MARKDOWN_LIMIT_BYTES = 200 * 1024
/** Subject, preheader, titles and descriptions. */
export const LINE_LIMIT = 1000

/** One language of one version, as the writer left it. */
export interface VariantText {
  subject: string
  preheader: string
  body_markdown: string
  extras: CampaignExtras
}

/** A link or picture of the text. `url` is what was written, with markers for merge fields. */
export interface FoundLink {
  url: string
  text: string
  line: number | undefined
}

export interface ParsedVariant {
  text: VariantText
  /** The same texts with markers for merge fields. */
  marked: VariantText
  markers: Markers
  tokens: Token[]
  links: FoundLink[]
  pictures: FoundLink[]
  headings: { level: number; line: number }[]
  /** Why it cannot be compiled; `field` is a path inside the variant. */
  faults: (Omit<TextFault, 'line'> & { field: string; line?: number })[]
}

/** Reads a variant and finds everything that stops it from being compiled. Never throws. */
export function parseVariant(text: VariantText, language: string): ParsedVariant {
  const faults: ParsedVariant['faults'] = []
  const markers = openMarkers()
  if (parseLanguage(language) === undefined)
    faults.push({ field: 'language', code: 'language_unknown', message: `"${language}" is not a known language.` })

  const bytes = Buffer.byteLength(text.body_markdown)
  const tooLarge = bytes > MARKDOWN_LIMIT_BYTES
  if (tooLarge) {
    const message = `The text has ${Math.ceil(bytes / 1024)} KB; the limit is ${MARKDOWN_LIMIT_BYTES / 1024} KB.`
    faults.push({ field: 'body_markdown', code: 'text_too_large', message })
  }
  const readable: VariantText = { ...text, body_markdown: tooLarge ? '' : text.body_markdown }
  for (const { field, value, lines } of linesOf(readable)) {
    if (field !== 'body_markdown' && value.length > LINE_LIMIT)
      faults.push({ field, code: 'text_too_large', message: `The ${field} has more than ${LINE_LIMIT} characters.` })
    for (const { line, ...fault } of scanMergeFields(value).faults)
      faults.push({ field, ...fault, ...(lines ? { line } : {}) })
  }

  const marked = markVariant(readable, markers)
  const markdown = openMarkdown(markers)
  const tokens = markdown.parse(marked.body_markdown, {})
  const found = readTokens(tokens)
  const extraLinks = linksOfExtras(marked.extras)
  const linkFaults = [...found.links, ...found.pictures, ...extraLinks].flatMap((link) => {
    const fault: LinkFault | undefined = linkFault(link, markers)
    return fault ? [{ field: link.field ?? 'body_markdown', ...fault, ...(link.line ? { line: link.line } : {}) }] : []
  })
  faults.push(...linkFaults, ...found.faults.map((fault) => ({ field: 'body_markdown', ...fault })))
  return {
    text,
    marked,
    markers,
    tokens,
    links: [...found.links, ...extraLinks.filter((link) => link.field !== 'extras.image.url')],
    pictures: found.pictures,
    headings: found.headings,
    faults,
  }
}

function linesOf(text: VariantText): { field: string; value: string; lines?: true }[] {
  const { image, video, curator, links } = text.extras
  return [
    { field: 'subject', value: text.subject },
    { field: 'preheader', value: text.preheader },
    { field: 'body_markdown', value: text.body_markdown, lines: true },
    ...(image ? [{ field: 'extras.image.alt', value: image.alt }] : []),
    ...(video ? [{ field: 'extras.video.title', value: video.title }] : []),
    ...(curator ? [{ field: 'extras.curator', value: curator }] : []),
    ...links.map((link, at) => ({ field: `extras.links.${at}.title`, value: link.title })),
  ]
}

function markVariant(text: VariantText, { mark }: Markers): VariantText {
  const { image, video, curator, links } = text.extras
  return {
    // A line break in a header line would start another header.
    subject: mark(text.subject.replace(/\s+/g, ' ').trim()),
    preheader: mark(text.preheader.replace(/\s+/g, ' ').trim()),
    body_markdown: mark(text.body_markdown),
    extras: {
      image: image && { url: mark(image.url), alt: mark(image.alt) },
      video: video && { ...video, url: mark(video.url), title: mark(video.title) },
      curator: curator && mark(curator),
      links: links.map((link) => ({ url: mark(link.url), title: mark(link.title) })),
    },
  }
}

function linksOfExtras({ image, video, links }: CampaignExtras): (FoundLink & { field: string })[] {
  const at = (field: string, url: string, text: string) => ({ field, url, text, line: undefined })
  return [
    ...(image ? [at('extras.image.url', image.url, image.alt)] : []),
    ...(video ? [at('extras.video.url', video.url, video.title)] : []),
    ...(video?.thumbnail_url ? [at('extras.video.thumbnail_url', video.thumbnail_url, video.title)] : []),
    ...links.map((link, index) => at(`extras.links.${index}.url`, link.url, link.title)),
  ]
}

/**
 * Markdown as campaigns have it: no raw HTML, no tables, bare addresses become links, `{.button}` after a link makes
 * a button, and a bare {{links.…}} becomes a link.
 */
export function openMarkdown(markers: Markers): Markdown {
  const markdown = new MarkdownIt({ html: false, linkify: true }).disable('table')
  // Only whole addresses: "library.It" in a sentence is no link.
  markdown.linkify.set({ fuzzyLink: false, fuzzyIP: false }).add('ftp:', null).add('//', null)
  // Every link is kept here so that a bad one is named; what has a fault is never compiled (links.ts).
  markdown.validateLink = () => true
  markdown.core.ruler.push('buttons_and_link_fields', (state) => {
    for (const token of state.tokens) {
      if (token.type !== 'inline' || !token.children) continue
      token.children = linkBareFields(token.children, markers, state.Token)
      for (const [at, child] of token.children.entries()) {
        if (child.type !== 'text' || !child.content.startsWith('{.button}')) continue
        const opening = openingLink(token.children, at - 1)
        if (!opening) continue
        child.content = child.content.slice('{.button}'.length)
        opening.attrSet('class', 'button')
      }
    }
  })
  return markdown
}

function openingLink(children: Token[], closeAt: number): Token | undefined {
  if (children[closeAt]?.type !== 'link_close') return undefined
  return children.slice(0, closeAt).findLast((token) => token.type === 'link_open')
}

function linkBareFields(children: Token[], markers: Markers, NewToken: typeof Token): Token[] {
  let inLink = 0
  return children.flatMap((token) => {
    inLink += token.type === 'link_open' ? 1 : token.type === 'link_close' ? -1 : 0
    if (token.type !== 'text' || inLink > 0 || !markers.has(token.content)) return token
    return markers.parts(token.content).flatMap(({ text, field }) => {
      if (field === undefined || MERGE_FIELDS[field].kind !== 'url') return textToken(text, NewToken)
      const open = new NewToken('link_open', 'a', 1)
      open.attrSet('href', text)
      return [open, textToken(text, NewToken), new NewToken('link_close', 'a', -1)]
    })
  })
}

function textToken(content: string, NewToken: typeof Token): Token {
  const token = new NewToken('text', '', 0)
  token.content = content
  return token
}

function readTokens(tokens: Token[]) {
  const links: (FoundLink & { field?: string })[] = []
  const pictures: (FoundLink & { field?: string })[] = []
  const headings: { level: number; line: number }[] = []
  const faults: TextFault[] = []
  for (const token of tokens) {
    let line = (token.map?.[0] ?? 0) + 1
    if (token.type === 'heading_open') headings.push({ level: Number(token.tag.slice(1)), line })
    if (token.type !== 'inline') continue
    let open: FoundLink | undefined
    let plain = ''
    for (const child of token.children ?? []) {
      if (child.type === 'softbreak' || child.type === 'hardbreak') line++
      if (child.type === 'link_open') {
        open = { url: String(child.attrGet('href') ?? ''), text: '', line }
        links.push(open)
      } else if (child.type === 'link_close') open = undefined
      else if (child.type === 'image') {
        pictures.push({ url: String(child.attrGet('src') ?? ''), text: child.content, line })
        if (open) open.text += child.content
      } else if (open) open.text += child.content
      else if (child.type === 'text') {
        plain = plain.slice(-1) + child.content
        if (/\]\(/.test(plain)) {
          const message = 'A link is not written as [text](address): look for a space or a missing bracket in it.'
          faults.push({ code: 'link_malformed', line, message })
        }
        if (child.content.includes('{.button}'))
          faults.push({ code: 'button_misplaced', line, message: '{.button} belongs directly after a link.' })
      }
    }
  }
  return { links, pictures, headings, faults }
}
