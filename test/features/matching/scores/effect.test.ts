import { expect, test } from 'vitest'
import {
  DEFAULT_HIERARCHY,
  FORBIDDEN,
  measureEffect,
  openScorer,
  packProfiles,
} from '../../../../src/features/matching/scores/index.ts'
import { makeUpApplicants } from '../../../support/made-up-applicants.ts'
import { applicant } from './applicants.ts'

test('the effect is that of all pairs, counted one by one', () => {
  const applicants = makeUpApplicants(150, 4)
  const profiles = packProfiles(DEFAULT_HIERARCHY, applicants, { bans: [[1, 2]] })
  const { score } = openScorer(profiles)
  const scores: number[] = []
  const partners = new Map(applicants.map(({ person_id }) => [person_id, 0]))
  const histogram = new Array(20).fill(0)
  for (let i = 0; i < 150; i++) {
    for (let j = 0; j < 150; j++) {
      if (score(i, j) === FORBIDDEN) continue
      partners.set(i + 1, (partners.get(i + 1) ?? 0) + 1)
      if (j < i) continue
      scores.push(score(i, j))
      histogram[Math.min(19, Math.floor(score(i, j) / 500))]++
    }
  }
  const fewest = [...partners].sort(([, a], [, b]) => a - b).slice(0, 10)
  expect(measureEffect(profiles)).toEqual({
    people: 150,
    pairs: 11_175,
    allowed: scores.length,
    mean: Math.round(scores.reduce((sum, one) => sum + one, 0) / scores.length),
    lowest: Math.min(...scores),
    highest: Math.max(...scores),
    without_partners: 0,
    fewest_partners: fewest.map(([person_id, many]) => ({ person_id, partners: many })),
    histogram,
  })
})

test('when all live in one country nobody has a partner, and no score is made up', () => {
  const profiles = packProfiles(DEFAULT_HIERARCHY, [applicant(7), applicant(8), applicant(9)])
  expect(measureEffect(profiles)).toMatchObject({
    pairs: 3,
    allowed: 0,
    mean: null,
    lowest: null,
    highest: null,
    without_partners: 3,
    fewest_partners: [7, 8, 9].map((person_id) => ({ person_id, partners: 0 })),
  })
})

test.each([0, 1])('%i people make no pair', (people) => {
  const profiles = packProfiles(DEFAULT_HIERARCHY, makeUpApplicants(people))
  expect(measureEffect(profiles)).toMatchObject({ people, pairs: 0, allowed: 0, mean: null, without_partners: people })
})

test('the score of two people who agree in everything falls in the last step', () => {
  const same = { answers: { interests: ['Copyright'] }, sector: 'Public', career_stage: 'Retired' }
  const profiles = packProfiles(DEFAULT_HIERARCHY, [applicant(1, same), applicant(2, { ...same, country_code: 'NZ' })])
  const { highest, histogram } = measureEffect(profiles)
  expect(highest).toBe(10_000)
  expect(histogram[19]).toBe(1)
})
