/** A feed as RFC 4287 has it. Every text is put in as it is and escaped here. */
export interface AtomFeed {
  /** Never changes, whatever the site is called (section 4.2.6). */
  id: string
  title: string
  /** Where the feed is, and the page it belongs to. */
  self: string
  page: string | undefined
  author: string
  updated: Date
  entries: AtomEntry[]
}

export interface AtomEntry {
  id: string
  title: string
  language: string
  published: Date
  summary: string
  /** HTML whose addresses hold anywhere. */
  html: string
  /** Its pages by language, its own first. */
  pages: { href: string; language: string }[]
}

export function writeAtom(feed: AtomFeed): string {
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    element('id', feed.id),
    element('title', feed.title),
    element('updated', feed.updated.toISOString()),
    `<author>${element('name', feed.author)}</author>`,
    empty('link', { rel: 'self', type: 'application/atom+xml', href: feed.self }),
    ...(feed.page === undefined ? [] : [empty('link', { rel: 'alternate', type: 'text/html', href: feed.page })]),
    ...feed.entries.map(writeEntry),
    '</feed>',
  ]
  return `${lines.join('\n')}\n`
}

function writeEntry(entry: AtomEntry): string {
  const at = entry.published.toISOString()
  return [
    `<entry xml:lang="${escapeXml(entry.language)}">`,
    element('id', entry.id),
    element('title', entry.title),
    // A text that is sent does not change any more.
    element('published', at),
    element('updated', at),
    ...entry.pages.map(({ href, language }) =>
      empty('link', { rel: 'alternate', type: 'text/html', hreflang: language, href }),
    ),
    ...(entry.summary === '' ? [] : [element('summary', entry.summary)]),
    element('content', entry.html, { type: 'html' }),
    '</entry>',
  ].join('\n')
}

const element = (name: string, text: string, attributes: Record<string, string> = {}) =>
  `<${name}${attributesOf(attributes)}>${escapeXml(text)}</${name}>`

const empty = (name: string, attributes: Record<string, string>) => `<${name}${attributesOf(attributes)}/>`

const attributesOf = (attributes: Record<string, string>) =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('')

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** XML 1.0 section 2.2: most control characters, half a surrogate pair and two others may not be in it at all. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}
