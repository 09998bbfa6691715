/**
 * A mail's text as lines that the rules read and mark. Never more than LOOKED_AT characters and MOST_LINES lines are
 * looked at, and no pattern ever sees more than TESTED characters of one line: that bounds the work of every rule.
 */
export const LOOKED_AT = 200_000
export const MOST_LINES = 10_000
const TESTED = 2_000

/** `rule` is a drawn line of an HTML part: it belongs to what follows it if that is a quote, else to nobody. */
export type Mark = 'own' | 'quote' | 'signature' | 'rule'

export interface Line {
  /** As written, without blanks at the end. */
  text: string
  /** What the patterns see: at most TESTED characters, composed (NFC), no direction marks, ASCII digits, plain blanks, trimmed. */
  plain: string
  mark: Mark
  /** The mark comes from the structure of the HTML, not from a pattern. */
  structural?: boolean
}

const PLAIN_ASCII = /^[\x20-\x7e]*$/
/** Zero-width and direction marks (Unicode Bidi_Control), which Hebrew and Arabic programs put around names. */
const INVISIBLE = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
/** Marks, embeddings and isolates that begin; those that end one belong to what is before. */
const OPENING_MARK = /[\u061c\u200e\u200f\u202a\u202b\u202d\u202e\u2066-\u2068]/
const BLANKS = /[\t\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]/g

export function lineOf(text: string, mark: Mark = 'own', structural = false): Line {
  const line: Line = { text: text.trimEnd(), plain: plainOf(text), mark }
  if (structural) line.structural = true
  return line
}

function plainOf(text: string): string {
  const tested = text.length > TESTED ? text.slice(0, TESTED) : text
  if (PLAIN_ASCII.test(tested)) return tested.trim()
  return tested.normalize('NFC').replace(INVISIBLE, '').replace(BLANKS, ' ').replace(OTHER_DIGITS, asciiDigit).trim()
}

/** What the patterns see of a line that is still to be cut: as `plain`, but each place can be found again in the line. */
export function seenOf(line: string): string {
  const tested = line.slice(0, TESTED)
  if (PLAIN_ASCII.test(tested)) return tested
  return tested.replace(INVISIBLE, '').replace(BLANKS, ' ').replace(OTHER_DIGITS, asciiDigit)
}

/** The place in the line of a place in what was seen of it; marks that open a direction before it belong to what follows. */
export function placeInLine(line: string, place: number): number {
  let seen = 0
  for (let at = 0; at < line.length; at++) {
    if (line.slice(at, at + 1).search(INVISIBLE) === 0) continue
    if (seen === place) return marksBefore(line, at)
    seen++
  }
  return line.length
}

function marksBefore(line: string, at: number): number {
  let from = at
  while (from > 0 && OPENING_MARK.test(line[from - 1] as string)) from--
  return from
}

function asciiDigit(digit: string): string {
  const code = digit.charCodeAt(0)
  const zero = code >= 0xff10 ? 0xff10 : code >= 0x966 ? 0x966 : code >= 0x6f0 ? 0x6f0 : 0x660
  return String.fromCharCode(48 + code - zero)
}
