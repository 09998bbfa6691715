import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { firstWords, getOrMake, type Phrase, parsePhrases } from './phrases.ts'

/** What a phrase means in a reply; languages/README.md explains each to those who write the files. */
export const MEANINGS = [
  'auto_reply',
  'auto_reply_hints',
  'unsubscribe',
  'questions',
  'conditions',
  'hedges',
  'concerns',
  'reported',
  'but',
  'people',
  'pronouns',
  'requests',
  'changes',
  'times',
  'reasons',
  'later',
  'receipts',
  'qualifiers',
  'nods',
  'ok_alone',
  'decline',
  'confirm',
  'decline_short',
  'confirm_short',
  'wishes',
  'no',
  'yes',
  'no_alone',
  'yes_alone',
  'negations',
  'sign_offs',
  'greetings',
  'regrets',
  'farewells',
  'polite',
  'harmless',
  'polite_openers',
  'openers',
  'and',
  'fillers',
] as const
export type Meaning = (typeof MEANINGS)[number]

export interface Entry {
  meaning: Meaning
  /** Of two phrases of one length the one with the lower rank counts. */
  rank: number
  phrase: Phrase
}

export interface Language {
  tag: string
  /** Words not understood that may stand beside an explicit answer. */
  tolerates: { confirm: number; decline: number }
  /** By the keys of the words it can begin with (phrases.ts). */
  byFirst: Map<string, Entry[]>
  /** Phrases that begin with an open word. */
  anyFirst: Entry[]
}

export interface LanguageFile extends Partial<Record<Meaning, string[]>> {
  sets?: Record<string, string>
  /** Words that mean something else without their accents: those must have them. */
  accents_matter?: string[]
  tolerates: { confirm: number; decline: number }
  examples: {
    acts: { confirm: string[]; decline: string[] }
    /** Left to a person, with the guess they see; `any`: whatever the guess. */
    waits: Partial<Record<string, string[]>>
  }
}

const FOLDER = new URL('./languages/', import.meta.url)

export const languageTags = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length))
  .sort((a, b) => Number(b === 'en') - Number(a === 'en') || a.localeCompare(b))

export function readLanguageFile(tag: string): LanguageFile {
  return parse(readFileSync(new URL(`${tag}.yaml`, FOLDER), 'utf8')) as LanguageFile
}

function openLanguage(tag: string): Language {
  const file = readLanguageFile(tag)
  const language: Language = { tag, tolerates: file.tolerates, byFirst: new Map(), anyFirst: [] }
  const grammar = {
    sets: file.sets ?? {},
    strict: new Set(file.accents_matter),
    known: { sets: new Map(), words: new Map() },
  }
  for (const meaning of MEANINGS) {
    for (const written of file[meaning] ?? []) {
      for (const phrase of parsePhrases(String(written), grammar)) {
        const entry = { meaning, rank: MEANINGS.indexOf(meaning), phrase }
        const first = firstWords(phrase)
        if (!first) language.anyFirst.push(entry)
        else for (const word of first) getOrMake(language.byFirst, word).push(entry)
      }
    }
  }
  return language
}

let opened: readonly Language[] | undefined

/** All of them, made once when first asked for. English first: it is the language our own mail asks in. */
export function openLanguages(): readonly Language[] {
  opened ??= languageTags.map(openLanguage)
  return opened
}
