/**
 * What a reply to our confirmation request says. Owns the rules, as data in languages/, one file a language with its
 * examples. Guarantees: pure; linear in the length of the text; `acts` only on an explicit, unconditional, first-person
 * answer about this round, with nothing beside it that the rules do not understand and that could matter. It does not cut
 * quotes away (lib/reply-text), and what a person is told or what changes is not decided here.
 */

import type { Evidence, Side } from './evidence.ts'
import { frameClauses } from './frame.ts'
import type { Guess, Say } from './guess.ts'
import { weighClauses } from './judge.ts'
import { type Language, openLanguages } from './languages.ts'
import { guessLanguages, type Reading, readClauses, type Segment } from './reading.ts'
import { type Clause, cutClauses, plainForm, type Word } from './text.ts'
import { sayUndecided } from './undecided.ts'

export type { Decision, Guess } from './guess.ts'

export interface ReplyInput {
  /** What the writer wrote now, quotes and footers cut away. */
  visible: string
  subject?: string | undefined
  had_quote?: boolean
  /** What the round of the request is called, such as "2016A" and "Spring 2016": naming it is then no other round. */
  round?: readonly string[] | undefined
}

/** More than this no answer has: it is left to a person, read only so far. */
const MOST_CHARACTERS = 2_000
const MOST_LINES = 60
const MOST_WORDS = 400
/** An answer without a whole sentence of agreement or refusal is short. */
const MOST_WORDS_WEAK = 45
const MOST_CANDIDATES = 5
/** So few words that several languages can understand all of them. */
const MOST_WORDS_SHARED = 3

export function guessReply(input: ReplyInput): Guess {
  // Cut before anything that takes time in the length of the text.
  const head = input.visible.trimEnd().slice(0, MOST_CHARACTERS)
  const visible = head.normalize('NFC').split('\n').slice(0, MOST_LINES).join('\n')
  const isShort = head.length === input.visible.trimEnd().length && head.split('\n').length <= MOST_LINES
  const all = cutClauses(visible)
  const clauses = firstClauses(all)
  const subject = cutClauses((input.subject ?? '').normalize('NFC').slice(0, 300))
  const roundNames = (input.round ?? []).map((name) =>
    cutClauses(name).flatMap(({ words }) => words.map(({ raw }) => plainForm(raw))),
  )

  const languages = openLanguages()
  const candidates = guessLanguages(clauses, languages).slice(0, MOST_CANDIDATES)
  const guesses = candidates.map((language) => {
    const spoken = language.tag === 'en' ? [language] : [language, ...languages.slice(0, 1)]
    const readings = readClauses(clauses, spoken, roundNames)
    const subjects = readClauses(subject, [...languages], roundNames)
    return judge({
      readings,
      subjects,
      language,
      text: visible,
      isWhole: isShort && clauses.length === all.length,
      had_quote: input.had_quote ?? false,
    })
  })
  const [first] = guesses as [Guess]
  if (guesses.length === 1) return first
  return settle(
    guesses,
    clauses.reduce((sum, { words }) => sum + words.length, 0),
  )
}

/** As many as MOST_WORDS holds; none when the first is longer. */
function firstClauses(clauses: Clause[]): Clause[] {
  let left = MOST_WORDS
  const tooMany = clauses.findIndex(({ words }) => {
    left -= words.length
    return left < 0
  })
  return tooMany < 0 ? clauses : clauses.slice(0, tooMany)
}

/** "No" is a word of many languages: it counts when no language that reads it as well says the opposite. */
function settle(guesses: Guess[], words: number): Guess {
  const acting = guesses.filter(({ acts }) => acts)
  const language = guesses[0]?.language === 'en' ? 'en' : null
  const sides = new Set(guesses.map(({ decision }) => decision).filter((one) => one === 'confirm' || one === 'decline'))
  // "Tak" is yes in Polish and thanks in Danish: a language that takes the words for politeness is no stranger.
  const strangers = guesses.filter(
    ({ acts, decision, words: polite }) =>
      !acts && (decision === 'other' || (decision === 'empty' && polite.length === 0)),
  )
  const isShared = words <= MOST_WORDS_SHARED && acting.length + strangers.length === guesses.length
  const agreed = sides.size === 1 && (acting.length === guesses.length || isShared)
  if (acting[0] && agreed) return { ...acting[0], language }
  const careful = guesses.find(({ acts }) => !acts) ?? (guesses[0] as Guess)
  if (acting.length === 0) return { ...careful, language }
  return {
    ...careful,
    acts: false,
    language,
    confidence: 0.3,
    because: 'The words mean different things in several languages.',
  }
}

interface Read {
  readings: Reading[]
  subjects: Reading[]
  language: Language
  text: string
  isWhole: boolean
  had_quote: boolean
}

function judge(read: Read): Guess {
  const { readings, subjects, language } = read
  const say: Say = (decision, confidence, segments, because, acts = false) => ({
    decision,
    acts,
    confidence,
    words: spansOf(segments, read.text),
    language: language.tag,
    because,
  })

  const automatic = found(readings, 'auto_reply')
  const hints = found(readings, 'auto_reply_hints')
  const subjectIsAutomatic = found(subjects, 'auto_reply').length > 0
  if (automatic.length > 0 || subjectIsAutomatic || hints.length > 1) {
    const where = automatic.length + hints.length > 0 ? 'The text' : 'The subject'
    return say(
      'auto_reply',
      automatic.length > 0 || subjectIsAutomatic ? 0.93 : 0.8,
      [...automatic, ...hints],
      `${where} is that of an automatic answer.`,
    )
  }
  const leaving = found(readings, 'unsubscribe')
  if (leaving.length > 0) return say('unsubscribe', 0.9, leaving, 'The writer wants no more email from us.')

  const framed = frameClauses(readings)
  const evidence = weighClauses(framed)
  const subjectSide = answerInSubject(subjects)
  const side = clearSide(evidence)
  if (side) {
    const { strength, segments } = evidence.sides[side] as NonNullable<Evidence['sides'][Side]>
    const hindrance = hindranceTo(side, strength, evidence, read)
    const verb = side === 'confirm' ? 'agrees to take part' : 'declines'
    if (subjectSide && subjectSide !== side) {
      return say('mixed', 0.5, segments, `The text ${verb}, the subject says the opposite.`)
    }
    if (hindrance) return say(side, 0.6, segments, `The writer perhaps ${verb}, but the reply ${hindrance}.`)
    const confidence =
      strength === 'explicit' ? (evidence.unknown === 0 ? 0.98 : 0.94) : strength === 'keyword' ? 0.97 : 0.95
    return say(
      side,
      confidence,
      segments,
      `The writer ${verb} in plain words, and nothing else in the reply stands against it.`,
      true,
    )
  }
  return sayUndecided({ framed, evidence, say, subjectSide, had_quote: read.had_quote })
}

/** The one side that nothing speaks against. */
function clearSide({ sides, vetoes }: Evidence): Side | undefined {
  const clear = (['confirm', 'decline'] as const).filter((side) => sides[side] && vetoes[side].length === 0)
  if (clear.length !== 1) return undefined
  const side = clear[0] as Side
  // A wish to take part beside a bare "no" contradicts it; beside a whole sentence of refusal it is politeness.
  return sides[side === 'confirm' ? 'decline' : 'confirm'] && sides[side]?.strength !== 'explicit' ? undefined : side
}

function hindranceTo(side: Side, strength: string, evidence: Evidence, read: Read): string | undefined {
  if (!read.isWhole) return 'is too long to be read by rules'
  const tolerated = read.language.tolerates[side] / (strength === 'keyword' ? 2 : 1)
  if (evidence.unknown > (strength === 'weak' ? 0 : tolerated)) return 'says more that we cannot read'
  const strains =
    strength === 'explicit'
      ? []
      : side === 'decline'
        ? evidence.strains
        : evidence.strains.filter(({ meaning }) => meaning === 'fillers')
  if (strains.length > 0) return 'says more, which may be what the answer is about'
  const words = read.readings.reduce((sum, { segments }) => sum + segments.length, 0)
  if (strength === 'weak' && words > MOST_WORDS_WEAK) return 'is long for so short an answer'
  return undefined
}

/** An answer that is the whole subject; our own subject names both answers and is none. */
function answerInSubject(subjects: Reading[]): Side | undefined {
  const meanings = new Set(subjects.flatMap(({ segments }) => segments.map(({ meaning }) => meaning)))
  if (meanings.has('unknown')) return undefined
  const yes = meanings.has('yes') || meanings.has('confirm')
  const no = meanings.has('no') || meanings.has('decline')
  return yes === no ? undefined : yes ? 'confirm' : 'decline'
}

const found = (readings: readonly Reading[], meaning: Segment['meaning']) =>
  readings.flatMap(({ segments }) => segments.filter((segment) => segment.meaning === meaning))

const MOST_SPANS = 6

function spansOf(segments: readonly Segment[], text: string): string[] {
  const spans = segments.flatMap(({ words }) => {
    const [first, last] = [words[0], words.at(-1)] as [Word | undefined, Word | undefined]
    return first && last ? [text.slice(first.start, last.end)] : []
  })
  return [...new Set(spans)].slice(0, MOST_SPANS)
}
