import type { MatchingSettings } from '../../features/matching/index.ts'
import { countryName } from '../../lib/countries.ts'
import { nameOf, type Tone } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'

/** The words of matching on pages. Scores come in basis points: 7843 is 78.4 %. */

type Policy = MatchingSettings['policy']
type Mode = MatchingSettings['mode']

/** What is to be best, after as many people as possible. */
export const POLICIES: Record<Policy, { name: string; words: string }> = {
  floor: {
    name: 'No weak pairs',
    words: 'As many people as possible, then the best possible worst pair, then the highest total.',
  },
  total: { name: 'Highest total', words: 'As many people as possible, then the highest total.' },
  balanced: {
    name: 'In balance',
    words:
      'As many people as possible, then a high total, in which what a pair lacks counts the more, the weaker it is.',
  },
}

export const MODES: Record<Mode, { name: string; words: string }> = {
  pairs: { name: 'Pairs', words: 'Everybody gets one partner.' },
  mentors: { name: 'Mentors and protégés', words: 'A mentor takes as many protégés as their form says, or one.' },
  groups: { name: 'Small groups', words: 'Everybody is in one group. The best groups cannot be proven, only bounded.' },
}

export const ODD_ONES: Record<MatchingSettings['odd_one'], { name: string; words: string }> = {
  trio: { name: 'Joins a pair', words: 'With an odd number one pair becomes three, if all three may be partners.' },
  stand_in: { name: 'Stands in', words: 'With an odd number one waits, and steps in when somebody drops out.' },
}

export const RUN_STATES: Record<string, { text: string; tone: Tone }> = {
  waiting: { text: 'waiting', tone: 'wait' },
  running: { text: 'running', tone: 'info' },
  done: { text: 'done', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  cancelled: { text: 'cancelled', tone: 'quiet' },
}

/** "78.4 %", of what a pair can reach. */
export const percent = (basisPoints: number): string => `${(basisPoints / 100).toFixed(1)}\u00a0%`

/** A sum of scores, in which a pair of 100 % counts as one: such as "455.4". */
export const total = (basisPoints: number): string =>
  (basisPoints / 10_000).toLocaleString('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** What becomes of it, with its sign: "+4.2 %", "−0.4 %". */
export function signed(value: number, unit: string, digits = 1): string {
  const text = `${Math.abs(value).toFixed(digits)}${unit}`
  return Number(text.replace(unit, '')) === 0 ? `±0${unit}` : `${value < 0 ? '−' : '+'}${text}`
}

export const people = (count: number): string => `${formatCount(count)} ${count === 1 ? 'person' : 'people'}`

/** What a run makes of people: pairs, places with a mentor, or groups. */
export function madeOf(mode: Mode, count: number): string {
  const [one, many] = UNITS[mode]
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

export const UNITS: Record<Mode, [one: string, many: string]> = {
  pairs: ['pair', 'pairs'],
  mentors: ['pair', 'pairs'],
  groups: ['group', 'groups'],
}

export interface PersonView {
  id: number
  /** '' for who may not see it. */
  href: string
  name: string
  country: string
}

/** @param sees whether who looks may see people's pages */
export function presentPerson(
  person: { person_id: number; given_name: string; family_name: string; country_code: string },
  sees = true,
): PersonView {
  return {
    id: person.person_id,
    href: sees ? `/console/participants/${person.person_id}` : '',
    name: nameOf(person),
    country: countryName(person.country_code),
  }
}
