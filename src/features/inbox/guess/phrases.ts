import { cutClauses, plainForm, type Word, withoutAccents } from './text.ts'

/**
 * Phrases as speakers write them in the language files: `i (can|will) [still] take part`, `<set>` for a named choice,
 * `word*` for every word that begins so and `*word` for every one that ends so.
 */
export type Phrase = Part[]
type Part = WordPart | Choices
interface WordPart {
  word: string
  bare: string
  open: 'no' | 'end' | 'start'
  strict: boolean
}
/** Kept by the keys of their first words, so that a long list costs no more than a short one. */
interface Choices {
  byFirst: ReadonlyMap<string, Phrase[]>
  /** Those that may begin with any word or have none. */
  always: Phrase[]
}

export interface Grammar {
  sets: Record<string, string>
  /** Words that mean something else without their accents. */
  strict: ReadonlySet<string>
  /** Sets and words read so far: each is named many times. */
  known: { sets: Map<string, Choices>; words: Map<string, WordPart[]> }
}

/** The phrases of a line, which `|` parts. */
export function parsePhrases(written: string, grammar: Grammar): Phrase[] {
  const pieces = written.match(/[()[\]|]|<[a-z_]+>|[^()[\]|<>\s]+/gu) ?? []
  let at = 0
  const choices = (end: string | undefined): Phrase[] => {
    const found: Phrase[] = [[]]
    for (;;) {
      const piece = pieces[at++]
      if (piece === end) return found
      if (piece === undefined || piece === ')' || piece === ']') throw new Error(`Brackets do not match: ${written}`)
      const last = found.at(-1) as Phrase
      if (piece === '|') found.push([])
      else if (piece === '(') last.push(choicesOf(choices(')')))
      else if (piece === '[') last.push(choicesOf([...choices(']'), []]))
      else if (piece.startsWith('<')) last.push(namedSet(piece.slice(1, -1), grammar, written))
      else last.push(...wordsOf(piece, grammar))
    }
  }
  return choices(undefined)
}

function namedSet(name: string, grammar: Grammar, written: string): Choices {
  const known = grammar.known.sets.get(name)
  if (known) return known
  const set = grammar.sets[name]
  if (set === undefined) throw new Error(`No set is called <${name}>: ${written}`)
  const found = choicesOf(parsePhrases(set, grammar))
  grammar.known.sets.set(name, found)
  return found
}

function wordsOf(piece: string, { known, strict }: Grammar): WordPart[] {
  const found = known.words.get(piece) ?? readWords(piece, strict)
  known.words.set(piece, found)
  return found
}

function readWords(piece: string, strict: ReadonlySet<string>): WordPart[] {
  const open = piece.endsWith('*') ? 'end' : piece.startsWith('*') ? 'start' : 'no'
  if (open !== 'no') {
    // The mark stands for the letters to come: an apostrophe beside it stays.
    const word = plainForm(`${piece.replaceAll('*', '')}x`).slice(0, -1)
    return [{ word, bare: withoutAccents(word), open, strict: false }]
  }
  const words = cutClauses(piece).flatMap((clause) => clause.words)
  return words.map(({ text, bare }) => ({ word: text, bare, open, strict: strict.has(text) }))
}

/** The furthest place a match can end at; -1: none. */
export function matchPhrase(phrase: Phrase, words: readonly Word[], at: number): number {
  const [only] = phrase
  if (phrase.length === 1 && only && !('byFirst' in only)) return fits(only, words[at]) ? at + 1 : -1
  return Math.max(-1, ...endsOf(phrase, words, at))
}

function endsOf(phrase: Phrase, words: readonly Word[], at: number): number[] {
  let ends = [at]
  for (const part of phrase) {
    const next: number[] = []
    for (const end of ends) {
      if (!('byFirst' in part)) {
        if (fits(part, words[end])) next.push(end + 1)
        continue
      }
      for (const choice of choicesAt(part, words[end])) {
        for (const to of endsOf(choice, words, end)) if (!next.includes(to)) next.push(to)
      }
    }
    if (next.length === 0) return next
    ends = next
  }
  return ends
}

/** A word with its accents must have the right ones; a word without may lack them. */
function fits(part: WordPart, word: Word | undefined): boolean {
  if (word === undefined || word.kind === 'link') return false
  if (part.open === 'end') return word.bare.startsWith(part.bare)
  if (part.open === 'start') return word.bare.endsWith(part.bare)
  return word.text === part.word || (!part.strict && word.text === word.bare && word.bare === part.bare)
}

const STEM = 2

/** Where phrases that could begin with a word are kept: under the word, or under its first letters for open words. */
export function keysOf(bare: string): string[] {
  return [bare, `${bare.slice(0, STEM)}*`, `${bare.slice(0, 1)}*`]
}

/** The keys of the words a match can begin with; undefined: any, or the phrase may be empty. */
export function firstWords(phrase: Phrase): Set<string> | undefined {
  const found = new Set<string>()
  for (const part of phrase) {
    if (!('byFirst' in part)) {
      if (part.open === 'start') return undefined
      return found.add(part.open === 'end' ? `${part.bare.slice(0, STEM)}*` : part.bare)
    }
    for (const key of part.byFirst.keys()) found.add(key)
    if (part.always.some((choice) => choice.length > 0)) return undefined
    if (part.always.length === 0) return found
  }
  return undefined
}

function choicesOf(choices: Phrase[]): Choices {
  const byFirst = new Map<string, Phrase[]>()
  const always: Phrase[] = []
  for (const choice of choices) {
    const first = firstWords(choice)
    if (!first) always.push(choice)
    else for (const key of first) getOrMake(byFirst, key).push(choice)
  }
  return { byFirst, always }
}

function choicesAt({ byFirst, always }: Choices, word: Word | undefined): Phrase[] {
  if (word === undefined) return always
  return [...always, ...keysOf(word.bare).flatMap((key) => byFirst.get(key) ?? [])]
}

/** The list under a key, made when it is not there. */
export function getOrMake<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const list = lists.get(key) ?? []
  if (list.length === 0) lists.set(key, list)
  return list
}
