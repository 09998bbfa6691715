import { describe, expect, test } from 'vitest'
import {
  DEFAULT_HIERARCHY,
  explainPair,
  FORBIDDEN,
  type Hierarchy,
  type MatchingApplicant,
  openScorer,
  packProfiles,
} from '../../../../src/features/matching/scores/index.ts'
import { regionOf } from '../../../../src/features/matching/scores/regions.ts'
import { listCountryCodes } from '../../../../src/lib/countries.ts'
import { applicant, NO_RULES } from './applicants.ts'

/** Why two people may not be partners; undefined when they may. */
function whyNot(
  rules: Partial<Hierarchy['rules']>,
  one: Partial<MatchingApplicant>,
  two: Partial<MatchingApplicant>,
  bans: [number, number][] = [],
): string | undefined {
  const hierarchy = { ...DEFAULT_HIERARCHY, rules: { ...NO_RULES, ...rules } }
  const profiles = packProfiles(hierarchy, [applicant(1, one), applicant(2, two)], { bans })
  const { score, forbidden } = explainPair(profiles, hierarchy, 0, 1)
  expect(openScorer(profiles).score(0, 1)).toBe(score)
  expect(openScorer(profiles).score(1, 0)).toBe(score)
  expect(score === FORBIDDEN).toBe(forbidden !== null)
  return forbidden?.words
}

test('nobody is their own partner', () => {
  const profiles = packProfiles(DEFAULT_HIERARCHY, [applicant(1)])
  expect(openScorer(profiles).score(0, 0)).toBe(FORBIDDEN)
  expect(explainPair(profiles, DEFAULT_HIERARCHY, 0, 0).forbidden?.rule).toBe('same_person')
})

describe('where partners live', () => {
  const [french, german, kiwi, aussie] = ['FR', 'DE', 'NZ', 'AU'].map((country_code) => ({ country_code }))
  test('another country', () => {
    expect(whyNot({ other: 'country' }, { ...french }, { ...french })).toBe('Both live in France')
    expect(whyNot({ other: 'country' }, { ...french }, { ...german })).toBeUndefined()
  })
  test('another region', () => {
    expect(whyNot({ other: 'region' }, { ...aussie }, { ...kiwi })).toBe(
      'Both live in the same region: Australia and New Zealand',
    )
    expect(whyNot({ other: 'region' }, { ...french }, { ...kiwi })).toBeUndefined()
  })
  test('anywhere', () => expect(whyNot({}, { ...french }, { ...french })).toBeUndefined())
  test('every country has a region', () => {
    expect(listCountryCodes().filter((code) => regionOf(code) === code)).toEqual([])
  })
})

test('another institution, for those who named theirs', () => {
  const at = (institution: string | null) => ({ answers: { institution } })
  expect(whyNot({ other_institution: true }, at('City Library'), at('CITY  library'))).toBe(
    'Both work at the same institution: City Library',
  )
  expect(whyNot({ other_institution: true }, at('City Library'), at('Archive'))).toBeUndefined()
  expect(whyNot({ other_institution: true }, at(null), at(null))).toBeUndefined()
})

test('former partners are told from both sides, whichever of the two records it', () => {
  const former = { former_partner_ids: [2, 99] }
  expect(whyNot({ never_former_partners: true }, former, {})).toBe('They were partners in an earlier round')
  expect(whyNot({ never_former_partners: false }, former, {})).toBeUndefined()
})

test('a ban holds both ways, and one of somebody who does not take part is passed over', () => {
  expect(whyNot({}, {}, {}, [[2, 1]])).toBe('A director ruled this pair out')
  expect(
    whyNot({}, {}, {}, [
      [2, 99],
      [1, 1],
    ]),
  ).toBeUndefined()
})

test('who has not agreed to the code of conduct is nobody’s partner', () => {
  const rules = { both_agreed_to_conduct: true }
  expect(whyNot(rules, {}, { code_of_conduct_agreed: false })).toBe('Person 2 has not agreed to the code of conduct')
  expect(whyNot(rules, {}, { code_of_conduct_agreed: true })).toBeUndefined()
  expect(whyNot({}, {}, { code_of_conduct_agreed: false })).toBeUndefined()
})

test('a mentor is paired with a protégé only', () => {
  const rules = { mentor_with_protege: true }
  expect(whyNot(rules, { role: 'mentor' }, { role: 'protege' })).toBeUndefined()
  expect(whyNot(rules, { role: 'mentor' }, { role: 'mentor' })).toBe('Both are mentors')
  expect(whyNot(rules, { role: 'protege' }, { role: 'protege' })).toBe('Both are protégés')
  expect(whyNot(rules, { role: 'mentor' }, {})).toBe('Person 2 is neither a mentor nor a protégé')
})
