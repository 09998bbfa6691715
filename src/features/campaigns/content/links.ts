import MarkdownIt from 'markdown-it'
import { LINK_LIMIT } from './link-key.ts'
import { MERGE_FIELDS } from './merge-fields.ts'
import type { FoundLink } from './parse.ts'
import type { Markers } from './pieces.ts'

export interface LinkFault {
  code: 'link_empty' | 'link_malformed' | 'merge_in_url'
  message: string
}

/** What is wrong with an address, if anything. Only http, https and mailto may leave: anything else is refused. */
export function linkFault(link: FoundLink, markers: Markers): LinkFault | undefined {
  const url = link.url.trim()
  const name = markers.replace(link.text, (field) => `{{${field}}}`).trim()
  const called = name === '' ? 'A link or picture' : `The link or picture "${name}"`
  if (url === '') return { code: 'link_empty', message: `${called} has no address.` }
  if (markers.has(url)) {
    const only = markers.only(url)
    if (only !== undefined && MERGE_FIELDS[only].kind === 'url') return undefined
    const shown = markers.replace(url, (field) => `{{${field}}}`)
    const message = `${called} leads to "${shown}": an address can only be one {{links.…}} field as a whole.`
    return { code: 'merge_in_url', message }
  }
  const length = /^https?:/i.test(url) ? linkAddress(url).length : 0
  if (length > LINK_LIMIT) {
    const most = LINK_LIMIT.toLocaleString('en')
    const message = `${called} leads to an address of ${length.toLocaleString('en')} characters; ${most} are the most. Use a shorter one.`
    return { code: 'link_malformed', message }
  }
  if (isOfOneReader(url)) {
    const message = `${called} leads to the page of one reader: whoever follows it would act for that one. Use a {{links.…}} field.`
    return { code: 'link_malformed', message }
  }
  if (isAddress(url)) return undefined
  const message = `${called} leads to "${url.slice(0, 200)}", which is not a web or mail address. Begin it with https://.`
  return { code: 'link_malformed', message }
}

/**
 * Whether a link may lead through a redirect: to the web, and to the same address for everybody. Where the reader sees an
 * address, the link leads there and nowhere else: mail programs warn of a link that shows one and opens another.
 * @param text what stands there to be read
 */
export function canRedirect({ url, text }: { url: string; text: string }, markers: Markers): boolean {
  return /^https?:/i.test(url.trim()) && !markers.has(url) && !showsAddress(text, linkAddress(url))
}

/** An address with its scheme or its www anywhere in the text, or the text is one of the same site without them. */
function showsAddress(text: string, url: string): boolean {
  if (/https?:\/\/|(?<![\p{L}\p{N}])www\./iu.test(text)) return true
  const bare = `https://${text.trim()}`
  return URL.canParse(bare) && siteOf(bare) === siteOf(url)
}

const siteOf = (url: string) => new URL(url).hostname.replace(/^www\./, '')

const markdown = new MarkdownIt()

/**
 * An address in letters that every program and header understands: what Markdown does with a link of the text is done
 * with those beside it too, so that the same link has one address.
 */
export function linkAddress(url: string): string {
  return markdown.normalizeLink(url.trim())
}

function isAddress(url: string): boolean {
  if (/^mailto:[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/i.test(url)) return true
  if (!/^https?:\/\/[^\s<>"'\\]+$/i.test(url) || !URL.canParse(url)) return false
  const { hostname, username } = new URL(url)
  return username === '' && (hostname === 'localhost' || /[^.]\.[^.]/.test(hostname) || hostname.startsWith('['))
}

/** Copied from somebody's email: the pages of message/links.ts, by a token of 28 characters (lib/tokens.ts). */
function isOfOneReader(url: string): boolean {
  return /\/(u|t|p\/[a-z-]+|apply\/(verify|resume)|interest\/(verify|leave))\/[a-z2-7]{28}(?![\w-])/.test(url)
}
