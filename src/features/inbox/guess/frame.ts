import type { Reading, Segment } from './reading.ts'
import type { Word } from './text.ts'

/** What a clause is for in a letter, before anybody asks what it answers. */
export type ClauseRole = 'greeting' | 'sign_off' | 'signature' | 'name' | 'opener' | 'body'

export interface FramedClause {
  reading: Reading
  role: ClauseRole
  /** Words that mean nothing to us and are no names. */
  unknown: number
}

const MOST_NAMES = 4
const MOST_WORDS_OF_NAME = 5
const MOST_BEHIND_OPENER = 14
const SIGNATURE_LINES = 8
/** A signature line that begins with a small letter may be a name in a hurry, a longer one is a sentence. */
const MOST_SMALL_NAMES = 2
/** Characters of a joined script that weigh as much as a word. */
const JOINED_PER_WORD = 2

const NEUTRAL = new Set<Segment['meaning']>([
  'harmless',
  'regrets',
  'farewells',
  'polite',
  'nods',
  'ok_alone',
  'sign_offs',
  'greetings',
  'polite_openers',
  'openers',
  'and',
  'fillers',
])
const ANSWERS = new Set<Segment['meaning']>([
  'yes',
  'no',
  'confirm',
  'confirm_short',
  'decline',
  'decline_short',
  'wishes',
])

export const isNeutral = (segment: Segment) => NEUTRAL.has(segment.meaning)
export const isAnswer = (segment: Segment) => ANSWERS.has(segment.meaning)
const isUnknown = (segment: Segment) => segment.meaning === 'unknown'
const isBare = (segment: Segment) => isUnknown(segment) || isNeutral(segment)
/** Looking forward to April, thanking you and us for what was: none of these is a risk there. */
const FINE_BEHIND_OPENER = new Set<Segment['meaning']>(['pronouns', 'reported', 'times', 'number', 'changes', 'wishes'])

/** Begin a clause that is harmless to its end. */
export const OPENERS = new Set<Segment['meaning']>(['openers', 'polite_openers', 'farewells'])

export function countUnknown(segments: readonly Segment[]): number {
  const unknown = segments.filter(isUnknown)
  const joined = unknown.filter((segment) => segment.words[0]?.joined).length
  return unknown.length - joined + Math.ceil(joined / JOINED_PER_WORD)
}

/**
 * Greeting, sign-off, names and signature, found by their place: a name is understood only where names stand. Lines
 * under a sign-off may hold words, numbers and links we do not know, never an answer or a risk.
 */
export function frameClauses(readings: readonly Reading[]): FramedClause[] {
  let signOffLine: number | undefined
  const lastLine = readings.at(-1)?.line ?? 0
  const framed: FramedClause[] = []
  for (const [at, reading] of readings.entries()) {
    if (reading.segments.length === 0 && !reading.asks) continue
    let role = roleOf(reading)
    const before = framed.at(-1)
    const behindFrame = before !== undefined && (FRAME.has(before.role) || isPolite(before))
    const isPlaced = behindFrame || isCased(reading.segments) || standsAlone(reading, readings)
    if (role === 'name' && (!isPlaced || goesOn(readings[at + 1]))) role = 'body'
    const isBelow = signOffLine !== undefined && reading.line > signOffLine
    if (isBelow && lastLine - (signOffLine ?? 0) <= SIGNATURE_LINES && isSignature(reading)) role = 'signature'
    if (isLastName(reading, readings, before)) role = 'name'
    // "Regards, Jan": a month is a name there.
    if (before?.role === 'sign_off' && isMonthName(reading)) role = 'name'
    const isNameLine = role === 'name' && reading.line !== readings[0]?.line
    if (role === 'sign_off' || isNameLine) signOffLine ??= reading.line
    framed.push({ reading, role, unknown: role === 'body' ? countUnknown(reading.segments) : 0 })
  }
  return framed
}

function roleOf({ segments, asks }: Reading): ClauseRole {
  if (asks) return 'body'
  const unknown = countUnknown(segments)
  const first = segments.find((segment) => segment.meaning !== 'and' && segment.meaning !== 'fillers')?.meaning
  const isOpener = first !== undefined && OPENERS.has(first) && unknown <= MOST_BEHIND_OPENER
  if (isOpener && segments.every((one) => isBare(one) || FINE_BEHIND_OPENER.has(one.meaning))) return 'opener'
  if (!segments.every((one) => isBare(one) || one.meaning === 'pronouns')) return 'body'
  const closes = first === 'sign_offs' || segments.at(-1)?.meaning === 'sign_offs'
  if (closes && unknown <= MOST_NAMES) return 'sign_off'
  if (segments.some((segment) => segment.meaning === 'greetings') && unknown <= MOST_NAMES) return 'greeting'
  if (unknown > 0 && unknown <= MOST_NAMES && namesOnly(segments)) return 'name'
  return 'body'
}

/** Names that are words of a risk elsewhere. */
const NAMES = new Set(
  'may april june jan august sunday hope faith grace joy kim can mai mei jo nur sin yee will bill mark'.split(' '),
)

/** The last line, below thanks or a blank line, with nothing but names in it: "Sunday Okafor", "Ana de la Cruz". */
function isLastName(reading: Reading, readings: readonly Reading[], before: FramedClause | undefined): boolean {
  const { segments, asks, line } = reading
  if (asks || !before || reading !== readings.at(-1) || !standsAlone(reading, readings)) return false
  const isBelow = isPolite(before) || FRAME.has(before.role) || line > before.reading.line + 1
  const words = segments.flatMap((segment) => segment.words)
  const isName = (segment: Segment) =>
    segment.words.every((word) => (word.title ? isUnknown(segment) || NAMES.has(word.text) : isOfTitle(word)))
  return isBelow && words.length <= MOST_WORDS_OF_NAME && words[0]?.title === true && segments.every(isName)
}

const isMonthName = ({ segments, asks }: Reading) =>
  !asks &&
  segments.length <= MOST_NAMES &&
  segments.every(({ meaning, words }) => (meaning === 'times' || meaning === 'unknown') && words[0]?.title)

const FRAME = new Set<ClauseRole>(['sign_off', 'greeting', 'name'])
/** "Thanks, Noa". */
const isPolite = ({ reading: { segments } }: FramedClause) => segments.every(({ meaning }) => meaning === 'polite')
/** "Ahmed and I will take part": who is named there takes part. */
const goesOn = (next: Reading | undefined) => next?.segments[0]?.meaning === 'and' && next.segments.some(isAnswer)

/** Scripts without capitals show no names: there a name is a line of its own below the first. */
function standsAlone(reading: Reading, readings: readonly Reading[]): boolean {
  if (reading.line === readings[0]?.line) return false
  return readings.every((other) => other === reading || other.line !== reading.line)
}

const isCased = (segments: readonly Segment[]) =>
  segments.some(({ words }) => words.some((word) => /[\p{Lu}\p{Ll}]/u.test(word.raw)))

/** Short and in title case; in scripts without capitals only short. */
function namesOnly(segments: readonly Segment[]): boolean {
  if (!segments.every((segment) => isUnknown(segment) || segment.meaning === 'fillers' || segment.meaning === 'and'))
    return false
  const words = segments.flatMap((segment) => segment.words)
  if (words[0]?.joined) return words.length <= 6
  if (words.length > MOST_NAMES) return false
  const cased = words.filter((word) => /[\p{Lu}\p{Ll}]/u.test(word.raw))
  return cased.length > 0 ? cased.every((word) => word.title || /^\p{Lu}+$/u.test(word.raw)) : words.length <= 3
}

/** "Ministry of Health", "HR Officer". */
const isOfTitle = ({ raw, title }: Word) =>
  title || /^\p{Lu}+$|^(?:of|de|la|las|los|van|von|bin|al|el|for|and|du|des|der|di|da|dos)$/u.test(raw)
const isContact = (segment: Segment | undefined) => segment?.meaning === 'number' || segment?.meaning === 'link'

/** No answer and no risk, but for what names look like ("May Chen", "Jan") in a line of nothing but capitalised words. */
function isSignature({ segments, asks }: Reading): boolean {
  if (asks) return false
  const plain = (segment: Segment, at: number) => isBare(segment) || isContact(segment) || isContact(segments[at + 1])
  const startsSmall = /^\p{Ll}/u.test(segments[0]?.words[0]?.raw ?? '')
  if (segments.every(plain)) return !startsSmall || countUnknown(segments) <= MOST_SMALL_NAMES
  const words = segments.flatMap((segment) => segment.words)
  if (words.length === 1) return segments[0]?.meaning === 'times' && words[0]?.title === true
  // "Ana No", "Dr. Hans Nein": an answer is no answer behind a name.
  const named = segments.findIndex(isUnknown)
  const isNamed = named >= 0 && !segments.slice(0, named).some(isAnswer)
  return words.length <= 5 && words.every(isOfTitle) && (isNamed || !segments.some(isAnswer))
}
