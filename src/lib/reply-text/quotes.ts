import { attributionEnd } from './attribution.ts'
import { headerBlockEnd } from './header-block.ts'
import type { Line } from './lines.ts'
import { hasAddress, headerKindsOf, isDivider, NAMED_VALUE } from './patterns.ts'

const ANGLE = /^(?:>|&gt;|﹥|＞)/
/** Some programs draw a bar; below a header or divider it is the table that the header stands in. */
const BAR = /^\|(?:\s|$)/
/** `>>> visit us <<<` is decoration. */
const DECORATION = /^>{2,}.*<{2,}$/
/** A drawn line: it belongs to the header block below it. */
const DRAWN = /^[-_=*~\u2014\u2500\u2501]{4,}$/
/** Outlook's line above its header block: 32 underscores. */
const UNDERSCORES = /^_{20,}$/
/** Roundcube's and Horde's list of the links of the original. */
const LINKS = /^(?:links|liens|enlaces|ligações|verweise|collegamenti|koppelingen|ссылки)[:：]?$/i

/**
 * Marks what the writer did not write now. Text marked with `>` or by the HTML ends where the marking ends, so
 * answers between and below are kept; an introduction (attribution, header block, divider) over text that is not
 * marked takes everything to the end, because a quote that leaks is worse than a greeting that is lost.
 */
export function markQuotes(lines: Line[]): void {
  let at = 0
  while (at < lines.length) {
    const line = lines[at] as Line
    if (line.mark !== 'own' || line.plain === '') at++
    else if (isAngle(line)) at = markAngles(lines, at)
    else {
      const end = introductionEnd(lines, at)
      if (end === undefined) at++
      else if (isBeforeQuote(lines, end, isHeading(line.plain))) {
        markFrom(lines, at, end)
        at = end
      } else {
        markFrom(lines, at, lines.length)
        return
      }
    }
  }
}

function introductionEnd(lines: Line[], at: number): number | undefined {
  const { plain } = lines[at] as Line
  if (LINKS.test(plain) && /^[-_]{3,}$/.test(lines[at + 1]?.plain ?? '') && /^\[1\]/.test(lines[at + 2]?.plain ?? ''))
    return lines.length
  const next = UNDERSCORES.test(plain) || isDivider(plain) ? nextWritten(lines, at + 1) : undefined
  if (UNDERSCORES.test(plain)) return next !== undefined && isNamed(lines[next] as Line) ? next + 1 : undefined
  if (!isDivider(plain)) return namedEnd(lines, at)
  return (next === undefined ? undefined : namedEnd(lines, next)) ?? at + 1
}

/** "Nuo: ILN <…@…>" below Outlook's underscores is a header in whatever language. */
const isNamed = ({ plain, mark }: Line) =>
  mark === 'own' && NAMED_VALUE.test(plain) && (hasAddress(plain) || headerKindsOf(plain) !== undefined)

const namedEnd = (lines: Line[], at: number) =>
  headerBlockEnd(lines, at) ?? attributionEnd(lines, at, (after) => ({ before_quote: isBeforeQuote(lines, after) }))

/** Everything from the introduction on, and the drawn lines directly above it. */
function markFrom(lines: Line[], from: number, to: number): void {
  // Above an attribution a drawn line closes the signature.
  const first = (lines[from] as Line).plain
  const withDrawn = isHeading(first)
  for (let at = from; at < to; at++) {
    const line = lines[at] as Line
    if (line.mark === 'own' || line.mark === 'rule') line.mark = 'quote'
  }
  for (let at = from - 1; at >= 0; at--) {
    const line = lines[at] as Line
    if (line.mark === 'quote' || line.mark === 'signature') return
    if (line.plain !== '' && line.mark !== 'rule' && !(withDrawn && DRAWN.test(line.plain))) return
    if (line.plain !== '' || line.mark === 'rule') line.mark = 'quote'
  }
}

function nextWritten(lines: readonly Line[], from: number): number | undefined {
  for (let at = from; at < lines.length; at++) if ((lines[at] as Line).plain !== '') return at
  return undefined
}

function isBeforeQuote(lines: readonly Line[], from: number, belowHeading = false): boolean {
  const next = nextWritten(lines, from)
  if (next === undefined) return false
  const line = lines[next] as Line
  if (line.mark === 'quote' && line.structural === true) return true
  return belowHeading ? ANGLE.test(line.plain) : isAngle(line)
}

const isHeading = (plain: string) => isDivider(plain) || UNDERSCORES.test(plain) || headerKindsOf(plain) !== undefined
const isAngle = ({ plain }: Line) => (ANGLE.test(plain) && !DECORATION.test(plain)) || BAR.test(plain)

/** From the first line with `>` to the last of its run; returns the line behind it. */
function markAngles(lines: Line[], start: number): number {
  let end = start
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] as Line
    if (line.mark !== 'own') break
    if (line.plain === '') continue
    if (isAngle(line)) {
      end = at + 1
      for (let between = at; between >= start && (lines[between] as Line).mark === 'own'; between--)
        (lines[between] as Line).mark = 'quote'
    } else if (!isRest(lines, at)) break
  }
  return end
}

/**
 * A program that wraps marked lines anew leaves their ends without a mark, one short line between two marked ones:
 * such a line begins in lower case, or its line before was full and unfinished.
 */
function isRest(lines: readonly Line[], at: number): boolean {
  const before = lines[at - 1] as Line
  const after = lines[at + 1]
  const { plain } = lines[at] as Line
  if (isAddressOnly(plain) && nextIsAngle(lines, at)) return true
  if (!isAngle(before) || !after || !isAngle(after)) return false
  const length = before.plain.length
  if (length < 55 || /[?？]$/.test(before.plain)) return false
  return /^\p{Ll}/u.test(plain) || (length >= 68 && !/[.!:。！：]$/.test(before.plain) && plain.length < 40)
}

function nextIsAngle(lines: readonly Line[], at: number): boolean {
  const next = nextWritten(lines, at + 1)
  return next !== undefined && isAngle(lines[next] as Line)
}

function isAddressOnly(plain: string): boolean {
  const words = plain.replace(/[<>()[\]|]/g, ' ').split(' ')
  const written = words.filter((word) => word !== '')
  return written.length > 0 && written.every((word) => /^(?:https?:\/\/|mailto:|www\.)/i.test(word))
}
