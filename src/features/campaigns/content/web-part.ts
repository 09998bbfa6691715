import type { Token } from 'markdown-it'
import { directionOf } from './language.ts'
import type { MergeField } from './merge-fields.ts'
import { linksTo, type MergeRow, type MergeValues, mergeValuesFor } from './merge-values.ts'
import { openMarkdown, parseVariant, type VariantText } from './parse.ts'
import type { Markers } from './pieces.ts'
import { escapeHtml, plainValue, renderPieces } from './render.ts'

/** A topic as anybody may read it on the web. `html` and `…_html` are safe to put into a page as they are. */
export interface WebCopy {
  language: string
  direction: 'ltr' | 'rtl'
  title: string
  summary: string
  html: string
  curator: string | null
  picture: { src: string; alt: string; is_ours: boolean } | null
  video: { url: string; title: string } | null
  links: { url: string; title: string }[]
}

export interface WebCopySettings {
  language: string
  /** The campaign's own language: its fallbacks are written in it. */
  default_language: string
  fallbacks: Partial<Record<string, string>>
  sender_name: string
  round: Pick<MergeRow, `round_${string}` & keyof MergeRow>
  /** Where a picture that we serve stands; undefined for one from elsewhere, which becomes a link. */
  ownPicture(url: string): string | undefined
  /** The word before a picture that is only linked, such as "Picture:". */
  picture_word: string
}

/** What stands for somebody in particular where everybody reads: no name, no country, no address. */
const NOBODY: Record<string, { reader: string; country: string; partner: string; address: string }> = {
  en: { reader: 'reader', country: 'your country', partner: 'your partner', address: "your partner's address" },
  fr: {
    reader: 'lectrice, lecteur',
    country: 'votre pays',
    partner: 'votre partenaire',
    address: 'l’adresse de votre partenaire',
  },
  es: { reader: 'lectora, lector', country: 'tu país', partner: 'tu pareja de intercambio', address: 'su dirección' },
  ar: { reader: 'قارئنا العزيز', country: 'بلدكم', partner: 'شريككم', address: 'عنوان شريككم' },
}

/**
 * The public copy of a text, from the same reading of its Markdown as the email: a neutral reader in place of people,
 * and the links that belong to one person left out with their words. Holds nothing of anybody.
 */
export function writeWebCopy(text: VariantText, settings: WebCopySettings): WebCopy {
  const { language } = settings
  const { marked, markers, tokens } = parseVariant(text, language)
  const values = neutralValues(settings)
  const plain = (part: string) => renderPieces(markers.split(part), values, plainValue).replace(/\s+/g, ' ').trim()
  const { image, video, curator, links } = marked.extras
  const own = image && !isPrivate(image.url, markers) ? settings.ownPicture(image.url) : undefined
  return {
    language,
    direction: directionOf(language),
    title: plain(marked.subject),
    summary: plain(marked.preheader),
    html: writeBody(tokens, markers, values, settings),
    curator: curator === null ? null : plain(curator),
    picture:
      image && !isPrivate(image.url, markers)
        ? { src: own ?? image.url, alt: plain(image.alt), is_ours: own !== undefined }
        : null,
    video: video && !isPrivate(video.url, markers) ? { url: video.url, title: plain(video.title) } : null,
    links: links
      .filter((link) => !isPrivate(link.url, markers))
      .map(({ url, title }) => ({ url, title: plain(title) })),
  }
}

function neutralValues({ round, ...settings }: WebCopySettings): MergeValues {
  const words = NOBODY[settings.language.split('-')[0] as string] ?? (NOBODY.en as (typeof NOBODY)[string])
  const nobody = {
    person_id: null,
    given_name: words.reader,
    family_name: '',
    country_code: '',
    partners: [],
    reasons: [],
  }
  const row: MergeRow = { ...nobody, language: settings.language, ...round }
  const values = mergeValuesFor(settings)(row, linksTo(''))
  const fill = (field: MergeField, word: string) => {
    if (values[field].trim() === '') values[field] = word
    if (values[`${field}^`]?.trim() === '') values[`${field}^`] = word.slice(0, 1).toLocaleUpperCase() + word.slice(1)
  }
  fill('participant.country', words.country)
  fill('partner.given_name', words.partner)
  fill('partner.full_name', words.partner)
  fill('partner.country', words.country)
  fill('partner.email', words.address)
  return values
}

function writeBody(tokens: Token[], markers: Markers, values: MergeValues, settings: WebCopySettings): string {
  const markdown = openMarkdown(markers)
  // In a sentence a value keeps its own direction; in an attribute, such as a description, no element may stand.
  markdown.renderer.rules.text = (all, at) =>
    markers.replace(escapeHtml(all[at]?.content ?? ''), (_field, marker) => `<bdi>${marker}</bdi>`)
  const html = markdown.renderer.render(publicTokens(tokens, markers, settings), markdown.options, {})
  return renderPieces(markers.split(html), values, (value) => escapeHtml(plainValue(value)))
}

/** A link that belongs to one reader, or that no reader should follow. */
const isPrivate = (url: string, markers: Markers) => markers.has(url) || !/^(https?:|mailto:)/i.test(url.trim())

/** The blocks without personal links, pictures as links unless we serve them, and headings below the page's own. */
function publicTokens(tokens: Token[], markers: Markers, settings: WebCopySettings): Token[] {
  const kept: Token[] = []
  const levels: string[] = []
  let last = 1
  for (const token of tokens) {
    if (token.type === 'heading_open') {
      last = Math.min(Math.max(Number(token.tag.slice(1)), 2), last + 1)
      levels.push(`h${last}`)
      token.tag = `h${last}`
    } else if (token.type === 'heading_close') token.tag = levels.pop() ?? token.tag
    else if (token.type === 'inline') {
      const before = token.children ?? []
      token.children = publicInline(before, markers, settings)
      const isBare = before.length > 0 && token.children.every((child) => child.content.trim() === '')
      if (isBare && kept.at(-1)?.type === 'paragraph_open') {
        // What is left of it says nothing: the paragraph goes, and its end is skipped below.
        kept.pop()
        continue
      }
    } else if (token.type === 'paragraph_close' && kept.at(-1)?.type !== 'inline') continue
    kept.push(token)
  }
  return kept
}

function publicInline(children: Token[], markers: Markers, settings: WebCopySettings): Token[] {
  const kept: Token[] = []
  let personal = 0
  let inLink = 0
  for (const child of children) {
    if (child.type === 'link_open') {
      inLink++
      if (personal > 0 || isPrivate(String(child.attrGet('href') ?? ''), markers)) personal++
    }
    if (personal === 0) kept.push(child.type === 'image' ? publicPicture(child, inLink > 0, markers, settings) : child)
    if (child.type === 'link_close') {
      inLink--
      if (personal > 0) personal--
    }
  }
  return kept
}

function publicPicture(image: Token, inLink: boolean, markers: Markers, settings: WebCopySettings): Token {
  const url = String(image.attrGet('src') ?? '')
  const own = isPrivate(url, markers) ? undefined : settings.ownPicture(url)
  if (own !== undefined) {
    image.attrSet('src', own)
    image.attrSet('loading', 'lazy')
    return image
  }
  const words = escapeHtml(image.content)
  const Made = image.constructor as new (type: string, tag: string, nesting: -1 | 0 | 1) => Token
  const made = new Made('html_inline', '', 0)
  const isLinked = !inLink && !isPrivate(url, markers)
  made.content = isLinked ? `<a href="${escapeHtml(url)}">${escapeHtml(settings.picture_word)} ${words}</a>` : words
  return made
}
