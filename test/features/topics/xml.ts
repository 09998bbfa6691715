/** A strict reader of the XML that a feed may have: it throws where a feed reader would give up. */
export interface Element {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export function readXml(source: string): Element {
  // XML 1.0, section 2.2: characters that no document may have.
  if (!source.isWellFormed() || /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(source))
    throw new Error('a character that XML does not allow')
  const body = source.replace(/^<\?xml version="1\.0" encoding="utf-8"\?>\s*/, '')
  if (body === source) throw new Error('no XML declaration')
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  for (const [piece] of body.matchAll(/<[^>]*>|[^<]+|</g)) {
    const top = open.at(-1) as Element
    if (piece.startsWith('</')) {
      if (open.pop()?.name !== piece.slice(2, -1).trim()) throw new Error(`${piece} closes what is not open`)
    } else if (piece.startsWith('<')) {
      const element = readTag(piece)
      top.children.push(element)
      if (!piece.endsWith('/>')) open.push(element)
    } else {
      if (piece.includes(']]>')) throw new Error(']]> in text')
      top.text += decoded(piece)
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not one whole element')
  return root.children[0] as Element
}

function readTag(tag: string): Element {
  const [, name, inside] = /^<([a-z]+)((?:\s+[a-z:]+="[^"<]*")*)\s*\/?>$/.exec(tag) ?? []
  if (name === undefined) throw new Error(`no tag: ${tag}`)
  const attributes: Record<string, string> = {}
  for (const [, key = '', value = ''] of (inside ?? '').matchAll(/([a-z:]+)="([^"]*)"/g)) {
    if (Object.hasOwn(attributes, key)) throw new Error(`${key} twice in ${tag}`)
    attributes[key] = decoded(value)
  }
  return { name, attributes, children: [], text: '' }
}

function decoded(text: string): string {
  if (/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`an ampersand that is no entity: ${text}`)
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_all, code: string | undefined, name: string) =>
    code === undefined ? (NAMED[name] as string) : String.fromCodePoint(Number(code)),
  )
}
