import { readFile } from 'node:fs/promises'
import Handlebars from 'handlebars'
import type { Token } from 'markdown-it'
import { canRedirect, linkAddress } from './links.ts'
import { FOOTER, MERGE_FIELDS, OPENING } from './merge-fields.ts'
import { openMarkdown, type ParsedVariant } from './parse.ts'
import type { Phrases, ReaderLinks } from './phrases.ts'
import type { Markers } from './pieces.ts'
import { escapeHtml } from './render.ts'

const FOLDER = new URL('../../../../templates/email/', import.meta.url)
const PARTIALS = ['padding', 'header', 'picture', 'body', 'video', 'links', 'footer'] as const

/**
 * What the templates are given. Every string is HTML already, escaped where it is put in here (Handlebars would write
 * = as &#x3D; in every address). Every key is present: strict Handlebars names a missing one, but not inside #if.
 */
interface MessageView {
  language: string
  direction: 'ltr' | 'rtl'
  start: 'left' | 'right'
  subject: string
  preheader: string
  picture: { url: string; alt: string } | null
  curator: string | null
  blocks: ({ html: string; button: null } | { html: null; button: { url: string; label: string } })[]
  video: { url: string; title: string; thumbnail_url: string | null } | null
  links: { url: string; title: string }[]
  unsubscribe: string | null
  preferences: string | null
  /** Marker of the programme's footer. */
  footer: string
  phrases: Phrases & { start: 'left' | 'right' }
}

/** The HTML of a message, with markers where values go. @throws Error when the templates are at fault */
export async function writeHtml(
  variant: ParsedVariant,
  phrases: Phrases,
  wanted: {
    language: string
    direction: 'ltr' | 'rtl'
    /** Its links may lead through redirects, and it may end with a picture that tells of an opening. */
    counted: boolean
  } & ReaderLinks,
): Promise<string> {
  const { markers, marked } = variant
  const { image, video, curator, links } = marked.extras
  const inText = (text: string) => isolateValues(escapeHtml(text), markers)
  const phrase = (text: string) => inText(markers.mark(text))
  const href: WriteHref = ({ url, text }) =>
    wanted.counted && canRedirect({ url, text }, markers) ? markers.link(linkAddress(url)) : escapeHtml(url)
  const view: MessageView = {
    language: wanted.language,
    direction: wanted.direction,
    start: startOf(wanted.direction),
    subject: escapeHtml(marked.subject),
    preheader: escapeHtml(marked.preheader),
    picture: image && { url: escapeHtml(image.url), alt: escapeHtml(image.alt) },
    curator: curator === null ? null : inText(curator),
    blocks: readBlocks(variant, wanted.direction, href),
    video: video && {
      url: href({ url: video.url, text: video.title }),
      title: inText(video.title),
      thumbnail_url: video.thumbnail_url === undefined ? null : escapeHtml(video.thumbnail_url),
    },
    links: links.map(({ url, title }) => ({ url: href({ url, text: title }), title: inText(title) })),
    unsubscribe: wanted.unsubscribe ?? null,
    preferences: wanted.preferences ?? null,
    footer: markers.own(FOOTER),
    phrases: {
      ...phrases,
      curator: escapeHtml(phrases.curator),
      watch: escapeHtml(phrases.watch),
      read_more: escapeHtml(phrases.read_more),
      reply: escapeHtml(phrases.reply),
      stop: escapeHtml(phrases.stop),
      preferences: escapeHtml(phrases.preferences),
      why: phrase(phrases.why),
      programme: phrase(phrases.programme),
      start: startOf(phrases.direction),
    },
  }
  const fill = await readTemplate()
  // Loaded when first needed: it takes a second, which commands that compile nothing need not wait.
  const { default: mjml2html } = await import('mjml')
  const { html, errors } = await mjml2html(fill(view), {
    beautify: false,
    minify: true,
    minifyOptions: { collapseWhitespace: true, minifyCss: false, removeEmptyAttributes: false },
    keepComments: false,
    validationLevel: 'strict',
    ignoreIncludes: true,
    fonts: {},
  })
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('; '))
  return wanted.counted ? html.replace(/(?=<\/body>)/, markers.own(OPENING)) : html
}

/** What stands in an href: an address, or a marker where a redirect may be. */
type WriteHref = (link: { url: string; text: string }) => string

/** Its own Handlebars: no helper of the pages, only the built-in ones, and a missing name is an error. */
async function readTemplate(): Promise<(view: MessageView) => string> {
  const handlebars = Handlebars.create()
  const read = (name: string) => readFile(new URL(`${name}.mjml`, FOLDER), 'utf8')
  const [message, ...partials] = await Promise.all(['message', ...PARTIALS.map((name) => `partials/${name}`)].map(read))
  for (const [at, name] of PARTIALS.entries()) handlebars.registerPartial(name, partials[at] ?? '')
  return handlebars.compile<MessageView>(message, { strict: true, knownHelpersOnly: true, noEscape: true })
}

/** A paragraph that is one button becomes a real one (a table Outlook draws too); the rest stays text. */
function readBlocks(variant: ParsedVariant, direction: 'ltr' | 'rtl', href: WriteHref): MessageView['blocks'] {
  const { tokens, markers } = variant
  const markdown = openMarkdown(markers)
  markdown.renderer.rules.text = (all, at) => isolateValues(escapeHtml(all[at]?.content ?? ''), markers)
  markdown.renderer.rules.link_open = (all, at) => {
    // The token stays as it is: the text part is written from the same ones.
    const text = textOfLink(all, at)
    const attributes = (all[at]?.attrs ?? []).map(([name, value]) => {
      const written = name === 'href' ? href({ url: String(value), text }) : escapeHtml(String(value))
      return ` ${name}="${written}"`
    })
    return `<a${attributes.join('')}>`
  }
  const blocks: MessageView['blocks'] = []
  let pending: Token[] = []
  const flush = () => {
    if (pending.length > 0) blocks.push({ html: markdown.renderer.render(pending, markdown.options, {}), button: null })
    pending = []
  }
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    const button = token.type === 'paragraph_open' && token.level === 0 ? loneButton(tokens[at + 1]) : undefined
    if (button) {
      flush()
      const label = markdown.renderer.renderInline(button.label, markdown.options, {})
      blocks.push({ html: null, button: { url: href(button), label } })
      at += 2
    } else pending.push(styled(token, direction))
  }
  flush()
  return blocks
}

/** A link as it is read, from where it opens in `all`. A picture is seen, and its description is not. */
function textOfLink(all: readonly Token[], opens: number): string {
  let text = ''
  for (let at = opens + 1; at < all.length && all[at]?.type !== 'link_close'; at++)
    text += all[at]?.type === 'image' ? '' : all[at]?.content
  return text
}

function loneButton(inline: Token | undefined): { url: string; text: string; label: Token[] } | undefined {
  const seen = (inline?.children ?? []).filter((child) => child.type !== 'text' || child.content.trim() !== '')
  const [open] = seen
  const links = seen.filter((child) => child.type === 'link_open').length
  if (open?.attrGet('class') !== 'button' || links !== 1 || seen.at(-1)?.type !== 'link_close') return undefined
  return { url: String(open.attrGet('href')), text: textOfLink(seen, 0), label: seen.slice(1, -1) }
}

const COLOUR = { ink: '#22282d', muted: '#566068', accent: '#0b5c6b', line: '#d9d5cc' }
const STYLES: Record<string, string> = {
  p: 'margin:0 0 16px',
  h1: 'margin:24px 0 12px;font-size:24px;line-height:1.3',
  h2: 'margin:24px 0 8px;font-size:19px;line-height:1.35',
  h3: 'margin:20px 0 8px;font-size:17px;line-height:1.4',
  h4: 'margin:16px 0 8px;font-size:16px',
  h5: 'margin:16px 0 8px;font-size:16px',
  h6: 'margin:16px 0 8px;font-size:16px',
  li: 'margin:0 0 8px',
  a: `color:${COLOUR.accent};text-decoration:underline`,
  button: `display:inline-block;padding:6px 14px;border-radius:4px;background:${COLOUR.accent};color:#ffffff;text-decoration:none`,
  hr: `border:0;border-top:1px solid ${COLOUR.line};margin:24px 0`,
  code: 'font-family:Consolas,Menlo,monospace;font-size:14px',
}

/** Styles stand at each element: several mail programs drop the style sheet. */
function styled(token: Token, direction: 'ltr' | 'rtl'): Token {
  for (const one of [token, ...(token.children ?? [])]) {
    if (one.nesting < 0) continue
    if (one.type === 'image') {
      // Outlook reads only the attribute, the others only the style.
      one.attrSet('width', '536')
      one.attrSet('style', 'display:block;border:0;width:100%;max-width:536px;height:auto')
    }
    const start = startOf(direction)
    if (one.tag === 'ul' || one.tag === 'ol') one.attrSet('style', `margin:0 0 16px;padding:0;padding-${start}:24px`)
    if (one.tag === 'blockquote')
      one.attrSet('style', `margin:0 0 16px;padding-${start}:16px;border-${start}:3px solid ${COLOUR.line}`)
    const style = STYLES[one.attrGet('class') === 'button' ? 'button' : one.tag]
    if (style && !one.hidden) one.attrSet('style', style)
  }
  return token
}

/** A value may be written in the other direction: <bdi> keeps it from moving the words around it. */
function isolateValues(html: string, markers: Markers): string {
  return markers.replace(html, (field, marker) =>
    MERGE_FIELDS[field].kind === 'url' ? marker : `<bdi>${marker}</bdi>`,
  )
}

function startOf(direction: 'ltr' | 'rtl'): 'left' | 'right' {
  return direction === 'rtl' ? 'right' : 'left'
}
