import { WORDS } from './words/index.ts'
import type { LanguageWords } from './words/language-words.ts'

/** What a header line of a quoted original names. One name may mean two things in two languages. */
export type HeaderKind = 'from' | 'date' | 'to' | 'subject'

/** A letter of a script that puts blanks between words may not touch the word; Chinese, Japanese, Korean, Thai may. */
const LETTERS = '[[\\p{L}\\p{M}]--[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}\\p{sc=Thai}]]'
const BEFORE = `(?<!${LETTERS})`
const AFTER = `(?!${LETTERS})`

/** What `*` in a phrase stands for, and how much of a line is compared with phrases. */
const WILDCARD = 40
const LONGEST_START = 120
const MARKS_BEFORE = /^[\s"'«“*_<>([{\-–—]{1,4}/

/** All languages' words of one kind, longest first so that an alternation takes the whole phrase. */
function wordsOf(kind: keyof LanguageWords): string[] {
  const all = new Set(Object.values(WORDS).flatMap((words) => words[kind]))
  return [...all].sort((a, b) => b.length - a.length)
}

function escaped(word: string): string {
  return word
    .replace(/[.+?^${}()|[\]\\/]/g, '\\$&')
    .replace(/ ?\* ?/g, '.{0,40}')
    .replace(/ /g, '\\s{1,3}')
}

/**
 * Whether a line starts with one of many phrases, marks before it aside. Looked up by the first letters: a pattern of
 * some hundred phrases takes the engine a tenth of a second to prepare.
 */
function startsWithOneOf(phrases: readonly string[]): (plain: string) => boolean {
  const byStart = new Map<string, string[][]>()
  const anywhere: string[][] = []
  for (const phrase of phrases) {
    const parts = phrase.split(/ ?\* ?/)
    const start = (parts[0] as string).slice(0, 2)
    if (start === '') anywhere.push(parts)
    else byStart.set(start, [...(byStart.get(start) ?? []), parts])
  }
  const fits = (line: string, [first = '', second]: string[]): boolean => {
    if (!line.startsWith(first)) return false
    if (second === undefined) return true
    const at = line.indexOf(second, first.length)
    return at >= 0 && at <= first.length + WILDCARD
  }
  return (plain) => {
    const line = plain.slice(0, LONGEST_START).replace(MARKS_BEFORE, '').replace(/\s+/g, ' ').toLowerCase()
    const candidates = byStart.get(line.slice(0, 2)) ?? []
    return candidates.some((parts) => fits(line, parts)) || anywhere.some((parts) => fits(line, parts))
  }
}

const alternation = (kind: keyof LanguageWords) => wordsOf(kind).map(escaped).join('|')
const WROTE_WORDS = `${BEFORE}(?:${alternation('wrote')})${AFTER}`
/** Genders and numbers that some languages print behind the verb: "napisał(a)", "כתב/ה". */
const ENDING = '(?:\\s?[\\(\\/][\\p{L}\\/]{1,3}\\)?)?'
const DASHES = '[\\-_=*~\\u2010-\\u2015]'

export const WROTE = new RegExp(WROTE_WORDS, 'iv')
const WROTE_AT_END = new RegExp(`${WROTE_WORDS}${ENDING}\\s{0,3}(?:[:：،,]\\s{0,3})?[*_\\-]{0,8}$`, 'iv')
/** The verb ends the line, with its colon or the dashes of Zoho, or (Zoho again) bare. */
export const endsWithWrote = (text: string) => WROTE_AT_END.test(text.slice(-60))
export const WROTE_AND_COLON = new RegExp(`${WROTE_WORDS}${ENDING}\\s{0,3}[:：]`, 'giv')
export const OPENS = new RegExp(`^(?:${alternation('opens')})${AFTER}`, 'iv')
export const OPENS_WITHIN = new RegExp(`(?<=^|[\\s.!?,;\\)])(?:${alternation('opens')})${AFTER}`, 'giv')

/** "-----Original Message-----" alone on its line, with stars where bold was; the words may lack the second dashes. */
const DASHED = new RegExp(
  `^[*\\s]{0,3}${DASHES}{2,80}[\\[\\(【]?\\s{0,3}([^\\-](?:[^\\-]|-(?!-)){2,80}?)\\s{0,3}[\\]\\)】]?(${DASHES}{0,80})[*\\s]{0,3}$`,
  'v',
)
const DASHED_WITHIN = new RegExp(
  `${DASHES}{4,80}\\s{0,3}([^\\-_=*~](?:[^\\-_=*~]|-(?!-)){2,40}?)\\s{0,3}${DASHES}{4,80}`,
  'gv',
)
const startsAsOriginal = startsWithOneOf(wordsOf('original'))
const isForwardIntroduction = startsWithOneOf([
  'begin forwarded message',
  'début du message réexpédié',
  'début du message transféré',
  'anfang der weitergeleiteten',
  'inicio del mensaje reenviado',
  'inizio messaggio inoltrato',
  'início da mensagem',
  'begin doorgestuurd bericht',
  'vidarebefordrat brev',
  'start på videresendt meddelelse',
  'начало переадресованного сообщения',
])

export function isDivider(plain: string): boolean {
  if (plain.length > 200) return false
  const match = DASHED.exec(plain)
  // Two dashes before and none behind may be a point of a list.
  if (match) return (match[2] !== '' || /^[*\s]{0,3}[^*\s]{4}/.test(plain)) && startsAsOriginal(match[1] as string)
  return /[:：]$/.test(plain) && isForwardIntroduction(plain)
}

/** The same within a line whose breaks were lost: where it begins and ends. */
export function dividerWithin(line: string): { from: number; to: number } | undefined {
  for (const match of line.matchAll(DASHED_WITHIN))
    if (startsAsOriginal(match[1] as string)) return { from: match.index, to: match.index + match[0].length }
  return undefined
}

const KINDS: readonly HeaderKind[] = ['from', 'date', 'to', 'subject']
const KINDS_OF_NAME = new Map<string, HeaderKind[]>()
for (const kind of KINDS)
  for (const name of wordsOf(kind)) KINDS_OF_NAME.set(name, [...(KINDS_OF_NAME.get(name) ?? []), kind])

export const NAMED_VALUE = /^[*_]{0,2}\p{L}[\p{L}\p{M} .'’-]{0,23}[*_]{0,2}\s{0,2}[:：]\s?[*_]{0,2}\s?\S/u

/** What the line is called if it is a header line of a quoted original; its value follows the colon. */
export function headerKindsOf(plain: string): readonly HeaderKind[] | undefined {
  const colon = plain.slice(0, 60).search(/[:：]/)
  if (colon < 1) return undefined
  const name = plain
    .slice(0, colon)
    .replace(/[*_•·|]/g, ' ')
    .trim()
    .replace(/\s+/g, ' ')
    .toLowerCase()
  return KINDS_OF_NAME.get(name)
}

const within = (kind: HeaderKind) =>
  new RegExp(`(?<=^|\\s|\\*)(?:${alternation(kind)})\\s?\\*?\\s?[:：]\\*?\\s?`, 'giv')
export const HEADER_WITHIN = {
  from: within('from'),
  date: within('date'),
  to: within('to'),
  subject: within('subject'),
}

export const startsAsFooter = startsWithOneOf(wordsOf('footers'))
export const startsAsNotice = startsWithOneOf(wordsOf('notices'))

const TIME = '\\d{1,2}\\s?[:.h時时]\\s?\\d{2}'
const DAY = '\\d{1,4}[\\/.\\-]\\s?\\d{1,2}[\\/.\\-]\\s?\\d{1,4}'
const YEAR = '(?<!\\d)(?:19|20|24|25)\\d{2}(?!\\d)'
export const DATE_OR_TIME = new RegExp(`${TIME}|${DAY}|${YEAR}|\\d\\s?[年月日년월일]`, 'v')
export const FULL_DATE = new RegExp(`${DAY}|${YEAR}|\\d\\s?[月월]`, 'v')

/** An `@` between two characters of an address, found without a pattern that could run twice over a long line. */
export function hasAddress(text: string): boolean {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1))
    if (at > 0 && /[^\s<>@,;:]/.test(text[at - 1] as string) && /[\p{L}\p{N}]/u.test(text[at + 1] ?? '')) return true
  return false
}
