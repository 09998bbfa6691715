import type { Line } from './lines.ts'
import {
  DATE_OR_TIME,
  FULL_DATE,
  HEADER_WITHIN,
  type HeaderKind,
  hasAddress,
  headerKindsOf,
  NAMED_VALUE,
} from './patterns.ts'

/** A header of Outlook has six lines; a list of recipients may be wrapped over many more. */
const MOST_LINES_OF_BLOCK = 60
const MOST_WRAPPED = 4
/** To, Cc, Bcc and Reply-To say the same kind of thing; more is a text of another sort. */
const MOST_REPEATED = 4

/**
 * The line behind the block "From: … Sent: … To: … Subject: …" that begins at `start`, or undefined. In any known
 * language two names that belong together are enough where an address or a date confirms them; in an unknown one
 * three lines of the form "Name: value" with an address and a date.
 */
export function headerBlockEnd(lines: readonly Line[], start: number): number | undefined {
  const first = lines[start] as Line
  if (!/[:：]/.test(first.plain.slice(0, 60))) return undefined
  return knownBlockEnd(lines, start) ?? unknownBlockEnd(lines, start)
}

function knownBlockEnd(lines: readonly Line[], start: number): number | undefined {
  const named = headerKindsOf((lines[start] as Line).plain)
  if (!named) return undefined
  if (named.includes('from') && isWholeHeader((lines[start] as Line).plain)) return start + 1
  const kinds = new Set<HeaderKind>()
  let headers = 0
  let end = start
  let wrapped = 0
  let blanks = 0
  let repeated = 0
  let address = false
  let date = false
  for (let at = start; at < lines.length && at < start + MOST_LINES_OF_BLOCK; at++) {
    const { plain, mark } = lines[at] as Line
    if (mark !== 'own') break
    if (plain === '') {
      if (++blanks > 1) break
      continue
    }
    const named = headerKindsOf(plain)
    if (!named) {
      if (blanks > 0 || ++wrapped > MOST_WRAPPED) break
      // A recipient list or a long address goes on; it counts for the block only if a header line follows.
      address ||= hasAddress(plain)
      continue
    }
    if (named.every((kind) => kinds.has(kind)) && ++repeated > MOST_REPEATED) break
    headers++
    wrapped = 0
    blanks = 0
    for (const kind of named) kinds.add(kind)
    address ||= hasAddress(plain)
    date ||= DATE_OR_TIME.test(plain)
    end = at + 1
  }
  if (headers < 2 || !belongTogether(kinds, headers, address, date)) return undefined
  return end
}

/** "From: ana@example.org Date: 24 March 2016 11:07": breaks that were lost in the conversion from HTML. */
function isWholeHeader(plain: string): boolean {
  if (!hasAddress(plain) || !DATE_OR_TIME.test(plain)) return false
  return !plain.matchAll(HEADER_WITHIN.date).next().done
}

function belongTogether(kinds: ReadonlySet<HeaderKind>, headers: number, address: boolean, date: boolean): boolean {
  const from = kinds.has('from')
  // Without either it may be a letter that somebody heads in the old way: To, From, Subject.
  if (from && kinds.has('subject') && (address || date)) return true
  if (from && kinds.has('date') && date && (headers > 2 || address)) return true
  if (kinds.has('to') && address && (from || (kinds.has('date') && date))) return true
  return kinds.has('date') && date && kinds.has('subject') && (headers > 2 || address)
}

function unknownBlockEnd(lines: readonly Line[], start: number): number | undefined {
  let at = start
  let address = false
  let date = false
  for (; at < lines.length && at < start + 10; at++) {
    const { plain, mark } = lines[at] as Line
    if (mark !== 'own' || !NAMED_VALUE.test(plain)) break
    address ||= hasAddress(plain)
    date ||= FULL_DATE.test(plain) && /\d{1,2}[:.]\d{2}/.test(plain)
  }
  return at - start >= 3 && address && date ? at : undefined
}
