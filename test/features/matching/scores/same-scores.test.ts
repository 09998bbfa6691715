import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Criterion,
  DEFAULT_HIERARCHY,
  explainPair,
  FORBIDDEN,
  type Hierarchy,
  type MatchingApplicant,
  openScorer,
  packProfiles,
} from '../../../../src/features/matching/scores/index.ts'
import { makeUpApplicants } from '../../../support/made-up-applicants.ts'
import { applicant } from './applicants.ts'

const TEXTS = ['Red', 'Green', 'Blue (of all kinds)', 'Grey', 'Purple']
const STEPS = ['First', 'Second', 'Third', 'Fourth']
const WISHES = ['Any', 'Same', 'Other', 'Higher', 'Lower', 'Close'] as const
const RELATIONS = ['any', 'same', 'different', 'more', 'less', 'similar'] as const
const LISTS = ['tools', 'wished_tools', 'places']
/** Some that many choose, some that few do, so that counting goes both its ways. */
const CHOICES = Array.from({ length: 24 }, (_, at) => `Choice ${at}`)

const weight = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 }))
const percent = fc.integer({ min: 0, max: 100 })
const enough = fc.integer({ min: 1, max: 20 })
const list = fc.constantFrom(...LISTS)

/** Criteria of every kind; the first two are what wishes compare by. */
const criteria: fc.Arbitrary<Criterion[]> = fc
  .tuple(
    fc.record({
      key: fc.constant('colour'),
      kind: fc.constant('alike' as const),
      answer: fc.constant('sector'),
      weight,
      choices: fc.constant(TEXTS.slice(0, 4)),
      near: fc.array(
        fc.record({ between: fc.tuple(fc.constantFrom('Red', 'Green'), fc.constantFrom('Blue', 'Grey')), percent }),
        { maxLength: 3 },
      ),
      other_percent: percent,
    }),
    fc.record({
      key: fc.constant('step'),
      kind: fc.constant('scale' as const),
      answer: fc.constant('step'),
      weight,
      steps: fc.constant(STEPS),
      by_distance: fc.array(percent, { minLength: 1, maxLength: 5 }),
      untold: fc.constant<string[]>(['Rather not']),
    }),
    fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('shared' as const), answer: list, weight, enough }),
        fc.record({ kind: fc.constant('wish_choices' as const), answer: list, among: list, weight, enough }),
        fc.record({ kind: fc.constant('language' as const), weight, other_percent: percent }),
        fc.record({
          kind: fc.constant('hours' as const),
          weight,
          from_hour: fc.integer({ min: 0, max: 11 }),
          to_hour: fc.integer({ min: 12, max: 24 }),
          enough_hours: fc.integer({ min: 1, max: 24 }),
        }),
        fc.record({
          kind: fc.constant('wish' as const),
          answer: fc.constantFrom('wish', 'second_wish'),
          about: fc.constantFrom('colour', 'step', 'nothing'),
          weight,
          means: fc.constant(WISHES.map((text, at) => ({ text, relation: RELATIONS[at] ?? 'any' }))),
        }),
      ),
      { maxLength: 7 },
    ),
  )
  .map(([colour, step, others]): Criterion[] => [
    colour,
    step,
    ...others.map((criterion, at): Criterion => ({ ...criterion, key: `other_${at}` })),
  ])

const hierarchies: fc.Arbitrary<Hierarchy> = fc.record({
  rules: fc.record({
    other: fc.constantFrom('country', 'region', 'none'),
    other_institution: fc.boolean(),
    never_former_partners: fc.boolean(),
    both_agreed_to_conduct: fc.boolean(),
    mentor_with_protege: fc.boolean(),
  }),
  criteria,
})

const chosen = fc.oneof(
  fc.constant([]),
  fc.subarray(CHOICES.slice(0, 5)),
  fc.subarray(CHOICES, { maxLength: 20 }),
  fc.constantFrom(null, 'Choice 1', ['Choice 2', 'choice  2 ', '', 7]),
)
const people: fc.Arbitrary<MatchingApplicant[]> = fc
  .array(
    fc.record({
      country_code: fc.constantFrom('AU', 'NZ', 'FR', 'DE', 'BR'),
      language: fc.constantFrom('en', 'fr', 'fr-CA', 'pt-BR'),
      time_zone: fc.constantFrom(null, 'Asia/Kathmandu', 'America/Sao_Paulo', 'No/Where'),
      sector: fc.constantFrom(null, ...TEXTS, 'blue'),
      role: fc.constantFrom(null, 'mentor' as const, 'protege' as const),
      code_of_conduct_agreed: fc.constantFrom(true, true, true, false),
      answers: fc.record({
        step: fc.constantFrom(null, ...STEPS, 'Rather not', 'Elsewhere', 3),
        wish: fc.constantFrom(null, ...WISHES, 'Unheard of'),
        second_wish: fc.constantFrom(null, ...WISHES),
        tools: chosen,
        wished_tools: chosen,
        places: chosen,
        institution: fc.constantFrom(null, 'City library', 'CITY LIBRARY', 'National archive'),
      }),
      former_partner_ids: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 2 }),
    }),
    { maxLength: 18 },
  )
  .map((told) => told.map((one, at) => applicant(at + 1, one)))

const bans = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })), { maxLength: 4 })

test('the fast score of every pair is the explained one, the same both ways, and in range', () => {
  fc.assert(
    fc.property(hierarchies, people, bans, (hierarchy, applicants, banned) => {
      const profiles = packProfiles(hierarchy, applicants, { bans: banned })
      const { row, score } = openScorer(profiles)
      const out = new Uint16Array(applicants.length)
      for (let i = 0; i < applicants.length; i++) {
        row(i, out, 0, applicants.length)
        for (let j = 0; j < applicants.length; j++) {
          const explained = explainPair(profiles, hierarchy, i, j)
          expect(out[j]).toBe(explained.score)
          expect(score(j, i)).toBe(explained.score)
          expect(explained.score === FORBIDDEN || explained.score <= 10_000).toBe(true)
          expect(explained.score === FORBIDDEN).toBe(explained.forbidden !== null)
        }
      }
    }),
    { numRuns: 200 },
  )
})

test('the two sides of an explanation make the score, and the points of the criteria the sides', () => {
  fc.assert(
    fc.property(hierarchies, people, (hierarchy, applicants) => {
      const open = { ...hierarchy, rules: { other: 'none' as const, never_former_partners: false } }
      const profiles = packProfiles(open, applicants)
      for (let i = 0; i + 1 < applicants.length; i++) {
        const { score, side_scores, criteria } = explainPair(profiles, open, i, i + 1)
        expect(Math.abs(score - (side_scores[0] + side_scores[1]) / 2)).toBeLessThanOrEqual(1)
        for (const side of [0, 1] as const) {
          const possible = criteria.reduce((sum, { sides }) => sum + sides[side].possible, 0)
          const got = criteria.reduce((sum, { sides }) => sum + sides[side].got, 0)
          if (possible === 0) expect(side_scores[side]).toBe(5000)
          else expect(Math.abs(side_scores[side] - (10_000 * got) / possible)).toBeLessThan(60 / possible + 1)
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('any stretch of a row, to any place, over the ends of blocks, is the same as the scores one by one', () => {
  const applicants = makeUpApplicants(4500, 5)
  const profiles = packProfiles(DEFAULT_HIERARCHY, applicants)
  const { row, score } = openScorer(profiles)
  const whole = new Uint16Array(applicants.length)
  const part = new Uint16Array(applicants.length)
  for (const [i, from, end, to] of [
    [0, 1, 4500, 0],
    [17, 2045, 2051, 3],
    [2048, 2047, 4099, 100],
    [4499, 4093, 4500, 4000],
    [3, 5, 5, 0],
  ] as const) {
    row(i, whole, 0, 4500)
    part.fill(12345)
    row(i, part, from, end, to)
    expect(part.subarray(to, to + end - from)).toEqual(whole.subarray(from, end))
    expect(part.subarray(0, to).every((untouched) => untouched === 12345)).toBe(true)
    expect(part.subarray(to + end - from).every((untouched) => untouched === 12345)).toBe(true)
    for (let j = from; j < end; j += 37) {
      expect(whole[j]).toBe(explainPair(profiles, DEFAULT_HIERARCHY, i, j).score)
      expect(score(j, i)).toBe(whole[j])
    }
  }
})

test('choices that few made are counted as those that many made', () => {
  const applicants = makeUpApplicants(200, 6).map((one, at) => {
    const rare = `Rare choice ${at % 40}`
    const { interests, partner_interests } = one.answers as Record<string, string[]>
    return {
      ...one,
      answers: {
        ...one.answers,
        interests: [rare, ...(interests ?? [])],
        partner_interests: at % 3 === 0 ? [...(partner_interests ?? []), rare] : partner_interests,
      },
    }
  })
  const profiles = packProfiles(DEFAULT_HIERARCHY, applicants)
  const { score } = openScorer(profiles)
  for (let i = 0; i < 200; i++) {
    for (const j of [(i + 40) % 200, (i + 41) % 200, (i + 80) % 200]) {
      expect(score(i, j)).toBe(explainPair(profiles, DEFAULT_HIERARCHY, i, j).score)
    }
  }
})

test('profiles are the same when packed again, and after they went to a worker', () => {
  const applicants = makeUpApplicants(300, 2)
  const bans = { bans: [[1, 2]] as [number, number][] }
  const profiles = packProfiles(DEFAULT_HIERARCHY, applicants, bans)
  expect(packProfiles(DEFAULT_HIERARCHY, structuredClone(applicants), bans)).toEqual(profiles)
  const sent = structuredClone(profiles)
  expect(sent).toEqual(profiles)
  const [here, there] = [new Uint16Array(300), new Uint16Array(300)]
  const [scorer, elsewhere] = [openScorer(profiles), openScorer(sent)]
  for (let i = 0; i < 300; i++) {
    scorer.row(i, here, 0, 300)
    elsewhere.row(i, there, 0, 300)
    expect(there).toEqual(here)
  }
})

test('the scores of a known pair stay what they are on every machine and in every version', () => {
  const profiles = packProfiles(DEFAULT_HIERARCHY, makeUpApplicants(200, 9))
  const scorer = openScorer(profiles)
  const row = new Uint16Array(200)
  let sum = 0
  let digest = 0
  for (let i = 0; i < 200; i++) {
    scorer.row(i, row, 0, 200)
    for (const score of row) {
      if (score !== FORBIDDEN) sum += score
      digest = (Math.imul(digest, 31) + score) | 0
    }
  }
  expect({ sum, digest }).toMatchInlineSnapshot(`
    {
      "digest": 1274388572,
      "sum": 189451104,
    }
  `)
})
