import type { Compiled } from './compile.ts'
import { baseField, FOOTER, MERGE_FIELDS, type PieceField } from './merge-fields.ts'
import type { MergeValues } from './merge-values.ts'
import type { Piece } from './pieces.ts'

/** How a value is written into one part of a message. */
export type Escape = (value: string, field: PieceField) => string

/** A person's text: the pieces with their values, each escaped and never read again. */
export function renderPieces(pieces: Piece[], values: MergeValues, write: Escape): string {
  let text = ''
  for (const piece of pieces) text += typeof piece === 'string' ? piece : write(values[piece.field], piece.field)
  return text
}

/** The one function behind preview, test email and sending. */
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
    html: (value, field) => (field === FOOTER ? footerAsHtml(value) : escapeHtml(plainValue(value))),
    // In HTML <bdi> keeps a name of the other direction together; in plain text the isolates of Unicode do. Only
    // where needed: old programs show them as boxes. Never around an address: it would stop being one.
    text(value, field) {
      if (field === FOOTER) return footerAsText(value)
      const plain = plainValue(value)
      return against.test(plain) && MERGE_FIELDS[baseField(field)].kind !== 'url' ? `\u2068${plain}\u2069` : plain
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
