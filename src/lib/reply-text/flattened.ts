import { isAttribution, LEADING } from './attribution.ts'
import { placeInLine, seenOf } from './lines.ts'
import {
  dividerWithin,
  FULL_DATE,
  HEADER_WITHIN,
  hasAddress,
  OPENS,
  OPENS_WITHIN,
  WROTE_AND_COLON,
} from './patterns.ts'

/** What stands before "wrote:" within a line, and between two header names. */
const LOOKED_BACK = 300
const BETWEEN_HEADERS = 400
const MOST_TRIED = 5
/** "في يوم الثلاثاء، " before "بتاريخ 2.2.2016": a line that has no more before the date begins with the introduction. */
const OPENING_BEFORE = new RegExp(`^(?:${OPENS.source.slice(1)}\\s){1,2}(?:\\S{1,14}[,،.]\\s)?$`, 'iv')

/** Footers that programs for telephones put in mid-line together with the quote. */
const FOOTER_WITHIN =
  /\s(?:sent from yahoo mail|yahoo mail: search|sent from my (?:iphone|ipad|android|samsung|galaxy|huawei|phone)|get outlook for|sent from aol)/i

const ADDRESS_AND_COLON = /@[^\s@<>]{2,120}[>)\]]{1,3}\s?[:：]/g
/** "вт, 2 февр. 2016", "2016/02/02", "02.02.2016", "2016年": a date in mid-line, with its day before it. */
const DATE_WITHIN =
  /(?<=^|\s)(?:\p{L}{1,12}[.,]{0,2}\s)?\d{1,4}(?:[./-]\d{1,2}[./-]\d{2,4}|\.?\s\p{L}{2,14}\.?,?\s\d{4}|年)/gu

/**
 * Programs for telephones (Yahoo's, Samsung's) send text parts whose line breaks are lost: reply, footer, "On …
 * wrote:" and original in one line. The line is cut where the quote's introduction begins and ends.
 */
export function splitFlattened(line: string): string[] {
  if (line.length < 40) return [line]
  const seen = seenOf(line)
  const found = dividerCut(seen) ?? attributionCut(seen) ?? headerCut(seen)
  if (!found) return [line]
  const cut = { from: placeInLine(line, found.from), to: placeInLine(line, found.to) }
  const before = line.slice(0, cut.from)
  const footer = FOOTER_WITHIN.exec(before)
  const own = footer ? [before.slice(0, footer.index), before.slice(footer.index)] : [before]
  return [...own.filter((part) => part.trim() !== ''), line.slice(cut.from, cut.to), line.slice(cut.to)]
}

interface Cut {
  from: number
  to: number
}

function dividerCut(line: string): Cut | undefined {
  if (!/[-_\u2014=]{4}/.test(line)) return undefined
  const cut = dividerWithin(line)
  return cut && cut.to - cut.from < line.trim().length ? cut : undefined
}

function attributionCut(line: string): Cut | undefined {
  if (!/\d/.test(line) || !/[:：]/.test(line)) return undefined
  let tried = 0
  for (const ends of [WROTE_AND_COLON, ADDRESS_AND_COLON])
    for (const match of line.matchAll(ends)) {
      if (++tried > 2 * MOST_TRIED) return undefined
      const to = match.index + match[0].length
      let from = beginningBefore(line, to)
      if (from === undefined) continue
      while (from > 0 && /[-–—_*~\s]/.test(line[from - 1] as string)) from--
      // Alone on its line it needs no cutting.
      if (line.slice(0, from).trim() === '' && line.slice(to).trim() === '') return undefined
      return { from, to }
    }
  return undefined
}

/** Where the attribution that ends at `to` begins: at its last opening word or, without one, at its date. */
function beginningBefore(line: string, to: number): number | undefined {
  const back = Math.max(0, to - LOOKED_BACK)
  const slice = line.slice(back, to)
  for (const beginnings of [OPENS_WITHIN, DATE_WITHIN]) {
    let from: number | undefined
    for (const beginning of slice.matchAll(beginnings)) {
      const rest = slice.slice(beginning.index)
      if (/^\S{1,14}(?:\s.{0,24})?\d/.test(rest) && FULL_DATE.test(rest) && isAttribution(rest))
        from = back + beginning.index
    }
    if (from !== undefined) return withOpening(line, from)
  }
  return undefined
}

/** Other opening words directly before ("في يوم …") belong to it; at the start of the line with a day between, too. */
function withOpening(line: string, from: number): number {
  const before = line.slice(0, from)
  if (OPENING_BEFORE.test(before.replace(LEADING, ''))) return 0
  const last = /(?<=^|\s)\S{1,14}\s$/.exec(before.slice(-20))
  return last && OPENS.test(last[0]) && OPENS.exec(last[0])?.[0].length === last[0].trim().length
    ? from - last[0].length
    : from
}

function headerCut(line: string): Cut | undefined {
  if (!line.includes('@') || !FULL_DATE.test(line) || line.split(/[:：](?!\/)/, 4).length < 4) return undefined
  let tried = 0
  for (const match of line.matchAll(HEADER_WITHIN.from)) {
    if (++tried > MOST_TRIED) return undefined
    const from = match.index
    const window = line.slice(from, from + 2 * BETWEEN_HEADERS)
    const subject = first(HEADER_WITHIN.subject, window)
    if (subject === undefined) continue
    const between = window.slice(0, subject)
    if (!hasAddress(between) || !FULL_DATE.test(between)) continue
    if (first(HEADER_WITHIN.date, between) === undefined && first(HEADER_WITHIN.to, between) === undefined) continue
    return { from, to: from + subject }
  }
  return undefined
}

function first(pattern: RegExp, text: string): number | undefined {
  const match = text.matchAll(pattern).next()
  return match.done ? undefined : match.value.index
}
