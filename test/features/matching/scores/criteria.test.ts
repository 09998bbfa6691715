import { describe, expect, test } from 'vitest'
import {
  type Criterion,
  describeUnknown,
  explainPair,
  type MatchingApplicant,
  openScorer,
  packProfiles,
} from '../../../../src/features/matching/scores/index.ts'
import { applicant, NO_RULES } from './applicants.ts'

type Told = Partial<MatchingApplicant>

/** The score of two people under these criteria, from both ways of reckoning. */
function score(criteria: Criterion[], one: Told, two: Told): number {
  const hierarchy = { rules: NO_RULES, criteria }
  const profiles = packProfiles(hierarchy, [applicant(1, one), applicant(2, two)])
  const explained = explainPair(profiles, hierarchy, 0, 1).score
  expect(openScorer(profiles).score(0, 1)).toBe(explained)
  return explained
}

const sector: Criterion = {
  key: 'sector',
  kind: 'alike',
  answer: 'sector',
  weight: 10,
  choices: ['Academic / university', 'Public', 'Special (law, health)', 'Other'],
  near: [
    { between: ['Academic / university', 'Special (law, health)'], percent: 55 },
    { between: ['Other', 'Other'], percent: 40 },
  ],
  other_percent: 20,
}
const stage: Criterion = {
  key: 'stage',
  kind: 'scale',
  answer: 'career_stage',
  weight: 10,
  steps: ['Student', 'Early career (0-5 years)', 'Mid career', 'Retired'],
  by_distance: [100, 70, 30],
  untold: ['Prefer not to say'],
}

describe('likeness', () => {
  test.each([
    ['Public', 'Public', 10_000],
    ['Public', 'PUBLIC ', 10_000],
    ['Academic / university', 'Special (law, health)', 5500],
    ['Special', 'academic / university', 5500],
    ['Other', 'Other', 4000],
    ['Public', 'Other', 2000],
    ['Public', null, 5000],
    ['Public', 'Circus', 5000],
    ['Circus', 'Circus', 5000],
  ])('%s with %s', (one, two, points) => {
    expect(score([sector], { sector: one }, { sector: two })).toBe(points)
  })
})

describe('nearness on a scale', () => {
  test.each([
    ['Student', 'Student', 10_000],
    ['Student', 'Early career', 7000],
    ['Student', 'Mid career', 3000],
    ['Student', 'Retired', 3000],
    ['Student', 'Prefer not to say', 5000],
  ])('%s with %s', (one, two, points) => {
    expect(score([stage], { career_stage: one }, { career_stage: two })).toBe(points)
  })
})

describe('shared choices', () => {
  const interests: Criterion = { key: 'interests', kind: 'shared', answer: 'interests', weight: 10, enough: 3 }
  test.each([
    [['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'e'], 10_000],
    [['a', 'b', 'c', 'd'], ['a', 'b', 'x', 'y'], 6666],
    [['a'], ['a', 'b', 'c', 'd'], 10_000],
    [['a', 'b'], ['b', 'c', 'd'], 5000],
    [['a'], ['b'], 0],
    [['a', 'A '], [' a'], 10_000],
    [[], ['a'], 5000],
    [[], [], 5000],
  ])('%j with %j', (one, two, points) => {
    expect(score([interests], { answers: { interests: one } }, { answers: { interests: two } })).toBe(points)
  })

  test('lists longer than a byte can count in are cut, in both ways of reckoning alike', () => {
    const many = Array.from({ length: 400 }, (_, at) => `Choice ${at}`)
    expect(score([interests], { answers: { interests: many } }, { answers: { interests: many } })).toBe(10_000)
  })
})

describe('waking hours', () => {
  const hours: Criterion = { key: 'hours', kind: 'hours', weight: 10, from_hour: 7, to_hour: 22, enough_hours: 10 }
  test.each([
    ['the same country', { country_code: 'FR' }, { country_code: 'DE' }, 10_000],
    // 16 hours apart in January and 14 in July: awake together for 7 hours and for 6.
    ['Sydney and New York', { country_code: 'AU' }, { country_code: 'US' }, 6500],
    [
      'one zone said for another country',
      { country_code: 'US', time_zone: 'Europe/Paris' },
      { country_code: 'FR' },
      10_000,
    ],
    ['a zone that does not exist', { country_code: 'FR', time_zone: 'Mars/Base' }, { country_code: 'FR' }, 10_000],
    ['Kathmandu and Honolulu', { country_code: 'NP' }, { country_code: 'US', time_zone: 'Pacific/Honolulu' }, 6750],
  ])('%s', (_, one, two, points) => {
    expect(score([hours], one, two)).toBe(points)
  })
})

test('a language counts whole when shared, whatever its country', () => {
  const language: Criterion = { key: 'language', kind: 'language', weight: 10, other_percent: 30 }
  expect(score([language], { language: 'fr' }, { language: 'fr-CA' })).toBe(10_000)
  expect(score([language], { language: 'fr' }, { language: 'en' })).toBe(3000)
})

describe('a wish that relates to the own answer', () => {
  const wish: Criterion = {
    key: 'wish',
    kind: 'wish',
    answer: 'wish',
    about: 'stage',
    weight: 30,
    means: [
      { text: 'No preference', relation: 'any' },
      { text: 'The same', relation: 'same' },
      { text: 'Another', relation: 'different' },
      { text: 'Similar', relation: 'similar' },
      { text: 'More', relation: 'more' },
      { text: 'Less', relation: 'less' },
    ],
  }
  const silent = { ...stage, weight: 0 }
  /** The side of one who stands at the second step and wishes; the other has no wish, and suits neither ill nor well. */
  const met = (text: string, partner: string | null) =>
    2 * score([silent, wish], { career_stage: 'Early career', answers: { wish: text } }, { career_stage: partner }) -
    5000

  test.each([
    ['The same', 'Early career', 10_000],
    ['The same', 'Student', 0],
    ['Another', 'Early career', 0],
    ['Another', 'Student', 10_000],
    ['Similar', 'Early career', 10_000],
    ['Similar', 'Mid career', 5000],
    ['Similar', 'Retired', 0],
    ['More', 'Mid career', 10_000],
    ['More', 'Early career', 0],
    ['More', 'Student', 0],
    ['Less', 'Student', 10_000],
    ['Less', 'Retired', 0],
    ['More', 'Prefer not to say', 5000],
    ['No preference', 'Student', 5000],
    ['Whatever you think', 'Student', 5000],
  ])('"%s" and a partner of "%s"', (text, partner, points) => {
    expect(met(text, partner)).toBe(points)
  })

  test('counts for the person who has it only, against all that counts for that person', () => {
    const one = { career_stage: 'Student', answers: { wish: 'More' } }
    const two = { career_stage: 'Retired', answers: { wish: 'No preference' } }
    // One: 30 of 30 for the wish and 3 of 10 for the stage; two: 3 of 10.
    expect(score([stage, wish], one, two)).toBe(Math.round((10_000 * (33 / 40 + 3 / 10)) / 2))
  })
})

describe('a wish for choices', () => {
  const wished: Criterion = {
    key: 'wished',
    kind: 'wish_choices',
    answer: 'partner_interests',
    among: 'interests',
    weight: 10,
    enough: 2,
  }
  const met = (wishes: string[], interests: string[]) =>
    2 * score([wished], { answers: { partner_interests: wishes } }, { answers: { interests } }) - 5000

  test.each([
    [['a'], ['a', 'b'], 10_000],
    [['a', 'b'], ['b'], 5000],
    [['a', 'b', 'c'], ['b', 'c'], 10_000],
    [['a'], ['b'], 0],
    [['a'], [], 5000],
    [[], ['a'], 5000],
  ])('%j, of one who chose %j', (wishes, interests, points) => {
    expect(met(wishes, interests)).toBe(points)
  })

  test('is of no account to the partner', () => {
    const interests: Criterion = { key: 'interests', kind: 'shared', answer: 'interests', weight: 10, enough: 2 }
    const one = { answers: { interests: ['a', 'b'], partner_interests: ['z'] } }
    const two = { answers: { interests: ['a', 'b'] } }
    expect(score([interests, wished], one, two)).toBe(7500)
  })
})

test('when nothing counts for either, everybody suits by half', () => {
  expect(score([{ ...sector, weight: 0 }], { sector: 'Public' }, { sector: 'Public' })).toBe(5000)
})

test('texts that no table knows are told with how many gave them, and those that tell nothing are not', () => {
  const hierarchy = { rules: NO_RULES, criteria: [sector, stage] }
  const { unknown } = packProfiles(hierarchy, [
    applicant(1, { sector: 'Circus', career_stage: 'Prefer not to say' }),
    applicant(2, { sector: 'Circus' }),
    applicant(3, { sector: 'special', career_stage: 'Guru' }),
  ])
  expect(unknown).toEqual([
    { key: 'sector', answer: 'sector', text: 'Circus', people: 2 },
    { key: 'stage', answer: 'career_stage', text: 'Guru', people: 1 },
  ])
  expect(describeUnknown(unknown, hierarchy)).toEqual([
    'Sector: 2 people answered “Circus”, which is not among the choices. It speaks neither for nor against anybody.',
    'Stage: One person answered “Guru”, which is not among the choices. It speaks neither for nor against anybody.',
  ])
})
