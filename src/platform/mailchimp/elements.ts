const QUOTE = '"'.charCodeAt(0)
const BACKSLASH = '\\'.charCodeAt(0)
const ARRAY = '['.charCodeAt(0)
const OPENING = octetsOf('[{')
const CLOSING = octetsOf(']}')
/** What may stand between the objects. */
const BETWEEN = octetsOf(', \t\r\n')

/**
 * The objects of one JSON array, one by one, however long the array is.
 * @param longest octets of one object
 * @throws SyntaxError when it is no whole array of objects; its words repeat nothing of what was read
 */
export async function* eachElement(parts: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<unknown> {
  let depth = 0
  let isText = false
  let isEscaped = false
  let isOver = false
  let held: Buffer[] = []
  let heldOctets = 0
  for await (const part of parts) {
    let from = 0
    for (let at = 0; at < part.length; at++) {
      const octet = part[at] as number
      if (isEscaped) isEscaped = false
      else if (isText) {
        if (octet === BACKSLASH) isEscaped = true
        else if (octet === QUOTE) isText = false
      } else if (OPENING.has(octet)) {
        if (isOver || (depth === 0 && octet !== ARRAY)) throw new SyntaxError('it is no array')
        if (depth++ === 1) from = at
      } else if (CLOSING.has(octet)) {
        depth--
        if (depth === 0) isOver = true
        if (depth === 1) {
          yield parse([...held, part.subarray(from, at + 1)])
          held = []
          heldOctets = 0
        }
      } else if (depth < 2) {
        if (!BETWEEN.has(octet)) throw new SyntaxError('it is no array of objects')
      } else if (octet === QUOTE) isText = true
    }
    if (depth > 1) {
      held.push(Buffer.from(part.subarray(from)))
      heldOctets += part.length - from
      if (heldOctets > longest) throw new SyntaxError('one of its objects is too long')
    }
  }
  if (!isOver || depth !== 0) throw new SyntaxError('it breaks off')
}

function parse(parts: Uint8Array[]): unknown {
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw new SyntaxError('one of its objects is no JSON')
  }
}

function octetsOf(characters: string): ReadonlySet<number> {
  return new Set(Buffer.from(characters))
}
