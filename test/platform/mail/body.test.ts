import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeBody, renderBody } from '../../../src/platform/mail/body.ts'
import { decodeQuotedPrintable, readParts } from './read-message.ts'

type Name = 'a' | 'b'
type Piece = string | { field: Name }

const upper = (value: string) => value.toUpperCase()
const escapeOf = (value: string) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;')

function write(text: Piece[], html: Piece[], values: Record<Name, string>): { type: string; body: Buffer } {
  const encoded = encodeBody<Name>({ pieces: text, escape: upper }, { pieces: html, escape: escapeOf }, 'pp-0123456789')
  return { type: encoded.contentType, body: Buffer.concat(renderBody(encoded, values)) }
}

const plain = (pieces: Piece[], values: Record<Name, string>, written: (value: string) => string) =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : written(values[piece.field]))).join('')
const canonical = (text: string) => text.replace(/\r\n|\r|\n/g, '\r\n')

const nasty = fc.constantFrom(
  ...[
    '.',
    '..\r\n',
    '\r\n.\r\n',
    '=',
    '=\r\n',
    '=20',
    ' ',
    '\t',
    ' \r\n',
    '\t\n',
    '\r',
    '\n',
    '\n\n',
    'From here',
    '--pp-0123456789',
  ],
  ...[
    'é',
    '漢字',
    'مرحبا',
    '👩‍👩‍👧',
    '\u2028',
    '\u0000',
    'x'.repeat(80),
    'y '.repeat(60),
    'ü'.repeat(40),
    'https://example.org/?a=b&c=%20',
  ],
)
const text = fc
  .array(
    fc.oneof(
      nasty,
      fc.string({ unit: 'binary', maxLength: 12 }).map((one) => one.toWellFormed()),
    ),
    { maxLength: 12 },
  )
  .map((all) => all.join(''))
const pieces = fc.array(fc.oneof(text, fc.constantFrom<Piece>({ field: 'a' }, { field: 'b' })), { maxLength: 8 })

test('whatever the text and the values, what is read is what was written, in lines of at most 76 seven-bit octets', () => {
  fc.assert(
    fc.property(pieces, pieces, text, text, (textPieces, htmlPieces, a, b) => {
      // A boundary is random, so no text can hold it.
      const clean = (all: Piece[]) =>
        all.map((piece) => (typeof piece === 'string' ? piece.replaceAll('--pp-', '-pp-') : piece))
      const [texts, htmls] = [clean(textPieces), clean(htmlPieces)]
      const values = { a: a.replaceAll('--pp-', ''), b: b.replaceAll('--pp-', '') }
      const { type, body } = write(texts, htmls, values)
      for (const line of body.toString('latin1').split('\r\n')) {
        expect(line.length).toBeLessThanOrEqual(76)
        expect(line).toMatch(/^[\x20-\x7e\t]*$/)
      }
      const [first, second, ...others] = readParts(type, body)
      expect(others).toEqual([])
      const decoded = (part: typeof first) => decodeQuotedPrintable(part?.body.toString('latin1') ?? '').toString()
      // What is text stays text: a value is encoded apart, so a line break within it is one too.
      const expected = (all: Piece[], written: (value: string) => string) =>
        all.map((piece) => canonical(plain([piece], values, written))).join('')
      expect(decoded(first)).toBe(expected(texts, upper))
      expect(decoded(second)).toBe(expected(htmls, escapeOf))
    }),
    { numRuns: 2000 },
  )
})

test('both parts say what they are, the text first: programs show the last one they can', () => {
  const { type, body } = write(['hello'], ['<p>hello</p>'], { a: '', b: '' })
  expect(type).toBe('multipart/alternative; boundary="pp-0123456789"')
  const kinds = readParts(type, body).map((part) => part.fields.map(({ name, value }) => `${name}: ${value}`))
  expect(kinds).toEqual([
    ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable'],
    ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable'],
  ])
})

test('what is the same for everybody is encoded once: a copy shares its buffers', () => {
  const encoded = encodeBody<Name>(
    { pieces: ['a', { field: 'a' }, 'b'], escape: upper },
    { pieces: ['c'], escape: upper },
    'b',
  )
  const [one, two] = [renderBody(encoded, { a: '1', b: '' }), renderBody(encoded, { a: '2', b: '' })]
  expect(one[0]).toBe(two[0])
  expect(one[2]).toBe(two[2])
})
