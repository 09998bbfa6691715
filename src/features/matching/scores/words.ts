import { nameLanguage, parseLanguage } from '../../../lib/languages.ts'
import type { Criterion, Relation } from './hierarchy.ts'

/**
 * Everything that is said of a pair, in English: one function a sentence, so that another language is another object of
 * this shape. What two people both do is a verb phrase without a subject, which serves directors ("Both work in academic
 * libraries") and the introduction ("You both work in academic libraries and …") alike.
 */
export interface PairWords {
  bothChose(choice: string, label: string): string
  bothInterestedIn(choices: readonly string[], label: string, interests: boolean): string
  bothAwake(hours: number): string
  bothWriteIn(language: string): string
  both(verbPhrase: string): string
  choicesDiffer(one: string, two: string, label: string, near: boolean): string
  stepsApart(one: string, two: string, steps: number): string
  nothingShared(label: string): string
  awakeTogether(hours: number): string
  writeIn(name: string, language: string, other: string, otherLanguage: string): string
  notTold(names: readonly string[], label: string): string
  wishedFor(name: string, partner: string, relation: Relation, about: Criterion | undefined, met: Met): string
  wishedChoices(
    name: string,
    partner: string,
    wished: readonly string[],
    found: readonly string[],
    told: boolean,
  ): string
  forbidden: {
    same: string
    country(name: string): string
    region(name: string): string
    institution(name: string): string
    role(name: string): string
    former: string
    banned: string
    conduct(name: string): string
    no_role(name: string): string
  }
  summary(verbPhrases: readonly string[]): string
}

export type Met = 'fully' | 'partly' | 'not' | 'unknown'

/** The programme's own choices as something two people do; other choices are quoted. By their texts without brackets. */
const DO = new Map([
  ['academic / university', 'work in academic libraries'],
  ['public', 'work in public libraries'],
  ['special', 'work in special libraries'],
  ['school', 'work in school libraries'],
  ['national or state', 'work in national or state libraries'],
  ['lis student', 'study library and information science'],
  ['archives or museum', 'work in archives or museums'],
  ['vendor or association', 'work for vendors or associations'],
  ['student', 'are students'],
  ['early career', 'are early-career professionals'],
  ['mid career', 'are mid-career professionals'],
  ['experienced', 'have long experience in the profession'],
  ['retired', 'are retired'],
])

const MOST_NAMED = 4

export const ENGLISH: PairWords = {
  bothChose: (choice, label) => DO.get(short(choice).toLowerCase()) ?? `chose “${choice}” for ${lower(label)}`,
  bothInterestedIn: (choices, label, interests) =>
    interests ? `are interested in ${named(choices)}` : `chose ${named(choices)} for ${lower(label)}`,
  bothAwake: (hours) => `are awake at the same time for about ${hours} ${hours === 1 ? 'hour' : 'hours'} a day`,
  bothWriteIn: (language) => `write in ${languageName(language)}`,
  both: (verbPhrase) => `Both ${verbPhrase}`,
  choicesDiffer: (one, two, label, near) =>
    near ? `${label}: ${short(one)} and ${short(two)} are near` : `${label}: ${short(one)} and ${short(two)} differ`,
  stepsApart: (one, two, steps) =>
    `${capital(short(one))} and ${short(two)} are ${steps === 1 ? 'one step' : `${steps} steps`} apart`,
  nothingShared: (label) => `${label}: nothing in common`,
  awakeTogether: (hours) =>
    hours === 0 ? 'They are never awake at the same time' : ENGLISH.both(ENGLISH.bothAwake(hours)),
  writeIn: (name, language, other, otherLanguage) =>
    `${name} writes in ${languageName(language)}, ${other} in ${languageName(otherLanguage)}`,
  notTold: (names, label) => `${label}: not known of ${list(names)}, so it speaks neither for nor against`,
  wishedFor(name, partner, relation, about, met) {
    const label = about === undefined ? 'answer' : lower(labelOf(about))
    const wish = WISHES[relation](label, about?.kind === 'scale' && about.answer === 'career_stage')
    return `${name} wished for ${wish}, ${MET[met](partner)}`
  },
  wishedChoices(name, partner, wished, found, told) {
    const wish = `${name} wished for ${named(wished)}`
    if (!told) return `${wish}; what ${partner} would choose is not known`
    if (found.length === 0) return `${wish}, which ${partner} does not have`
    return found.length === wished.length ? `${wish}, which ${partner} has` : `${wish}; ${partner} has ${named(found)}`
  },
  forbidden: {
    same: 'Nobody is their own partner',
    country: (name) => `Both live in ${name}`,
    region: (name) => `Both live in the same region: ${name}`,
    institution: (name) => `Both work at the same institution: ${name}`,
    role: (name) => (name === 'mentor' ? 'Both are mentors' : 'Both are protégés'),
    former: 'They were partners in an earlier round',
    banned: 'A director ruled this pair out',
    conduct: (name) => `${name} has not agreed to the code of conduct`,
    no_role: (name) => `${name} is neither a mentor nor a protégé`,
  },
  summary(verbPhrases) {
    if (verbPhrases.length === 0) return 'Your answers have little in common, so there is much to tell each other.'
    const said = list(verbPhrases)
    return said.startsWith('are ') ? `You are both ${said.slice('are '.length)}.` : `You both ${said}.`
  },
}

const WISHES: Record<Relation, (label: string, career: boolean) => string> = {
  any: () => 'any partner',
  same: (label) => `a partner of the same ${label}`,
  different: (label) => `a partner of another ${label}`,
  similar: (label) => `a partner of a similar ${label}`,
  more: (label, career) => (career ? 'a more experienced partner' : `a partner further up in ${label}`),
  less: (label, career) => (career ? 'a less experienced partner' : `a partner further down in ${label}`),
}

const MET: Record<Met, (partner: string) => string> = {
  fully: (partner) => `which ${partner} is`,
  partly: (partner) => `which ${partner} nearly is`,
  not: (partner) => `which ${partner} is not`,
  unknown: () => 'which cannot be told',
}

/** What people read for a criterion: its label, or its key in words. */
export function labelOf({ label, key }: Pick<Criterion, 'label' | 'key'>): string {
  return label ?? capital(key.replaceAll('_', ' '))
}

/** "a, b and c"; with a comma before the last "and" where an item has one of its own: "a, and b and c". */
export function list(items: readonly string[]): string {
  const [first = '', second] = items
  if (second === undefined) return first
  const and = items.some((item) => item.includes(' and ')) ? ', and ' : ' and '
  return `${items.slice(0, -1).join(', ')}${and}${items.at(-1)}`
}

/** Choices within a sentence: small letters, brackets left out, the first few. */
function named(choices: readonly string[]): string {
  const shown = choices.slice(0, MOST_NAMED).map(short)
  const more = choices.length - shown.length
  return list(more > 0 ? [...shown, `${more} more`] : shown)
}

function short(choice: string): string {
  return lower(choice.replace(/\s*\([^()]*\)/g, '').trim() || choice)
}

/** A small first letter, except for an abbreviation or a name in capitals. */
function lower(text: string): string {
  return /^\p{Lu}(?!\p{Lu})/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}

/** Names of languages, which take long to look up. A cache of constants, not state. */
const languageNames = new Map<string, string>()

/** What is no language tag is said as it stands. */
function languageName(tag: string): string {
  const name = languageNames.get(tag) ?? (parseLanguage(tag) === undefined ? tag : nameLanguage(tag))
  languageNames.set(tag, name)
  return name
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
