/** A message in both its parts, as Mailchimp's content is read and written. */
export interface Content {
  html: string
  plain_text: string
}

/**
 * Whether what Mailchimp keeps is what it was given. It may write markup in its own way (it moves styles and adds a
 * doctype), so the words, the merge tags among them and the addresses of links are compared, in their order; of the text
 * part everything but blanks.
 */
export function isSameContent(given: Content, kept: Content): boolean {
  return (
    wordsOf(given.html) === wordsOf(kept.html) &&
    addressesOf(given.html) === addressesOf(kept.html) &&
    bare(given.plain_text) === bare(kept.plain_text)
  )
}

/** Without blanks, and without what fills up the preheader. */
const bare = (text: string) => text.replace(/\s+|\u034f|\u200c/g, '')

function wordsOf(html: string): string {
  const body = /<body[^>]*>([\s\S]*)<\/body>/i.exec(html)?.[1] ?? html
  return bare(
    unescaped(
      body
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/<style[\s\S]*?<\/style>/gi, '')
        .replace(/<[^>]*>/g, ''),
    ),
  )
}

function addressesOf(html: string): string {
  return [...html.matchAll(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)]
    .map(([, double, single]) => unescaped(double ?? single ?? ''))
    .join(' ')
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', zwnj: '\u200c' }

/** Characters that are written in one way by us and in another by Mailchimp are one character. */
function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (found, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? found
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : found
  })
}
