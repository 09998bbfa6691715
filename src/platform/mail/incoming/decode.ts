import PostalMime from 'postal-mime'
import { ALL_TEXTS_OCTETS, LINE_OCTETS, TEXT_LINES, TEXT_OCTETS } from './caps.ts'
import type { Part } from './parts.ts'

/** Decodes parts of one message and keeps count of what that costs. */
export interface Decoder {
  /** A part's text, whatever type it says it has; HTML as it is. Line ends are `\n`. Never throws. */
  decodeText(part: Part): Promise<string>
  /** The same with HTML turned to plain text. */
  decodePlain(part: Part): Promise<string>
  cuts: Set<string>
}

export function openDecoder(): Decoder {
  const cuts = new Set<string>()
  const known = new Map<string, Map<Part, Promise<string>>>()
  let left = ALL_TEXTS_OCTETS

  async function decode(part: Part, as: 'plain' | 'html', want: 'text' | 'html'): Promise<string> {
    const body = cutText(part, Math.min(TEXT_OCTETS, left), cuts)
    left -= body.length
    const head = [
      `Content-Type: text/${as}; charset="${charsetOf(part, body)}"${flowOf(part)}`,
      `Content-Transfer-Encoding: ${/^[\w-]{1,40}$/.test(part.encoding) ? part.encoding : '8bit'}`,
      '\r\n',
    ].join('\r\n')
    try {
      const email = await PostalMime.parse(Buffer.concat([Buffer.from(head), body]))
      return storable(email[want]).replace(/\r\n?/g, '\n')
    } catch {
      cuts.add('a text that could not be decoded')
      return ''
    }
  }

  function once(part: Part, as: 'plain' | 'html', want: 'text' | 'html'): Promise<string> {
    const ofKind = known.get(as + want) ?? new Map<Part, Promise<string>>()
    known.set(as + want, ofKind)
    const decoded = ofKind.get(part) ?? decode(part, as, want)
    ofKind.set(part, decoded)
    return decoded
  }

  return {
    cuts,
    decodeText: (part) => (part.type === 'text/html' ? once(part, 'html', 'html') : once(part, 'plain', 'text')),
    decodePlain: async (part) =>
      part.type === 'text/html' ? plainOf(await once(part, 'html', 'html')) : once(part, 'plain', 'text'),
  }
}

/** Text that PostgreSQL takes: no NUL, no half of a surrogate pair. */
export const storable = (text: string | undefined) => (text ?? '').replaceAll('\0', '').toWellFormed()

function cutText(part: Part, octets: number, cuts: Set<string>): Buffer {
  if (part.body.length > octets) cuts.add(`a text after its first ${Math.round(octets / 1024)} KB`)
  const body = part.body.subarray(0, octets)
  const kept: Buffer[] = []
  let lines = 0
  for (let at = 0; at < body.length; lines++) {
    if (lines === TEXT_LINES) {
      cuts.add(`a text after its first ${TEXT_LINES} lines`)
      break
    }
    const feed = body.indexOf(10, at)
    const next = feed < 0 ? body.length : feed + 1
    if (next - at > LINE_OCTETS && part.encoding !== 'base64') {
      cuts.add(`a line of ${next - at} octets after its first ${LINE_OCTETS / 1024} KB`)
      kept.push(body.subarray(at, at + LINE_OCTETS), Buffer.from('\r\n'))
    } else kept.push(body.subarray(at, next))
    at = next
  }
  return Buffer.concat(kept)
}

/** What the part says, unless it says nothing or US-ASCII of what is none: then what its octets look like. */
function charsetOf(part: Part, body: Buffer): string {
  const named = (part.parameters.get('charset') ?? '').replace(/[^\w.:-]/g, '')
  if (named && !/^(us-?)?ascii$/i.test(named)) return named
  if (body.includes('\x1b$') || body.includes('\x1b(J')) return 'iso-2022-jp'
  if (part.encoding === 'quoted-printable' || part.encoding === 'base64') return 'utf-8'
  return isUtf8(body) ? 'utf-8' : 'windows-1252'
}

/** The cut may have gone through the last character. */
function isUtf8(body: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: true })
    return true
  } catch {
    return false
  }
}

/** RFC 3676 §4. */
function flowOf(part: Part): string {
  if (part.parameters.get('format')?.toLowerCase() !== 'flowed') return ''
  return part.parameters.get('delsp')?.toLowerCase() === 'yes' ? '; format=flowed; delsp=yes' : '; format=flowed'
}

const LINE_BREAKS = /<(?:br|\/p|\/div|\/tr|\/h[1-6]|\/li|\/td|\/pre|hr)\b[^<>]{0,200}>/gi
const INVISIBLE = /<(style|script|head|title)\b[^<>]{0,200}>[^<]{0,50000}<\/\1>/gi
const ENTITIES: Record<string, string> = { nbsp: ' ', lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'", apos: "'" }

/** Enough to find addresses and reasons in a report that is written in HTML; nobody is shown it. */
function plainOf(html: string): string {
  return html
    .slice(0, 200_000)
    .replace(INVISIBLE, ' ')
    .replace(/\s+/g, ' ')
    .replace(LINE_BREAKS, '\n')
    .replace(/<[^<>]{0,2000}>/g, ' ')
    .replace(/&(nbsp|lt|gt|quot|amp|#39|apos);/g, (_, name: string) => ENTITIES[name] as string)
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Math.min(Number(code), 0x10ffff)))
    .replace(/[ \t]+/g, ' ')
}
