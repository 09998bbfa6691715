import type { Compiled } from './compile.ts'
import { linkKey } from './link-key.ts'
import { baseField, FOOTER, isOwnField, MERGE_FIELDS, OPENING, type PieceField, REDIRECT } from './merge-fields.ts'
import type { MergeValues } from './merge-values.ts'
import type { Piece, TextPiece } from './pieces.ts'

/** How a value is written into one part of a message. */
export type Escape = (value: string, field: PieceField) => string

/** A person's text: the pieces with their values, each escaped and never read again. */
export function renderPieces(pieces: Piece[], values: MergeValues, write: Escape): string {
  let text = ''
  for (const piece of placeLinks(pieces, { counted: false }))
    text += typeof piece === 'string' ? piece : write(values[piece.field], piece.field)
  return text
}

/**
 * The text with its links written: as the addresses that they are, or counted, through the redirect, which is the
 * reader's own beginning and the key of the link. Done once for all readers.
 */
export function placeLinks(pieces: readonly Piece[], { counted }: { counted: boolean }): TextPiece[] {
  return pieces.flatMap((piece): TextPiece[] => {
    if (typeof piece === 'string' || 'field' in piece) return [piece]
    return counted ? [{ field: REDIRECT }, linkKey(piece.link)] : [escapeHtml(piece.link)]
  })
}

/** The one function behind preview, test email and sending; here without redirects and without what only sending adds. */
export function renderMessage(
  compiled: Compiled,
  values: MergeValues,
): { subject: string; html: string; text: string } {
  const escapes = escapesOf(compiled.direction)
  return {
    subject: renderPieces(compiled.subject, values, escapes.subject),
    html: renderPieces(compiled.html, values, escapes.html),
    text: renderPieces(compiled.text, values, escapes.text),
  }
}

/** How values are written into each part of a message of a direction. */
export function escapesOf(direction: 'ltr' | 'rtl'): { subject: Escape; html: Escape; text: Escape } {
  const against = direction === 'rtl' ? LTR_LETTER : RTL_LETTER
  return {
    subject: (value) => plainValue(value),
    html(value, field) {
      if (field === FOOTER) return footerAsHtml(value)
      return field === OPENING ? openingAsHtml(value) : escapeHtml(plainValue(value))
    },
    // In HTML <bdi> keeps a name of the other direction together; in plain text the isolates of Unicode do. Only
    // where needed: old programs show them as boxes. Never around an address: it would stop being one.
    text(value, field) {
      if (field === FOOTER) return footerAsText(value)
      const plain = plainValue(value)
      return !isOwnField(field) && against.test(plain) && MERGE_FIELDS[baseField(field)].kind !== 'url'
        ? `\u2068${plain}\u2069`
        : plain
    },
  }
}

const RTL_LETTER =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thaana}\p{Script=Syriac}\p{Script=Nko}\p{Script=Adlam}]/u
const LTR_LETTER = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u

/**
 * A value on one line: no line break that could start a header or a forged paragraph, no control character, and no
 * direction override that could turn round the text after it.
 */
export function plainValue(value: string): string {
  return value
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .trim()
}

/** Each line after the one before it, and nothing at all for a footer without words. */
function footerAsHtml(footer: string): string {
  return footerLines(footer)
    .map((line) => (line === '' ? '<br>' : `<br><bdi>${escapeHtml(line)}</bdi>`))
    .join('')
}

/** Nothing at all without an address: whoever did not agree gets no picture. */
export function openingAsHtml(url: string): string {
  return url === '' ? '' : `<img src="${escapeHtml(url)}" alt="" width="1" height="1" role="presentation">`
}

function footerAsText(footer: string): string {
  return footerLines(footer)
    .map((line) => `\n${line}`)
    .join('')
}

function footerLines(footer: string): string[] {
  return footer.trim() === ''
    ? []
    : footer
        .trim()
        .split(/\r\n|\r|\n/)
        .map(plainValue)
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}
