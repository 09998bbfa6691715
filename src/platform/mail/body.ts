import { encode, wrap } from 'nodemailer/lib/qp'

/** Final text with gaps for values, and how a value is written into it. */
export interface TextInPieces<Field extends string> {
  pieces: readonly (string | { field: Field })[]
  escape(value: string, field: Field): string
}

/**
 * The body of a message as octets, made once per version. Quoted-printable has no state across a soft line break
 * (RFC 2045 §6.7 rule 5), so every literal piece is encoded once and closed with such a break; a person's copy costs
 * only the encoding of a few short values and one copy of the buffers.
 */
export interface EncodedBody<Field extends string = string> {
  contentType: string
  pieces: (Buffer | Gap<Field>)[]
}

/** `slot` is the same wherever the same value is written in the same way: a person's copy encodes it once. */
interface Gap<Field extends string> {
  field: Field
  escape(value: string, field: Field): string
  slot: number
}

/** Lines of at most 75 octets: a soft break's "=" still fits within the 76 of RFC 2045 §6.7. */
const LINE = 75
const SOFT_BREAK = '=\r\n'

/**
 * @param boundary must not occur in the text: random, made by the caller once per version
 */
export function encodeBody<Field extends string>(
  text: TextInPieces<Field>,
  html: TextInPieces<Field>,
  boundary: string,
): EncodedBody<Field> {
  const slots = new Map<string, number>()
  const slotOf = (name: string) => slots.get(name) ?? slots.set(name, slots.size).size - 1
  const part = (type: string) =>
    Buffer.from(
      `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`,
    )
  return {
    contentType: `multipart/alternative; boundary="${boundary}"`,
    pieces: joinBuffers([
      part('text/plain'),
      ...encodePieces(text, (field) => slotOf(`text ${field}`)),
      Buffer.from('\r\n'),
      part('text/html'),
      ...encodePieces(html, (field) => slotOf(`html ${field}`)),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  }
}

/** One person's body. */
export function renderBody<Field extends string>(body: EncodedBody<Field>, values: Record<Field, string>): Buffer[] {
  const encoded: Buffer[] = []
  return body.pieces.map((piece) => {
    if (Buffer.isBuffer(piece)) return piece
    const known = encoded[piece.slot]
    if (known) return known
    const made = encodeLiteral(piece.escape(values[piece.field], piece.field))
    encoded[piece.slot] = made
    return made
  })
}

function encodePieces<Field extends string>(
  { pieces, escape: write }: TextInPieces<Field>,
  slotOf: (field: Field) => number,
): EncodedBody<Field>['pieces'] {
  return pieces.map((piece) =>
    typeof piece === 'string' ? encodeLiteral(piece) : { field: piece.field, escape: write, slot: slotOf(piece.field) },
  )
}

function encodeLiteral(text: string): Buffer {
  return Buffer.from(wrap(encode(text.replace(/\r\n|\r|\n/g, '\r\n')), LINE) + SOFT_BREAK, 'latin1')
}

function joinBuffers<Field extends string>(pieces: EncodedBody<Field>['pieces']): EncodedBody<Field>['pieces'] {
  const joined: EncodedBody<Field>['pieces'] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (Buffer.isBuffer(piece) && Buffer.isBuffer(last)) joined[joined.length - 1] = Buffer.concat([last, piece])
    else joined.push(piece)
  }
  return joined
}
