/** A reader of messages written from the RFCs alone, to check the writer against. */

export interface Field {
  name: string
  /** Unfolded (RFC 5322 §2.2.3), as it stands in the message. */
  value: string
  /** With its folds, without its last CRLF. */
  raw: string
}

export interface ReadMessage {
  fields: Field[]
  /** Lines of the header as they are on the wire. */
  headLines: string[]
  body: Buffer
}

/** @throws when there is no empty line after the header */
export function readMessage(message: Buffer): ReadMessage {
  const end = message.indexOf('\r\n\r\n')
  if (end < 0) throw new Error('no end of the header')
  const head = message.subarray(0, end).toString()
  const fields = head.split(/\r\n(?![ \t])/).map((raw) => ({
    raw,
    name: raw.slice(0, raw.indexOf(':')),
    value: raw
      .slice(raw.indexOf(':') + 1)
      .replace(/\r\n/g, '')
      .trim(),
  }))
  return { fields, headLines: head.split('\r\n'), body: message.subarray(end + 4) }
}

export function fieldOf(message: ReadMessage, name: string): string | undefined {
  return fieldsOf(message, name)[0]
}

export function fieldsOf({ fields }: ReadMessage, name: string): string[] {
  return fields.filter((field) => field.name.toLowerCase() === name.toLowerCase()).map(({ value }) => value)
}

/** The parts of a multipart body, each as it is encoded (RFC 2046 §5.1.1). */
export function readParts(contentType: string, body: Buffer): ReadMessage[] {
  const boundary = /boundary="([^"]+)"/.exec(contentType)?.[1]
  if (!boundary) throw new Error('no boundary')
  const text = `\r\n${body.toString('latin1')}`
  const pieces = text.split(`\r\n--${boundary}`)
  if (pieces.at(-1) !== '--\r\n') throw new Error('the last boundary is missing')
  return pieces.slice(1, -1).map((piece) => readMessage(Buffer.from(piece.replace(/^\r\n/, ''), 'latin1')))
}

/** RFC 2045 §6.7, strict: whatever the grammar does not allow throws. */
export function decodeQuotedPrintable(encoded: string): Buffer {
  const octets: number[] = []
  for (const [at, line] of encoded.split('\r\n').entries()) {
    if (line.length > 76) throw new Error(`line ${at} has ${line.length} characters`)
    if (/[ \t]$/.test(line)) throw new Error(`line ${at} ends in a blank`)
    const soft = line.endsWith('=')
    const content = soft ? line.slice(0, -1) : line
    for (let place = 0; place < content.length; place++) {
      const character = content[place] as string
      if (character === '=') {
        const hex = content.slice(place + 1, place + 3)
        if (!/^[0-9A-F]{2}$/.test(hex)) throw new Error(`line ${at}: "=${hex}"`)
        octets.push(Number.parseInt(hex, 16))
        place += 2
      } else if (/[\x20-\x3c\x3e-\x7e\t]/.test(character)) octets.push(character.charCodeAt(0))
      else throw new Error(`line ${at}: octet ${character.charCodeAt(0)}`)
    }
    if (!soft) octets.push(13, 10)
  }
  // The last line of the split has no line break after it.
  return Buffer.from(encoded.split('\r\n').at(-1)?.endsWith('=') ? octets : octets.slice(0, -2))
}
