import type { Line } from './lines.ts'
import { DATE_OR_TIME, endsWithWrote, FULL_DATE, hasAddress, OPENS, WROTE } from './patterns.ts'

/** Programs wrap "On … wrote:" over so many lines at most, and print no longer ones. */
const MOST_JOINED = 5
const LONGEST = 500

const COLON_AT_END = /[:：]["'»”*_\s-]{0,4}$/
const ADDRESS_AT_END = /@[^\s@]{2,120}[>)\]"'»”\s]{1,6}(?:[:：،,]\s?)*["'»”*_\s-]{0,4}$/
const FIRST_PERSON = /^(?:i|we|my|je|nous|ich|wir|yo|nosotros|eu|io|noi|ik|wij|jag|jeg|я|мы|ja|my|ben|biz)\s/i
/** "Tue, 2 …", "30.09.…", "mar. 2 …": a line that begins with a date, in whatever language the day is. */
const DATE_AT_START = /^(?:[\p{L}\p{M}.]{1,14}[.,]?\s){0,2}[(（]?\d/u
/** HCL Notes: `Helena Osei ---02/02/2016 11:12:03---Dear Moses, good news`. */
const NOTES = /---\s?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\s.{0,20}---/
export const LEADING = /^[-–—*_~\s]+/

/** `ILN <…@…>` alone: the first half of what Gmail in Chinese prints. */
const NAME_AND_ADDRESS = /^[^.!?<>]{0,100}[<(][^<>()\s]{3,200}[>)],?$/

/** How a line stands to what follows it. */
export interface Surroundings {
  /** The next line that is not blank is marked as quoted, by `>` or by the HTML. */
  before_quote: boolean
}

/** "On 2 Feb 2016 at 11:12, ILN <…> wrote:" and its like, by what is in it: verb, date, address, colon. */
export function isAttribution(joined: string): boolean {
  const text = joined.replace(LEADING, '')
  if (text.length < 8 || text.length > LONGEST) return false
  if (NOTES.test(text)) return true
  const colon = COLON_AT_END.test(text)
  if (!colon && !endsWithWrote(text)) return false
  const address = hasAddress(text)
  const dated = DATE_OR_TIME.test(text)
  if (!address && !dated) return false
  // Russian, Japanese, Yandex and Mail.ru print no verb: the address, closed, and a colon end the line.
  if (colon && address && FULL_DATE.test(text) && ADDRESS_AT_END.test(text) && !FIRST_PERSON.test(text)) return true
  if (FIRST_PERSON.test(text)) return false
  if (!colon) return (address && dated) || (address && /-{2}$/.test(text))
  if (endsWithWrote(text)) return true
  // The verb before the name (German, Dutch, the North) or before the date (Notes).
  return dated && WROTE.test(text) && (address || opensDated(text) || /\bwrote on\b/i.test(text))
}

/** Weaker signs, enough above text that is marked as quoted. */
function isAttributionAboveQuote(joined: string): boolean {
  const text = joined.replace(LEADING, '')
  if (text.length > 300) return false
  const colon = COLON_AT_END.test(text)
  if (colon && (hasAddress(text) || FULL_DATE.test(text) || WROTE.test(text)))
    return !FIRST_PERSON.test(text) || hasAddress(text)
  if (endsWithWrote(text)) return text.length < 120
  return !colon && DATE_AT_START.test(text) && FULL_DATE.test(text) && hasAddress(text)
}

/**
 * The line behind the attribution that begins at `start`, or undefined. A line may be wrapped anywhere, even within
 * the brackets of the address; a later beginning that stands alone wins, so that no line of the writer is taken along.
 */
export function attributionEnd(lines: readonly Line[], start: number, around: (after: number) => Surroundings) {
  const first = lines[start] as Line
  if (!mayBegin(first.plain, lines[start - 1])) return undefined
  let joined = ''
  let blanks = 0
  for (let at = start, taken = 0; at < lines.length && taken < MOST_JOINED; at++) {
    const { plain, mark } = lines[at] as Line
    if (mark !== 'own') break
    if (plain === '') {
      // Some programs set the address apart by blank lines: only an opened date may go over one.
      if (++blanks > 3 || joined === '' || !/^</.test(nextPlain(lines, at)) || !opensDated(joined)) {
        if (!joined.includes('<') || joined.includes('>')) break
      }
      continue
    }
    joined = joined === '' ? plain : `${joined} ${plain}`
    taken++
    if (joined.length > LONGEST) return undefined
    if (isAttribution(joined))
      return taken > 1 && !beginsSurely(first.plain) && standsAlone(lines, start, at) ? undefined : at + 1
    if (taken === 1 && around(at + 1).before_quote && isAttributionAboveQuote(joined)) return at + 1
    if (/[!?:：]$/.test(plain) || (taken === 1 && !mayWrap(plain))) return undefined
  }
  return undefined
}

/** A line that closes a bracket it did not open is the second half of something. */
function mayBegin(plain: string, previous: Line | undefined): boolean {
  if (plain.length < 2 || plain.length > LONGEST) return false
  if (!/[\d@:：<]/.test(plain) && !endsWithWrote(plain)) return false
  const closes = plain.search(/[>)]/)
  const opens = plain.search(/[<(]/)
  const half = (closes >= 0 && (opens < 0 || closes < opens)) || opens === 0
  return !half || previous === undefined || previous.plain === '' || previous.mark !== 'own'
}

const mayWrap = (plain: string) => /\d/.test(plain) || plain.includes('<') || hasAddress(plain)
const opensDated = (plain: string) => {
  const text = plain.replace(LEADING, '')
  return (OPENS.test(text) && /\d/.test(text.slice(0, 60))) || DATE_AT_START.test(text)
}

const beginsSurely = (plain: string) =>
  opensDated(plain) ||
  (hasAddress(plain) &&
    ((FULL_DATE.test(plain) && /[\p{L}\d,]$/u.test(plain)) ||
      NAME_AND_ADDRESS.test(plain.replace(/<mailto:[^<>]*>/g, ''))))

function standsAlone(lines: readonly Line[], start: number, end: number): boolean {
  for (let from = start + 1; from <= end; from++) {
    if (!mayBegin((lines[from] as Line).plain, lines[from - 1])) continue
    let joined = ''
    for (let at = from; at <= end; at++) joined += ` ${(lines[at] as Line).plain}`
    if (isAttribution(joined.trim())) return true
  }
  return false
}

function nextPlain(lines: readonly Line[], after: number): string {
  for (let at = after + 1; at < lines.length && at < after + 4; at++) {
    const { plain } = lines[at] as Line
    if (plain !== '') return plain
  }
  return ''
}
