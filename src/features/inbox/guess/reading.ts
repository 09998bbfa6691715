import type { Language, Meaning } from './languages.ts'
import { keysOf, matchPhrase } from './phrases.ts'
import type { Clause, Word } from './text.ts'

/** Words of a clause that mean something together; `unknown` means nothing to us. */
export interface Segment {
  meaning: Meaning | 'unknown' | 'number' | 'link' | 'yes_sign' | 'no_sign'
  words: Word[]
}

/** A clause, cut again at "and" and "but". */
export interface Reading {
  segments: Segment[]
  asks: boolean
  line: number
  sentence: number
}

const SIGNS = new Map<string, Segment['meaning']>([
  ...['😢', '😞', '😭', '😔', '🙁', '☹', '😟', '😥', '💔', ':('].map((sign) => [sign, 'regrets'] as const),
  ...['👍', '✅', '👌', '✔', '☑', '🆗'].map((sign) => [sign, 'yes_sign'] as const),
  ...['👎', '❌', '🚫', '✖', '🙅', '⛔'].map((sign) => [sign, 'no_sign'] as const),
  ...['🤔', '🤷', '😕', '❓', '❔'].map((sign) => [sign, 'hedges'] as const),
])

/** The longest phrase at every place, left to right; of equal ones the earlier language's, then the riskier. */
export function readClauses(
  clauses: readonly Clause[],
  spoken: readonly Language[],
  roundNames: readonly string[][],
): Reading[] {
  const greek = spoken.some((language) => language.tag === 'el')
  return clauses.flatMap((clause) =>
    splitReading(segmentsOf(clause.words, spoken, roundNames), {
      asks: clause.asks || (greek && clause.semicolon),
      line: clause.line,
      sentence: clause.sentence,
    }),
  )
}

function segmentsOf(words: readonly Word[], spoken: readonly Language[], roundNames: readonly string[][]): Segment[] {
  const segments: Segment[] = []
  for (let at = 0; at < words.length; ) {
    const named = lengthOfName(words, at, roundNames)
    const found = longestAt(words, at, spoken)
    const length = Math.max(1, named, found?.length ?? 0)
    const meaning = named >= (found?.length ?? 0) && named > 0 ? 'polite' : (found?.meaning ?? unknownWord(words[at]))
    if (meaning !== undefined) segments.push({ meaning, words: words.slice(at, at + length) })
    at += length
  }
  return segments
}

/** Of the longest of the names that stands here. */
function lengthOfName(words: readonly Word[], at: number, names: readonly string[][]): number {
  const here = names.filter((name) => name.every((part, offset) => words[at + offset]?.text === part))
  return Math.max(0, ...here.map((name) => name.length))
}

/** Undefined: an emoji that says nothing. */
function unknownWord(word: Word | undefined): Segment['meaning'] | undefined {
  if (word?.kind === 'emoji') return SIGNS.get(word.raw.replace(/^:.*\($/, ':('))
  return word?.kind === 'number' || word?.kind === 'link' ? word.kind : 'unknown'
}

/** What a language reads at a place; kept, since English is read beside every other language. */
type Found = { meaning: Meaning; length: number } | undefined
const read = new WeakMap<readonly Word[], Map<string, Found>>()

function longestAt(words: readonly Word[], at: number, spoken: readonly Language[]): Found {
  let best: Found
  for (const language of spoken) {
    const found = longestIn(words, at, language)
    if (found && found.length > (best?.length ?? 0)) best = found
  }
  return best
}

function longestIn(words: readonly Word[], at: number, language: Language): Found {
  const known = read.get(words) ?? new Map<string, Found>()
  read.set(words, known)
  const key = `${language.tag} ${at}`
  if (!known.has(key)) known.set(key, searchAt(words, at, language))
  return known.get(key)
}

/** A word that answers only alone comes before all else when it is alone in its clause. */
function searchAt(words: readonly Word[], at: number, language: Language): Found {
  let best: { meaning: Meaning; length: number; rank: number } | undefined
  const lists = keysOf(words[at]?.bare ?? '').map((key) => language.byFirst.get(key) ?? [])
  for (const entries of [...lists, language.anyFirst]) {
    for (const { meaning, rank, phrase } of entries) {
      const length = matchPhrase(phrase, words, at) - at
      if (length <= 0 || length < (best?.length ?? 0)) continue
      if (meaning === 'yes_alone' || meaning === 'no_alone') {
        if (length === words.length) return { meaning: meaning === 'yes_alone' ? 'yes' : 'no', length }
      } else if (!best || length > best.length || rank < best.rank) best = { meaning, length, rank }
    }
  }
  return best
}

function splitReading(segments: Segment[], place: Omit<Reading, 'segments'>): Reading[] {
  const readings: Reading[] = [{ segments: [], ...place }]
  for (const segment of segments) {
    if (segment.meaning === 'and' || segment.meaning === 'but') {
      readings.push({ segments: [], ...place })
    }
    readings.at(-1)?.segments.push(segment)
  }
  return readings
}

const WORDS_LOOKED_AT = 150

/** The languages that understand most of a text, the best first: several when they understand it equally well. */
export function guessLanguages(clauses: readonly Clause[], known: readonly Language[]): Language[] {
  let left = WORDS_LOOKED_AT
  const looked = clauses.filter(({ words }) => {
    left -= words.length
    return left + words.length > 0
  })
  const scored = known.map((language) => ({ language, score: scoreOf(looked, language) }))
  const best = Math.max(...scored.map(({ score }) => score))
  if (best === 0) return known.slice(0, 1)
  return scored.filter(({ score }) => score === best).map(({ language }) => language)
}

function scoreOf(clauses: readonly Clause[], language: Language): number {
  let score = 0
  for (const { words } of clauses) {
    for (const segment of segmentsOf(words, [language], [])) {
      if (['unknown', 'number', 'link', 'yes_sign', 'no_sign'].includes(segment.meaning)) continue
      score +=
        segment.words.reduce((sum, word) => sum + Math.min(word.text.length, 5), 0) * Math.min(segment.words.length, 3)
    }
  }
  return score
}
