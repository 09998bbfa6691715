import { ALL_HEADERS_OCTETS, DEPTH, FALSE_BOUNDARIES, PARTS, RAW_OCTETS } from './caps.ts'
import { type Field, fieldOf, readFields } from './fields.ts'
import { parseParameters } from './parameters.ts'

/** One entity of a message (RFC 2045 §2.4), its body still encoded. */
export interface Part {
  fields: Field[]
  /** Lower case, such as text/plain. */
  type: string
  parameters: Map<string, string>
  /** The transfer encoding, lower case. */
  encoding: string
  disposition: string
  body: Buffer
  /** Of a multipart its parts, of an embedded message that message. */
  children: Part[]
  /** Multiparts and messages around it. */
  depth: number
}

export interface ScannedMessage {
  root: Part
  cuts: string[]
}

interface OpenPart {
  part: Part
  start: number
  /** Empty unless it is a multipart. */
  boundary: string
}

const DASHES = Buffer.from('--')
const LINE_FEED = 10
const EMBEDDED = /^message\/(rfc822|global|news)$/
const NOT_ENCODED = /^(|7bit|8bit|binary|[78]-bit)$/

/**
 * Finds the parts of a message in one pass, without decoding anything: a parser that is given a part at a time can be
 * held to limits. Beyond them scanning ends and what is left belongs to the last part.
 */
export function scanParts(message: Buffer): ScannedMessage {
  const cuts = new Set<string>()
  if (message.length > RAW_OCTETS) cuts.add(`the message after its first ${RAW_OCTETS / 1024 / 1024} MB`)
  const raw = withLineFeeds(message.subarray(0, RAW_OCTETS))
  const open: OpenPart[] = []
  let parts = 0
  let headerOctets = 0

  /** Opens the entity that begins here, with the message in it and so on; where its body begins. */
  function begin(start: number): number {
    let at = start
    for (;;) {
      const parent = open.at(-1)?.part
      const block = readFields(
        raw,
        at,
        parent === undefined,
        (line) => raw[line] === 45 && matching(line) !== undefined,
      )
      for (const cut of block.cuts) cuts.add(cut)
      const part = describe(block.fields, parent)
      parent?.children.push(part)
      parts++
      headerOctets += block.end - at
      at = block.end
      const isDeep = part.depth >= DEPTH
      if (isDeep && (part.type.startsWith('multipart/') || EMBEDDED.test(part.type)))
        cuts.add(`parts within more than ${DEPTH} others`)
      if (!parent && hasLostItsType(part, raw, at)) part.type = 'multipart/mixed'
      const boundary = part.type.startsWith('multipart/') && !isDeep ? boundaryOf(part, raw, at) : ''
      open.push({ part, start: at, boundary })
      if (!EMBEDDED.test(part.type) || !NOT_ENCODED.test(part.encoding) || isDeep || parts >= PARTS) return at
    }
  }

  /** Which open multipart the delimiter at this place belongs to (RFC 2046 §5.1.1). */
  function matching(at: number): { index: number; isLast: boolean } | undefined {
    if (raw[at + 1] !== 45) return undefined
    const feed = raw.indexOf(LINE_FEED, at)
    const line = raw.toString('latin1', at + 2, Math.min(feed < 0 ? raw.length : feed, at + 300)).trimEnd()
    for (let index = open.length - 1; index >= 0; index--) {
      const boundary = open[index]?.boundary
      if (!boundary || !line.startsWith(boundary)) continue
      const rest = line.slice(boundary.length)
      if (rest === '' || rest === '--') return { index, isLast: rest === '--' }
    }
    return undefined
  }

  function close(downTo: number, end: number) {
    for (const { part, start } of open.splice(downTo)) part.body = raw.subarray(start, Math.max(start, end))
  }

  let at = begin(leadingBlanks(raw))
  const root = open[0]?.part as Part
  for (let tried = 0; ; tried++) {
    if (tried > FALSE_BOUNDARIES) cuts.add('parts after very many lines that look like boundaries')
    if (parts >= PARTS) cuts.add(`parts after the first ${PARTS}`)
    if (headerOctets > ALL_HEADERS_OCTETS) cuts.add(`parts after ${ALL_HEADERS_OCTETS / 1024 / 1024} MB of headers`)
    if (tried > FALSE_BOUNDARIES || parts >= PARTS || headerOctets > ALL_HEADERS_OCTETS) break
    // Searched for without the line end before it: of those there may be millions.
    const dashes = raw.indexOf(DASHES, at)
    if (dashes < 0) break
    const next = raw.indexOf(LINE_FEED, dashes)
    at = next < 0 ? raw.length : next + 1
    const found = dashes === 0 || raw[dashes - 1] === LINE_FEED ? matching(dashes) : undefined
    if (!found) continue
    close(found.index + 1, raw[dashes - 2] === 13 ? dashes - 2 : dashes - 1)
    if (found.isLast) close(found.index, at)
    else at = begin(at)
    if (open.length === 0) break
  }
  close(0, raw.length)
  return { root, cuts: [...cuts].map((cut) => `Not read: ${cut}.`) }
}

function describe(fields: Field[], parent: Part | undefined): Part {
  const isDigest = parent?.type === 'multipart/digest'
  const type = parseParameters(fieldOf(fields, 'content-type') ?? '')
  const known = /^[\w.+-]+\/[\w.+-]+$/.test(type.value) ? type.value : undefined
  return {
    fields,
    type: known ?? (isDigest ? 'message/rfc822' : type.value === 'html' ? 'text/html' : 'text/plain'),
    parameters: type.parameters,
    encoding: parseParameters(fieldOf(fields, 'content-transfer-encoding') ?? '').value.replaceAll('"', ''),
    disposition: parseParameters(fieldOf(fields, 'content-disposition') ?? '').value,
    body: Buffer.alloc(0),
    children: [],
    depth: parent ? parent.depth + 1 : 0,
  }
}

/**
 * Where the parameter got lost or was changed on the way, the first line of the body that looks like one before a
 * part's header.
 */
function boundaryOf(part: Part, raw: Buffer, at: number): string {
  const named = Buffer.from(part.parameters.get('boundary') ?? '')
    .toString('latin1')
    .trimEnd()
  if (named && raw.indexOf(`--${named}`, at, 'latin1') >= 0) return named
  return guessBoundary(raw, at) ?? named
}

function guessBoundary(raw: Buffer, at: number): string | undefined {
  const start = raw.toString('latin1', Math.max(0, at - 1), at + 4000)
  return (/\n--(\S{1,200})[ \t]*\r?\nContent-/i.exec(start) ?? /\n--(\S{20,200})[ \t]*\r?\n/.exec(start))?.[1]
}

/** Some gateways drop Content-Type from bounces, and leave the line that the mail system put above the first part. */
function hasLostItsType(part: Part, raw: Buffer, at: number): boolean {
  if (part.fields.some(({ name }) => name === 'content-type')) return false
  if (!/^\s{0,20}This is a (MIME-encapsulated|multi-part) message/i.test(raw.toString('latin1', at, at + 100)))
    return false
  return /\n--\S{1,200}[ \t]*\r?\n/.test(raw.toString('latin1', Math.max(0, at - 1), at + 400))
}

/** Lines without anything above the header. */
function leadingBlanks(raw: Buffer): number {
  return /^(?:[ \t]*\r?\n)*/.exec(raw.toString('latin1', 0, 4000))?.[0].length ?? 0
}

/** Very old systems end lines with a carriage return alone. */
function withLineFeeds(raw: Buffer): Buffer {
  if (raw.includes(10) || !raw.includes(13)) return raw
  const copy = Buffer.from(raw)
  for (let at = copy.indexOf(13); at >= 0; at = copy.indexOf(13, at + 1)) copy[at] = 10
  return copy
}

/** The part and all parts in it, in the order of the message; not those of embedded messages. */
export function* ownParts(part: Part): Generator<Part> {
  yield part
  if (EMBEDDED.test(part.type)) return
  for (const child of part.children) yield* ownParts(child)
}

/** All parts, those of embedded messages too. */
export function* allParts(part: Part): Generator<Part> {
  yield part
  for (const child of part.children) yield* allParts(child)
}

export const isEmbeddedMessage = (part: Part) => EMBEDDED.test(part.type)
