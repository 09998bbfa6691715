import type { MatchingApplicant } from '../../src/features/matching/scores/index.ts'
import { listCountryCodes } from '../../src/lib/countries.ts'

/** Texts of the programme's forms, with how many in a thousand gave them in seven rounds. */
const SECTORS: [string, number][] = [
  ['Academic / university', 388],
  ['Public', 214],
  ['Special (law, health, corporate)', 108],
  ['School', 94],
  ['National or state', 67],
  ['LIS student', 60],
  ['Archives or museum', 35],
  ['Vendor or association', 22],
  ['Other', 12],
]
const STAGES: [string, number][] = [
  ['Early career (0-5 years)', 378],
  ['Mid career (6-15 years)', 334],
  ['Experienced (16+ years)', 181],
  ['Student', 75],
  ['Prefer not to say', 20],
  ['Retired', 12],
]
const INTERESTS = [
  'Library spaces',
  'Management and leadership',
  'Advocacy',
  'Professional development',
  'Information literacy',
  'Research support',
  'Open access',
  'Digital libraries',
  'Metadata and cataloguing',
  'Collections',
  'Community engagement',
  'Children and youth',
  'Technology and systems',
  'Data and research data management',
  'Preservation',
  'User experience',
  'Copyright',
  'Multicultural services',
  'Health information',
  'Makerspaces',
]
const REQUESTS = [
  'Would like to visit Scandinavia next year',
  'Je préfère un partenaire francophone si possible',
  'Somebody in a law library if possible',
  'No preference, surprise me!',
]
const GIVEN = ['Amina', 'Mateo', 'Ingrid', 'Kenji', 'Thandi', 'Lucía', 'Oluwaseun', 'Mei', 'Anders', 'Farida', 'Zofia']
const FAMILY = ['Okafor', 'Silva', 'Nguyen', 'Haddad', 'Kowalska', 'Smith', 'Tanaka', 'Mbeki', 'Larsen', 'Rossi']

/** Countries with the most applicants, in a thousand; the others share what is left, ever fewer. */
const LARGEST: [string, number][] = [
  ['AU', 200],
  ['US', 165],
  ['GB', 125],
  ['CA', 55],
  ['NZ', 45],
  ['IN', 30],
]
const COUNTRIES = 95
const ZONES: Record<string, [string, number][]> = {
  AU: [
    ['Australia/Sydney', 40],
    ['Australia/Brisbane', 25],
    ['Australia/Adelaide', 15],
    ['Australia/Perth', 20],
  ],
  US: [
    ['America/New_York', 45],
    ['America/Chicago', 30],
    ['America/Denver', 8],
    ['America/Los_Angeles', 17],
  ],
  CA: [
    ['America/Toronto', 60],
    ['America/Edmonton', 20],
    ['America/Vancouver', 20],
  ],
}
const LANGUAGES: Record<string, string> = { FR: 'fr', ES: 'es', MX: 'es', AR: 'es', BR: 'pt-BR', EG: 'ar', DE: 'de' }

/**
 * Makes up applicants as the programme's forms bring them: 95 countries of which the largest has a fifth, half of the
 * people without wishes, one in twelve with a former partner. The same for the same seed; ids are 1 … n.
 */
export function makeUpApplicants(n: number, seed = 1): MatchingApplicant[] {
  const random = randomFrom(seed)
  const country = chooser(countryShares())
  const [sector, stage] = [chooser(SECTORS), chooser(STAGES)]
  const wishedSector = chooser([
    ['Same sector as mine', 47],
    ['A different sector', 53],
  ])
  const wishedStage = chooser([
    ['More experienced', 35],
    ['Similar to mine', 33],
    ['Less experienced', 32],
  ])
  const zoneOf = new Map(Object.entries(ZONES).map(([code, zones]) => [code, chooser(zones)]))
  const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item

  const people = Array.from({ length: n }, (_, at): MatchingApplicant => {
    const country_code = country(random())
    const zones = zoneOf.get(country_code)
    const wishes = random() < 0.5
    return {
      person_id: at + 1,
      given_name: oneOf(GIVEN),
      family_name: oneOf(FAMILY),
      country_code,
      language: LANGUAGES[country_code] !== undefined && random() < 0.4 ? LANGUAGES[country_code] : 'en',
      time_zone: zones !== undefined && random() < 0.7 ? zones(random()) : null,
      sector: sector(random()),
      career_stage: stage(random()),
      pathway: random() < 0.1 ? 'ALIA' : random() < 0.06 ? 'IRRT' : 'direct',
      special_request: random() < 0.12 ? oneOf(REQUESTS) : null,
      answers: {
        interests: some(INTERESTS, 2 + Math.floor(random() * 5), random),
        partner_sector: wishes && random() < 0.7 ? wishedSector(random()) : 'No preference',
        partner_career_stage: wishes && random() < 0.75 ? wishedStage(random()) : 'No preference',
        partner_interests: wishes && random() < 0.75 ? some(INTERESTS, 1 + Math.floor(random() * 3), random) : [],
        heard_through: 'A colleague',
        previous_round: random() < 0.2,
      },
      former_partner_ids: [],
    }
  })
  for (let pair = 0; pair < n / 25; pair++) {
    const [one, two] = [oneOf(people), oneOf(people)]
    if (one === two || one.former_partner_ids.length > 0 || two.former_partner_ids.length > 0) continue
    one.former_partner_ids.push(two.person_id)
    two.former_partner_ids.push(one.person_id)
  }
  return people
}

function countryShares(): [string, number][] {
  const largest = new Set(LARGEST.map(([code]) => code))
  const others = listCountryCodes()
    .filter((code) => !largest.has(code))
    // The list is in order of the alphabet: by steps, so that it is from everywhere.
    .filter((_, at) => at % 2 === 0)
    .slice(0, COUNTRIES - LARGEST.length)
  const left = 1000 - LARGEST.reduce((sum, [, share]) => sum + share, 0)
  const weights = others.map((_, at) => 1 / (at + 1) ** 0.8)
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  return [...LARGEST, ...others.map((code, at): [string, number] => [code, ((weights[at] ?? 0) / all) * left])]
}

/** Chooses by share, from a number below 1. */
function chooser(shares: readonly [string, number][]): (at: number) => string {
  const all = shares.reduce((sum, [, share]) => sum + share, 0)
  return (at) => {
    let left = at * all
    for (const [text, share] of shares) {
      left -= share
      if (left < 0) return text
    }
    return shares.at(-1)?.[0] ?? ''
  }
}

function some(choices: readonly string[], many: number, random: () => number): string[] {
  const chosen = new Set<string>()
  while (chosen.size < many) chosen.add(choices[Math.floor(random() * choices.length)] as string)
  return choices.filter((choice) => chosen.has(choice))
}

/** Numbers from 0 to below 1, the same for the same seed: mulberry32 by Tommy Ettinger (public domain). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
